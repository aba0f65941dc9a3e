import { useTransfers } from '../../queries/transfers/transfers.ts'
import { shownName } from '../../text/shown-name.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useLanguage, useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { CopyDetails } from '../../ui/copy-details.tsx'
import { Dialog } from '../../ui/controls/dialog.tsx'
import { useTransferActs } from './transfer-acts.ts'
import { offerWord } from './transfer-buttons.tsx'
import { offerOf } from './transfer-offers.ts'
import { codes, standing } from './transfer-words.ts'

/** Says in full why a transfer has stopped, and what helps. It closes when the reason is gone. */
export function ReasonDialog({
  id,
  onClose,
}: {
  readonly id: string
  readonly onClose: () => void
}) {
  const t = useText()
  const q = useQuantities()
  const language = useLanguage()
  const acts = useTransferActs()
  const transfer = useTransfers().data?.get(id)
  if (transfer === undefined || transfer.error === null) return null
  const offer = offerOf(transfer)
  const act = () => {
    onClose()
    acts.offered(transfer)
  }
  return (
    <Dialog
      title={shownName(transfer.name)}
      subtitle={t('transfers:to', { target: shownName(transfer.target) })}
      width={500}
      onClose={onClose}
      footer={
        <>
          <CopyDetails
            error={transfer.error}
            at={new Date(transfer.changed)}
            endpoint={acts.endpoint(transfer)}
          />
          <span className="grow" />
          <Button onClick={onClose}>{t('common:act.close')}</Button>
          {offer !== null && (
            <Button kind="primary" onClick={act}>
              {offerWord(offer, () => acts.missing(transfer), t)}
            </Button>
          )}
        </>
      }
    >
      <p className="selectable">{standing(transfer, { t, q, language })}</p>
      {codes(transfer) !== '' && <p className="hint mono">{codes(transfer)}</p>}
    </Dialog>
  )
}
