import { isFinal, type AppError } from '../../../shared/contract/errors.ts'
import type { Transfer } from '../../../shared/contract/models-transfers.ts'
import { isStuck, needsKey } from '../../queries/transfer-facts.ts'

/** What would let a transfer that stands still go on. */
export type Offer =
  | 'add-key'
  | 'unlock'
  | 'keys-page'
  | 'edit-profile'
  | 'decide'
  | 'try-now'
  | 'resume'
  | 'retry'
  | 'download-raw'

const BY_ERROR: Partial<Record<AppError['code'], Offer>> = {
  'keychain-locked': 'unlock',
  'keychain-missing': 'unlock',
  'passphrase-needed': 'unlock',
  'wrong-passphrase': 'unlock',
  'key-not-usable': 'keys-page',
  'kms-key': 'keys-page',
  'command-failed': 'keys-page',
  'secret-lost': 'keys-page',
  'disk-full': 'resume',
}

/** The first thing its row offers; null for one that moves, waits or is over. */
export function offerOf(transfer: Transfer): Offer | null {
  const { phase, error, kind, profileId } = transfer
  if (!isStuck(transfer)) return null
  if (phase === 'needs-network') return 'try-now'
  if (needsKey(transfer)) return 'add-key'
  if (phase !== 'needs-credentials' && error !== null && isFinal(error))
    return isRawHelp(transfer) ? 'download-raw' : null
  if (phase === 'failed' || error === null) return 'retry'
  if (phase === 'needs-credentials')
    return error.code === 'bad-credentials' && error.service !== 'kms' && profileId !== null
      ? 'edit-profile'
      : 'keys-page'
  // Where a decrypted file goes was decided before.
  if ((error.code === 'object-exists' || error.code === 'target-exists') && kind !== 'decrypt')
    return 'decide'
  return BY_ERROR[error.code] ?? 'retry'
}

/** What cannot be decrypted can still be had as it is stored. */
export const isRawHelp = ({ kind, profileId, bucket, key, error }: Transfer): boolean =>
  kind === 'download' &&
  profileId !== null &&
  bucket !== null &&
  key !== null &&
  error !== null &&
  (isFinal(error)
    ? error.code !== 'name-not-local'
    : error.code === 'unknown-master-key' || error.code === 'wrong-master-key')

/**
 * May the same be tried again? Not what another try cannot mend, and not what goes on by itself
 * once a key is here.
 */
export const canRetry = (transfer: Transfer): boolean =>
  isStuck(transfer) &&
  transfer.phase !== 'needs-network' &&
  !needsKey(transfer) &&
  !(transfer.error !== null && isFinal(transfer.error))

/** May everything of it be dropped and begun anew? Many files are begun anew one by one. */
export const canStartOver = (transfer: Transfer): boolean =>
  isStuck(transfer) &&
  transfer.files === null &&
  !(transfer.error !== null && isFinal(transfer.error))

/** Cancelled or taken off the list by itself; a file of many goes with all of them. */
export const canEnd = (transfer: Transfer): boolean => transfer.batchId === null
