import type { Transfer } from '../../../shared/contract/models-transfers.ts'
import { useTransfers } from '../../queries/transfers/transfers.ts'
import { shownName } from '../../text/shown-name.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'
import type { TextKey } from '../../text/words.ts'
import { Button } from '../../ui/controls/button.tsx'
import { Dialog } from '../../ui/controls/dialog.tsx'
import { useTransferActs } from './transfer-acts.ts'

/** The text about things that stay, by the kind of a transfer of many. */
const CANCEL_TEXT: Partial<Record<Transfer['kind'], TextKey>> = {
  delete: 'transfers:cancel.textDelete',
  download: 'transfers:cancel.textDownload',
  'download-raw': 'transfers:cancel.textDownload',
  copy: 'transfers:cancel.textCopy',
  move: 'transfers:cancel.textMove',
}

/**
 * Asks before a transfer is cancelled whose bytes would have to be sent again. `over`: the transfer
 * starts again at once.
 */
export function CancelDialog({
  id,
  over = false,
  onClose,
}: {
  readonly id: string
  readonly over?: boolean
  readonly onClose: () => void
}) {
  const t = useText()
  const q = useQuantities()
  const acts = useTransferActs()
  const transfer = useTransfers().data?.get(id)
  if (transfer === undefined) return null
  const { kind, files, done } = transfer
  const isDeletion = kind === 'delete'
  const footer = (
    <>
      <span className="grow" />
      <Button onClick={onClose}>
        {t(
          over
            ? 'common:act.cancel'
            : isDeletion
              ? 'transfers:cancel.keepDeleting'
              : 'transfers:cancel.keep',
        )}
      </Button>
      <Button
        kind="danger"
        onClick={() => {
          acts.intend(over ? 'startOver' : 'cancel', [transfer])
          onClose()
        }}
      >
        {t(over ? 'transfers:startOver' : isDeletion ? 'common:act.stop' : 'transfers:cancel.do')}
      </Button>
    </>
  )
  return (
    <Dialog
      title={t(
        over
          ? 'transfers:restart.title'
          : isDeletion
            ? 'transfers:cancel.titleDelete'
            : 'transfers:cancel.title',
        { name: shownName(transfer.name) },
      )}
      width={500}
      footer={footer}
      onClose={onClose}
    >
      <p>
        {files === null
          ? t('transfers:cancel.text', { bytes: q.bytes(done) })
          : t(CANCEL_TEXT[kind] ?? 'transfers:cancel.textMany', {
              count: files.done,
              n: q.count(files.done),
            })}
      </p>
    </Dialog>
  )
}
