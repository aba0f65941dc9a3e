import { useState } from 'react'
import { useKeys } from '../../queries/keys.ts'
import { showDetails, useDetails } from '../../state/ui.ts'
import { useWantedKey } from '../../state/wanted-key.ts'
import { useText } from '../../text/use-text.tsx'
import { Button, IconButton } from '../../ui/controls/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { MenuButton } from '../../ui/controls/menu.tsx'
import { useProblem } from '../../ui/use-problem.ts'
import type { KeyAsk } from './dialogs/key-ask.ts'
import { KeyDialogs } from './dialogs/key-asks.tsx'
import { KeyDetails } from './key-details.tsx'
import { KeyGrid } from './key-grid.tsx'

/** Shows the list of master keys and everything about the selected key. */
export function KeysPage() {
  const t = useText()
  const keys = useKeys()
  const wanted = useWantedKey((state) => state.id)
  const [asked, ask] = useState<KeyAsk | null>(null)
  // Without the wanted key, the first one is selected.
  const chosen = keys.data?.find((key) => key.id === wanted) ?? keys.data?.[0]
  const none = keys.data?.length === 0
  // The same pane as beside the objects. In a narrow window it lies over the list.
  const details = useDetails()
  return (
    <div className={chosen !== undefined && details ? 'work' : 'work wide'}>
      <div className="mid-pane">
        <div className="bar" data-region="toolbar">
          <h1 className="grow">{t('keys:title')}</h1>
          {!none && (
            <Button icon="download" onClick={() => ask({ kind: 'import' })}>
              {t('keys:import')}
            </Button>
          )}
          {!none && <ElsewhereMenu ask={ask} />}
          {!none && (
            <Button kind="primary" icon="plus" onClick={() => ask({ kind: 'generate' })}>
              {t('keys:generate')}
            </Button>
          )}
          {chosen !== undefined && (
            <IconButton
              icon="pane-right"
              label={t(details ? 'objects:hideDetails' : 'objects:showDetails')}
              on={details}
              aria-pressed={details}
              onClick={() => showDetails(!details)}
            />
          )}
        </div>
        {keys.isError && (
          <KeysFailed
            cause={keys.error}
            onRetry={() => void keys.refetch()}
            busy={keys.isFetching}
          />
        )}
        {none && <NoKeys ask={ask} />}
        {keys.data !== undefined && !none && (
          <>
            <KeyGrid
              keys={keys.data}
              selected={chosen?.id ?? null}
              onSelect={(id) => useWantedKey.setState({ id })}
              onOpen={() => showDetails(true)}
              onDelete={(key) => ask({ kind: 'delete', key })}
            />
            <div className="gfoot">
              <span>{t('keys:foot', { count: keys.data.length })}</span>
            </div>
          </>
        )}
      </div>
      {/* The key's id is the React key, so that the result of an action belongs to one key. */}
      {chosen !== undefined && details && (
        <KeyDetails key={chosen.id} masterKey={chosen} ask={ask} />
      )}
      <KeyDialogs key={asked === null ? 'none' : asked.kind} asked={asked} ask={ask} />
    </div>
  )
}

function NoKeys({ ask }: { readonly ask: (what: KeyAsk) => void }) {
  const t = useText()
  return (
    <div className="empty">
      <Icon name="key" />
      <h2>{t('keys:empty.title')}</h2>
      <p>{t('keys:empty.text')}</p>
      <div className="acts">
        <Button kind="primary" onClick={() => ask({ kind: 'generate' })}>
          {t('keys:generate')}
        </Button>
        <Button onClick={() => ask({ kind: 'import' })}>{t('keys:import')}</Button>
      </div>
      <div className="acts">
        <Button kind="quiet" icon="cloud-key" onClick={() => ask({ kind: 'add-kms' })}>
          {t('remote:act.addKms')}
        </Button>
        <Button kind="quiet" icon="program" onClick={() => ask({ kind: 'add-program' })}>
          {t('remote:act.addProgram')}
        </Button>
      </div>
    </div>
  )
}

/** Adds keys in KMS or behind a program. Few users have them, so they stand in a menu. */
function ElsewhereMenu({ ask }: { readonly ask: (what: KeyAsk) => void }) {
  const t = useText()
  return (
    <MenuButton
      label={t('remote:add.label')}
      entries={[
        { icon: 'cloud-key', label: t('remote:add.kms'), onSelect: () => ask({ kind: 'add-kms' }) },
        {
          icon: 'program',
          label: t('remote:add.program'),
          onSelect: () => ask({ kind: 'add-program' }),
        },
      ]}
    >
      <Button>
        {t('remote:add')}
        <Icon name="chevron" size="s" />
      </Button>
    </MenuButton>
  )
}

function KeysFailed({
  cause,
  onRetry,
  busy,
}: {
  readonly cause: Error
  readonly onRetry: () => void
  readonly busy: boolean
}) {
  const t = useText()
  const problem = useProblem(cause)
  return (
    <div className="empty bad" role="alert">
      <Icon name="alert" />
      <h2>{t('keys:failed')}</h2>
      <p>{problem?.text}</p>
      <div className="acts">
        <Button busy={busy} onClick={onRetry}>
          {t('common:act.tryAgain')}
        </Button>
      </div>
    </div>
  )
}
