import type { MasterKey } from '../../../shared/contract/models.ts'
import type { Transfer } from '../../../shared/contract/models-transfers.ts'
import { isMoving, isStuck, needsUser } from '../../queries/transfers/transfer-facts.ts'
import { useText, type Text } from '../../text/use-text.tsx'
import { Button, IconButton } from '../../ui/controls/button.tsx'
import { CopyDetails } from '../../ui/copy-details.tsx'
import type { TransferActs } from './transfer-acts.ts'
import { canEnd, offerOf, type Offer } from './transfer-offers.ts'
import type { TransferRowProps } from './transfer-row-props.ts'

/** By the kind of the missing key. */
const ADD = {
  rsa: 'transfers:importKey',
  kms: 'remote:act.addKms',
  command: 'remote:act.addProgram',
} as const
const WORDS = {
  unlock: 'common:act.unlock',
  'keys-page': 'common:nav.keys',
  'edit-profile': 'common:act.editProfile',
  decide: 'transfers:decide',
  'try-now': 'transfers:tryNow',
  resume: 'transfers:resume',
  retry: 'transfers:retry',
  'download-raw': 'objects:act.downloadRaw',
  'download-moved': 'seals:moved.dots',
} as const satisfies Record<Exclude<Offer, 'add-key'>, string>

/** `kind`: the kind of the missing key. */
export const offerWord = (offer: Offer, kind: () => MasterKey['kind'], t: Text): string =>
  t(offer === 'add-key' ? ADD[kind()] : WORDS[offer])

/**
 * The buttons of one transfer. They are no tab stops, because the list is one. Space, Enter, Delete
 * and the menu key do the same on the active row.
 */
export function TransferButtons({
  transfer,
  acts,
  onMenu,
}: {
  readonly transfer: Transfer
  readonly acts: TransferActs
  readonly onMenu: TransferRowProps['onMenu']
}) {
  const t = useText()
  const off = { tabIndex: -1 }
  const offer = offerOf(transfer)
  return (
    <>
      {offer !== null && (
        <Button {...off} size="sm" onClick={() => acts.offered(transfer)}>
          {offerWord(offer, () => acts.missing(transfer), t)}
        </Button>
      )}
      {needsUser(transfer) && transfer.error !== null && (
        <CopyDetails
          {...off}
          error={transfer.error}
          at={new Date(transfer.changed)}
          endpoint={acts.endpoint(transfer)}
        />
      )}
      {(isMoving(transfer) || transfer.phase === 'waiting') && transfer.phase !== 'finishing' && (
        <IconButton
          {...off}
          small
          icon="pause"
          label={t('transfers:pause')}
          onClick={() => acts.toggle(transfer)}
        />
      )}
      {transfer.phase === 'paused' && (
        <IconButton
          {...off}
          small
          icon="play"
          label={t('transfers:resume')}
          onClick={() => acts.toggle(transfer)}
        />
      )}
      {acts.canReveal(transfer) && (
        <IconButton
          {...off}
          small
          icon="external"
          label={t('transfers:reveal')}
          onClick={() => acts.offered(transfer)}
        />
      )}
      {isStuck(transfer) && (
        <IconButton
          {...off}
          small
          icon="more"
          label={t('common:act.more')}
          aria-haspopup="menu"
          onClick={(event) => onMenu(transfer.id, belowOf(event.currentTarget))}
        />
      )}
      {canEnd(transfer) && (
        <IconButton
          {...off}
          small
          icon="x"
          label={t(acts.isOver(transfer) ? 'transfers:remove' : 'transfers:cancel')}
          onClick={() => acts.end(transfer)}
        />
      )}
    </>
  )
}

function belowOf(button: HTMLElement): { readonly x: number; readonly y: number } {
  const { left, bottom } = button.getBoundingClientRect()
  return { x: left, y: bottom }
}
