import type { Transfer } from '../../../shared/contract/models-transfers.ts'
import { errorOf, hostFiles } from '../../queries/core.ts'
import { isMoving, needsKey, needsUser } from '../../queries/transfer-facts.ts'
import { useTransferIntent, type TransferIntent } from '../../queries/transfers.ts'
import { ask, notify } from '../../state/work.ts'

/** Above this many bytes done, cancelling asks first. */
const ASKS_ABOVE = 100e6

export interface TransferActs {
  intend(intent: TransferIntent, transfers: readonly Transfer[]): void
  /** Pause what moves or waits, resume what is paused. */
  toggle(transfer: Transfer): void
  /** What the row offers: import the key, try again, show the file. */
  offered(transfer: Transfer): void
  /** Cancel what is under way, take off the list what is over. */
  end(transfer: Transfer): void
  canReveal(transfer: Transfer): boolean
}

export function useTransferActs(): TransferActs {
  const { mutate } = useTransferIntent()
  const intend: TransferActs['intend'] = (intent, transfers) => {
    if (transfers.length === 0) return
    mutate({ intent, ids: transfers.map((transfer) => transfer.id) }, { onError: (cause) => notify({ about: null, error: errorOf(cause), text: null }) })
  }
  const canReveal = (transfer: Transfer) => transfer.outcome?.savedAs != null && hostFiles().reveal !== null
  return {
    intend,
    canReveal,
    toggle(transfer) {
      if (transfer.phase === 'paused') intend('resume', [transfer])
      else if (isMoving(transfer) || transfer.phase === 'waiting') intend('pause', [transfer])
    },
    offered(transfer) {
      if (needsKey(transfer)) {
        const description = transfer.error?.code === 'unknown-master-key' ? transfer.error.description : ''
        ask({ kind: 'import-key', forObject: transfer.name, ...(description !== '' && { description }) })
      } else if (needsUser(transfer)) intend('retry', [transfer])
      else if (canReveal(transfer)) void hostFiles().reveal?.(transfer.outcome?.savedAs ?? '')
    },
    end(transfer) {
      if (transfer.phase === 'done' || transfer.phase === 'failed') intend('clear', [transfer])
      else if (transfer.done > ASKS_ABOVE) ask({ kind: 'cancel-transfer', id: transfer.id })
      else intend('cancel', [transfer])
    },
  }
}
