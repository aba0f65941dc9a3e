import type { Transfer } from '../../../shared/contract/models-transfers.ts'
import { isMoving, needsKey, needsUser } from '../../queries/transfer-facts.ts'
import { useText } from '../../text/use-text.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { CopyDetails } from '../../ui/copy-details.tsx'
import type { TransferActs } from './transfer-acts.ts'

/** By the kind of key that is missing. */
const ADD = { rsa: 'transfers:importKey', kms: 'remote:act.addKms', command: 'remote:act.addProgram' } as const

/**
 * What can be done with one transfer. Not tab stops: the list is one, and Space, Enter and Delete do the same on the
 * active row.
 */
export function TransferButtons({ transfer, acts }: { readonly transfer: Transfer; readonly acts: TransferActs }) {
  const t = useText()
  const off = { tabIndex: -1 }
  const over = transfer.phase === 'done' || transfer.phase === 'failed'
  return (
    <>
      {needsKey(transfer) && <Button {...off} size="sm" onClick={() => acts.offered(transfer)}>{t(ADD[acts.missing(transfer)])}</Button>}
      {needsUser(transfer) && (needsKey(transfer) ? <IconButton {...off} small icon="retry" label={t('transfers:retry')} onClick={() => acts.intend('retry', [transfer])} /> : <Button {...off} size="sm" onClick={() => acts.offered(transfer)}>{t('transfers:retry')}</Button>)}
      {needsUser(transfer) && transfer.error !== null && <CopyDetails {...off} error={transfer.error} at={new Date(transfer.changed)} endpoint={acts.endpoint(transfer)} />}
      {(isMoving(transfer) || transfer.phase === 'waiting') && transfer.phase !== 'finishing' && <IconButton {...off} small icon="pause" label={t('transfers:pause')} onClick={() => acts.toggle(transfer)} />}
      {transfer.phase === 'paused' && <IconButton {...off} small icon="play" label={t('transfers:resume')} onClick={() => acts.toggle(transfer)} />}
      {acts.canReveal(transfer) && <IconButton {...off} small icon="external" label={t('transfers:reveal')} onClick={() => acts.offered(transfer)} />}
      <IconButton {...off} small icon="x" label={t(over ? 'transfers:remove' : 'transfers:cancel')} onClick={() => acts.end(transfer)} />
    </>
  )
}
