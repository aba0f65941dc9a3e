import { useTransfers } from '../../queries/transfers/transfers.ts'
import { ask } from '../../state/work.ts'
import { errorSentence } from '../../text/sentence.ts'
import { shownName } from '../../text/shown-name.ts'
import { useLanguage, useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Dialog } from '../../ui/controls/dialog.tsx'
import { useTransferActs } from './transfer-acts.ts'

/** Asks before a file is uploaded without a seal, because OSS does not take its seal. */
export function UnsealedDialog({
  id,
  onClose,
}: {
  readonly id: string
  readonly onClose: () => void
}) {
  const t = useText()
  const language = useLanguage()
  const acts = useTransferActs()
  const transfer = useTransfers().data?.get(id)
  if (transfer === undefined || transfer.error === null) return null
  const { profileId } = transfer
  const act = () => {
    onClose()
    acts.intend('withoutSeal', [transfer])
  }
  return (
    <Dialog
      title={t('seals:denied.title', { name: shownName(transfer.name) })}
      width={520}
      onClose={onClose}
      footer={
        <>
          {profileId !== null && (
            <Button onClick={() => ask({ kind: 'profile', profileId })}>
              {t('common:act.editProfile')}
            </Button>
          )}
          <span className="grow" />
          <Button autoFocus onClick={onClose}>
            {t('common:act.cancel')}
          </Button>
          <Button kind="primary" onClick={act}>
            {t('seals:denied.do')}
          </Button>
        </>
      }
    >
      <p className="selectable">{errorSentence(transfer.error, language)}</p>
      <p>{t('seals:denied.means')}</p>
    </Dialog>
  )
}
