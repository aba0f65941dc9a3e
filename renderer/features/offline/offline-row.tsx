import { hostFiles } from '../../queries/core.ts'
import { useTransferIntent } from '../../queries/transfers/transfers.ts'
import { headerWord } from '../../../shared/contract/sentences/sentences-words.ts'
import type { EnvelopeFacts } from '../../../shared/contract/models.ts'
import type { OfflineItem } from '../../../shared/contract/models-transfers.ts'
import { patchRow, removeRow } from '../../state/offline.ts'
import { shownName } from '../../text/shown-name.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'
import { Button, IconButton } from '../../ui/controls/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Name, NameRoom } from '../../ui/name.tsx'
import { kindFor } from '../objects/details/format-words.ts'
import { OfflineResult } from './offline-result.tsx'
import type { OfflineActs } from './use-offline-acts.ts'
import type { ShownRow } from './use-offline-rows.ts'

export interface OfflineRowProps {
  readonly shown: ShownRow
  readonly acts: OfflineActs
  readonly onImport: (description: string, forObject: string) => void
  /** A key in KMS or a program is missing. No file can bring it. */
  readonly onAdd: (kind: 'add-kms' | 'add-program') => void
}

/** The column of `.og` without its gap. Names are measured at 13 pixels and shown at 11. */
const ENVELOPE_ROOM = Math.floor(((172 - 12) * 13) / 11)

/** A file, its envelope, its key and its result. */
export function OfflineRowView({ shown, acts, onImport, onAdd }: OfflineRowProps) {
  const t = useText()
  const q = useQuantities()
  const { row, item, state, keyName, keyKind } = shown
  const name = item.blob?.name ?? item.envelope?.name ?? ''
  return (
    <div className="row two" role="row">
      <div role="cell" className="nm">
        <Icon name="file" />
        {item.blob === null ? (
          <span className="tw-warn">{t('offline:blob.missing')}</span>
        ) : (
          <Name text={item.blob.name} />
        )}
      </div>
      <div role="cell" className="num meta">
        {item.blob?.size === undefined || item.blob.size === null ? '' : q.bytes(item.blob.size)}
      </div>
      <div role="cell" className="meta">
        <EnvelopeCell
          item={item}
          broken={state.kind === 'broken' ? headerWord(state.header) : null}
        />
      </div>
      <div role="cell" className="meta cut" title={shownName(keyName)}>
        {shownName(keyName)}
      </div>
      <OfflineResult
        state={state}
        name={name}
        keyKind={keyKind}
        facts={factsOf(item)}
        onDecrypt={(repair) => void acts.decrypt([row], repair)}
      />
      <RowActs shown={shown} acts={acts} onImport={onImport} onAdd={onAdd} name={name} />
    </div>
  )
}

function EnvelopeCell({
  item,
  broken,
}: {
  readonly item: OfflineItem
  readonly broken: string | null
}) {
  const t = useText()
  if (item.envelope === null) return <span className="tw-warn">{t('offline:env.missing')}</span>
  return (
    <span className="mid2">
      <span className={broken === null ? '' : 'tw-bad'}>
        {broken === null
          ? t(`offline:env.${item.envelope.source}`)
          : t('offline:env.damaged', { header: broken })}
      </span>
      {item.envelope.name !== '' && (
        <span className="faint">
          <NameRoom value={ENVELOPE_ROOM}>
            <Name text={item.envelope.name} />
          </NameRoom>
        </span>
      )}
    </span>
  )
}

function RowActs({
  shown: { row, item, state },
  acts,
  onImport,
  onAdd,
  name,
}: OfflineRowProps & { readonly name: string }) {
  const t = useText()
  const intent = useTransferIntent()
  const { reveal } = hostFiles()
  const ids = row.transferId === null ? [] : [row.transferId]
  const saved = state.kind === 'done' ? (state.transfer.outcome?.savedAs ?? null) : null
  const moving = state.kind === 'moving' || state.kind === 'paused' || state.kind === 'waiting'
  const remove = () => {
    // No incomplete file stays on the disk. Complete files stay.
    if (moving) intent.mutate({ intent: 'cancel', ids })
    removeRow(row.id)
  }
  // Another key opens the row again. The failed transfer has nothing more to say.
  const afresh = () => {
    if (ids.length > 0) intent.mutate({ intent: 'clear', ids })
    patchRow(row.id, { transferId: null, error: null })
  }
  const importKey = (description: string) => {
    afresh()
    onImport(description, name)
  }
  const retry = () => {
    if (ids.length > 0) intent.mutate({ intent: 'retry', ids })
    else void acts.decrypt([row])
  }
  const facts = factsOf(item)
  const missing = facts === null ? 'rsa' : kindFor(facts)
  const addKey = (description: string) => {
    if (missing === 'rsa') return importKey(description)
    afresh()
    onAdd(missing === 'kms' ? 'add-kms' : 'add-program')
  }
  const addWords = t(
    missing === 'rsa'
      ? 'offline:act.import'
      : missing === 'kms'
        ? 'remote:act.addKms'
        : 'remote:act.addProgram',
  )
  const wrongKey = state.kind === 'failed' && state.error.code === 'wrong-master-key'
  return (
    <div role="cell" className="acts2">
      {state.kind === 'ready' && (
        <Button size="sm" onClick={() => void acts.decrypt([row])}>
          {t('offline:act.start')}
        </Button>
      )}
      {state.kind === 'no-key' && (
        <Button size="sm" onClick={() => addKey(state.description)}>
          {addWords}
        </Button>
      )}
      {wrongKey && (
        <Button size="sm" onClick={() => addKey(facts?.description ?? '')}>
          {addWords}
        </Button>
      )}
      {(state.kind === 'no-envelope' || state.kind === 'broken' || state.kind === 'plain') && (
        <Button size="sm" onClick={() => void acts.chooseEnvelope(row)}>
          {t('offline:act.envelope')}
        </Button>
      )}
      {state.kind === 'no-blob' && (
        <Button size="sm" onClick={() => void acts.choose()}>
          {t('offline:act.blob')}
        </Button>
      )}
      {state.kind === 'failed' &&
        !wrongKey &&
        state.error.code !== 'size-differs' &&
        state.error.code !== 'unsupported-format' && (
          <Button size="sm" onClick={retry}>
            {t('offline:act.retry')}
          </Button>
        )}
      {state.kind === 'moving' && (
        <IconButton
          small
          icon="pause"
          label={t('offline:act.pause')}
          onClick={() => intent.mutate({ intent: 'pause', ids })}
        />
      )}
      {state.kind === 'paused' && (
        <IconButton
          small
          icon="play"
          label={t('offline:act.resume')}
          onClick={() => intent.mutate({ intent: 'resume', ids })}
        />
      )}
      {saved !== null && reveal !== null && (
        <IconButton
          small
          icon="external"
          label={t('offline:act.show')}
          onClick={() => void reveal(saved)}
        />
      )}
      <IconButton small icon="x" label={t('offline:act.remove')} onClick={remove} />
    </div>
  )
}

const factsOf = ({ encryption }: OfflineItem): EnvelopeFacts | null =>
  encryption !== null && 'facts' in encryption ? encryption.facts : null
