import { useTransfers } from '../../queries/transfers.ts'
import { shownName } from '../../text/shown-name.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { useTransferActs } from './transfer-acts.ts'

/** Asked when much would have to be sent again. */
export function CancelDialog({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const t = useText()
  const q = useQuantities()
  const acts = useTransferActs()
  const transfer = useTransfers().data?.get(id)
  if (transfer === undefined) return null
  const footer = (
    <>
      <span className="grow" />
      <Button onClick={onClose}>{t('transfers:cancel.keep')}</Button>
      <Button kind="danger" onClick={() => { acts.intend('cancel', [transfer]); onClose() }}>{t('transfers:cancel.do')}</Button>
    </>
  )
  return <Dialog title={t('transfers:cancel.title', { name: shownName(transfer.name) })} width={500} footer={footer} onClose={onClose}><p>{t('transfers:cancel.text', { bytes: q.bytes(transfer.done) })}</p></Dialog>
}
