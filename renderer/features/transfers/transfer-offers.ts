import { isFinal, type AppError } from '../../../shared/contract/errors.ts'
import type { Transfer } from '../../../shared/contract/models-transfers.ts'
import { isStuck, needsKey } from '../../queries/transfers/transfer-facts.ts'

/** Actions that let a stopped transfer continue. */
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
  | 'download-moved'

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

/** Returns the action that the row offers; null for a transfer that runs, waits or is over. */
export function offerOf(transfer: Transfer): Offer | null {
  const { phase, error, kind, profileId } = transfer
  if (!isStuck(transfer)) return null
  if (phase === 'needs-network') return 'try-now'
  if (needsKey(transfer)) return 'add-key'
  if (isMovedHelp(transfer)) return 'download-moved'
  if (phase !== 'needs-credentials' && error !== null && isFinal(error))
    return isRawHelp(transfer) ? 'download-raw' : null
  if (phase === 'failed' || error === null) return 'retry'
  if (phase === 'needs-credentials')
    return error.code === 'bad-credentials' && error.service !== 'kms' && profileId !== null
      ? 'edit-profile'
      : 'keys-page'
  // The target of a decrypted file was chosen before.
  if ((error.code === 'object-exists' || error.code === 'target-exists') && kind !== 'decrypt')
    return 'decide'
  return BY_ERROR[error.code] ?? 'retry'
}

/** An object that was sealed under another name can still be downloaded, if the user says so. */
const isMovedHelp = ({ kind, profileId, bucket, key, error }: Transfer): boolean =>
  kind === 'download' &&
  profileId !== null &&
  bucket !== null &&
  key !== null &&
  error?.code === 'seal-refused' &&
  error.state === 'moved'

/** An object that cannot be decrypted can still be downloaded as it is stored. */
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
 * True if another try can help. A transfer that continues by itself once a key is here needs no
 * try.
 */
export const canRetry = (transfer: Transfer): boolean =>
  isStuck(transfer) &&
  transfer.phase !== 'needs-network' &&
  !needsKey(transfer) &&
  !(transfer.error !== null && isFinal(transfer.error))

/** True if the transfer can start from the beginning. Files of a batch start again one by one. */
export const canStartOver = (transfer: Transfer): boolean =>
  isStuck(transfer) &&
  transfer.files === null &&
  !(transfer.error !== null && isFinal(transfer.error))

/** True if the transfer can be cancelled or removed alone. A file of a batch is not. */
export const canEnd = (transfer: Transfer): boolean => transfer.batchId === null
