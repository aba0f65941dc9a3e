import { useTransfers } from '../../queries/transfers.ts'
import { shownName } from '../../text/shown-name.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Dialog } from '../../ui/controls/dialog.tsx'
import { useTransferActs } from './transfer-acts.ts'

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
  const { files, done } = transfer
  const footer = (
    <>
      <span className="grow" />
      <Button onClick={onClose}>{t(over ? 'common:act.cancel' : 'transfers:cancel.keep')}</Button>
      <Button
        kind="danger"
        onClick={() => {
          acts.intend(over ? 'startOver' : 'cancel', [transfer])
          onClose()
        }}
      >
        {t(over ? 'transfers:startOver' : 'transfers:cancel.do')}
      </Button>
    </>
  )
  return (
    <Dialog
      title={t(over ? 'transfers:restart.title' : 'transfers:cancel.title', {
        name: shownName(transfer.name),
      })}
      width={500}
      footer={footer}
      onClose={onClose}
    >
      <p>
        {files === null
          ? t('transfers:cancel.text', { bytes: q.bytes(done) })
          : t('transfers:cancel.textMany', { count: files.done, n: q.count(files.done) })}
      </p>
    </Dialog>
  )
}
