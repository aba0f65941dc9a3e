import { useQueryClient } from '@tanstack/react-query'
import type { Encryption, MasterKey } from '../../../shared/contract/models.ts'
import type { Transfer } from '../../../shared/contract/models-transfers.ts'
import { errorOf, hostFiles } from '../../queries/core.ts'
import { profilesQuery } from '../../queries/profiles.ts'
import { isMoving, needsKey, needsUser } from '../../queries/transfer-facts.ts'
import { useTransferIntent, type TransferIntent } from '../../queries/transfers.ts'
import { ask, notify } from '../../state/work.ts'
import { isForSupport } from '../../text/support.ts'
import { useLanguage, useText } from '../../text/use-text.tsx'
import { copyError } from '../../ui/copy-details.tsx'
import { kindFor } from '../objects/format-words.ts'

/** Above this many bytes done, cancelling asks first. */
const ASKS_ABOVE = 100e6

export interface TransferActs {
  intend(intent: TransferIntent, transfers: readonly Transfer[]): void
  /** Pause what moves or waits, resume what is paused. */
  toggle(transfer: Transfer): void
  /** The kind of key that would let it go on. */
  missing(transfer: Transfer): MasterKey['kind']
  /** What the row offers: add the key, try again, show the file. */
  offered(transfer: Transfer): void
  /** Cancel what is under way, take off the list what is over. */
  end(transfer: Transfer): void
  canReveal(transfer: Transfer): boolean
  /** Of its profile, for those who help; undefined where it has none. */
  endpoint(transfer: Transfer): string | undefined
  /** Copies its error, where it has one that others are asked about. */
  copyError(transfer: Transfer): void
}

export function useTransferActs(): TransferActs {
  const { mutate } = useTransferIntent()
  const client = useQueryClient()
  const t = useText()
  const language = useLanguage()
  const intend: TransferActs['intend'] = (intent, transfers) => {
    if (transfers.length === 0) return
    mutate({ intent, ids: transfers.map((transfer) => transfer.id) }, { onError: (cause) => notify({ about: null, error: errorOf(cause), text: null }) })
  }
  const canReveal = (transfer: Transfer) => transfer.outcome?.savedAs != null && hostFiles().reveal !== null
  const missing = (transfer: Transfer): MasterKey['kind'] => {
    const asked = transfer.error?.code === 'unknown-master-key' ? transfer.error.description : ''
    // In place of a description, messages name the keys in KMS that open them.
    if (asked.startsWith('acs:kms:')) return 'kms'
    const { profileId, bucket, key } = transfer
    const [known] = client.getQueriesData<Encryption | null>({ queryKey: ['encryption', profileId, bucket, key] }).map(([, encryption]) => encryption)
    return known && 'facts' in known && known.facts !== null ? kindFor(known.facts) : 'rsa'
  }
  const endpoint = (transfer: Transfer) => client.getQueryData(profilesQuery.queryKey)?.find((profile) => profile.id === transfer.profileId)?.endpoint
  return {
    intend,
    canReveal,
    missing,
    endpoint,
    copyError(transfer) {
      const { error, changed } = transfer
      if (needsUser(transfer) && error !== null && isForSupport(error)) copyError(error, { language, at: new Date(changed), endpoint: endpoint(transfer) }, t)
    },
    toggle(transfer) {
      if (transfer.phase === 'paused') intend('resume', [transfer])
      else if (isMoving(transfer) || transfer.phase === 'waiting') intend('pause', [transfer])
    },
    offered(transfer) {
      if (needsKey(transfer) && missing(transfer) !== 'rsa') ask({ kind: missing(transfer) === 'kms' ? 'add-kms' : 'add-program' })
      else if (needsKey(transfer)) {
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
