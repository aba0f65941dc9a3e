import './offline.css'
import { useState, type ReactNode } from 'react'
import type { MasterKey } from '../../../shared/contract/models.ts'
import { useText } from '../../text/use-text.tsx'
import { Button, IconButton } from '../../ui/controls/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Note } from '../../ui/note.tsx'
import { ProblemBar } from '../../ui/problem-bar.tsx'
import { useDropZone } from '../../ui/drop/use-drop-zone.ts'
import { useProblem } from '../../ui/use-problem.ts'
import { KeyAddKmsDialog } from '../keys/dialogs/key-add-kms-dialog.tsx'
import { KeyAddProgramDialog } from '../keys/dialogs/key-add-program-dialog.tsx'
import { KeyImportDialog } from '../keys/dialogs/key-import-dialog.tsx'
import { HeaderLinesDialog } from './headers-dialog.tsx'
import { BigDrop, DropAndTarget } from './offline-drop.tsx'
import { OfflineRowView } from './offline-row.tsx'
import { rowNeedsUser } from './offline-state.ts'
import { useOfflineActs } from './use-offline-acts.ts'
import { useOfflineRows, type ShownRow } from './use-offline-rows.ts'

type Ask =
  | { readonly kind: 'paste' | 'add-kms' | 'add-program' }
  | { readonly kind: 'import'; readonly description: string; readonly forObject: string }

/**
 * Decrypts files that were downloaded raw, with their envelopes. The page opens no connection,
 * except for rows whose key is in KMS, which say so.
 */
export function OfflinePage() {
  const t = useText()
  const rows = useOfflineRows()
  const acts = useOfflineActs()
  const [asked, ask] = useState<Ask | null>(null)
  const [refused, setRefused] = useState(false)
  const problem = useProblem(acts.error)
  const ready = rows.filter((shown) => shown.state.kind === 'ready')
  const { ref, over } = useDropZone(
    (transfer) => {
      setRefused(false)
      void acts.drop(transfer)
    },
    () => setRefused(true),
  )
  const zone = { acts, over, onPaste: () => ask({ kind: 'paste' }) }
  return (
    <div className="mid-pane" ref={ref}>
      <div className="bar" data-region="toolbar">
        <h1 className="grow">{t('offline:title')}</h1>
        <NetworkBadge rows={rows} />
        {rows.length > 0 && (
          <Button
            kind="primary"
            disabled={ready.length === 0}
            busy={acts.starting}
            onClick={() => void acts.decrypt(ready.map(({ row }) => row))}
          >
            {ready.length === 0
              ? t('offline:act.start')
              : t('offline:act.startAll', { count: ready.length })}
          </Button>
        )}
      </div>
      {problem !== null && <ProblemBar problem={problem} />}
      {refused && (
        <Note
          kind="warn"
          icon="alert"
          bar
          actions={
            <IconButton
              small
              icon="x"
              label={t('common:act.dismiss')}
              onClick={() => setRefused(false)}
            />
          }
        >
          {t('offline:refused')}
        </Note>
      )}
      {rows.length === 0 ? (
        <BigDrop {...zone} />
      ) : (
        <>
          <DropAndTarget {...zone} />
          <OfflineTable rows={rows}>
            {(shown) => (
              <OfflineRowView
                key={shown.row.id}
                shown={shown}
                acts={acts}
                onImport={(description, forObject) =>
                  ask({ kind: 'import', description, forObject })
                }
                onAdd={(kind) => ask({ kind })}
              />
            )}
          </OfflineTable>
          <OfflineFoot rows={rows} />
        </>
      )}
      {asked?.kind === 'paste' && <HeaderLinesDialog rows={rows} onClose={() => ask(null)} />}
      {asked?.kind === 'add-kms' && <KeyAddKmsDialog onClose={() => ask(null)} />}
      {asked?.kind === 'add-program' && <KeyAddProgramDialog onClose={() => ask(null)} />}
      {asked?.kind === 'import' && (
        <KeyImportDialog
          description={asked.description}
          forObject={asked.forObject}
          onClose={() => ask(null)}
        />
      )}
    </div>
  )
}

/**
 * Holds for every row on the page, before and after: rows with a key in KMS call KMS, and the
 * others call nothing.
 */
function NetworkBadge({ rows }: { readonly rows: readonly ShownRow[] }) {
  const t = useText()
  const under = (kind: MasterKey['kind']) => rows.filter((shown) => shown.keyKind === kind).length
  if (under('kms') > 0)
    return (
      <span className="badge warn">
        <Icon name="cloud-key" />
        {t('offline:badge.kms', { count: under('kms') })}
      </span>
    )
  if (under('command') > 0)
    return (
      <span className="badge">
        <Icon name="program" />
        {t('offline:badge.program')}
      </span>
    )
  return (
    <span className="badge">
      <Icon name="nonet" />
      {t('offline:badge')}
    </span>
  )
}

const COLUMNS = ['file', 'size', 'envelope', 'key', 'result'] as const

function OfflineTable({
  rows,
  children,
}: {
  readonly rows: readonly ShownRow[]
  readonly children: (shown: ShownRow) => ReactNode
}) {
  const t = useText()
  return (
    <div
      className="page"
      data-region="list"
      role="region"
      aria-label={t('offline:files')}
      tabIndex={0}
    >
      <div className="grid og" role="table" aria-label={t('offline:files')}>
        <div className="ghead" role="row">
          {COLUMNS.map((column) => (
            <span role="columnheader" key={column} className={column === 'size' ? 'num' : ''}>
              {t(`offline:col.${column}`)}
            </span>
          ))}
          <span role="columnheader">
            <span className="sr">{t('offline:col.actions')}</span>
          </span>
        </div>
        {rows.map(children)}
      </div>
    </div>
  )
}

function OfflineFoot({ rows }: { readonly rows: readonly ShownRow[] }) {
  const t = useText()
  const count = (test: (shown: ShownRow) => boolean) => rows.filter(test).length
  const done = count(({ state }) => state.kind === 'done')
  const running = count(({ state }) => state.kind === 'moving' || state.kind === 'waiting')
  const need = count(({ state }) => rowNeedsUser(state))
  const parts = [
    ...(done > 0 ? [t('offline:foot.done', { count: done })] : []),
    ...(running > 0 ? [t('offline:foot.running', { count: running })] : []),
    ...(need > 0 ? [t('offline:foot.need', { count: need })] : []),
  ]
  const [comma, stop, gap] = t('offline:foot', { count: 2 }).endsWith('。')
    ? ['，', '。', '']
    : [', ', '.', ' ']
  return (
    <div className="gfoot">
      <span>
        {t('offline:foot', { count: rows.length })}
        {parts.length > 0 && `${gap}${parts.join(comma)}${stop}`}
      </span>
      <span className="grow" />
      <span>{t('offline:foot.note')}</span>
    </div>
  )
}
