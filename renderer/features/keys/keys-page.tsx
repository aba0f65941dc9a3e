import { useEffect, useRef, useState } from 'react'
import type { MasterKeyId } from '../../../shared/contract/models.ts'
import { useKeys } from '../../queries/keys.ts'
import { showDetails, useDetails } from '../../state/ui.ts'
import { useText } from '../../text/use-text.tsx'
import { Button, IconButton } from '../../ui/controls/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { MenuButton } from '../../ui/controls/menu.tsx'
import { useProblem } from '../../ui/use-problem.ts'
import type { KeyAsk } from './dialogs/key-ask.ts'
import { KeyDialogs } from './dialogs/key-asks.tsx'
import { KeyDetails } from './key-details.tsx'
import { KeyGrid } from './key-grid.tsx'

/**
 * Master keys: the list, and everything about the chosen one. `initial`: chosen at first, for links
 * from elsewhere.
 */
export function KeysPage({ initial = null }: { readonly initial?: MasterKeyId | null }) {
  const t = useText()
  const keys = useKeys()
  const [wanted, select] = useState<MasterKeyId | null>(initial)
  const [asked, ask] = useState<KeyAsk | null>(null)
  // A key that was just made is the one that is meant.
  const known = useRef<ReadonlySet<MasterKeyId> | null>(null)
  useEffect(() => {
    if (keys.data === undefined) return
    const made =
      known.current === null
        ? undefined
        : keys.data.find(({ id }) => known.current?.has(id) === false)
    if (made !== undefined) select(made.id)
    known.current = new Set(keys.data.map(({ id }) => id))
  }, [keys.data])
  // A key that is gone leaves the choice to the first one.
  const chosen = keys.data?.find((key) => key.id === wanted) ?? keys.data?.[0]
  const none = keys.data?.length === 0
  // The same pane as beside the objects: hidden or shown for both, laid over the list where the
  // window is narrow.
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
              onSelect={select}
              onOpen={() => showDetails(true)}
              onDelete={(key) => ask({ kind: 'delete', key })}
            />
            <div className="gfoot">
              <span>{t('keys:foot', { count: keys.data.length })}</span>
            </div>
          </>
        )}
      </div>
      {/* The key's id as React key: what came of an action belongs to one key only. */}
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

/** Keys that are elsewhere: fewer people have them, so they stand in a menu. */
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
