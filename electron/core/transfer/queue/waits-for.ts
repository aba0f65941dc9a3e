import { isDistrust, type AppError } from '../../../../shared/contract/errors.ts'
import type { TransferPhase } from '../../../../shared/contract/models-transfers.ts'

/**
 * Returns the phase of a transfer after this error. 'failed': only another try by the user can
 * help.
 */
export function waitsFor(
  error: AppError,
): Extract<
  TransferPhase,
  'needs-network' | 'needs-credentials' | 'needs-master-key' | 'needs-user' | 'failed'
> {
  switch (error.code) {
    case 'unreachable':
      return isDistrust(error.reason) ? 'failed' : 'needs-network'
    case 'proxy':
      return error.problem === 'unreachable' || error.problem === 'no-way'
        ? 'needs-network'
        : 'failed'
    case 'oss':
      return error.status >= 500 || error.status === 429 ? 'needs-network' : 'failed'
    case 'bad-credentials':
      return 'needs-credentials'
    case 'unknown-master-key':
    case 'wrong-master-key':
    case 'no-master-key':
    case 'key-not-usable':
    case 'kms-key':
    case 'command-failed':
    case 'keychain-locked':
    case 'keychain-missing':
    case 'passphrase-needed':
    case 'wrong-passphrase':
    case 'secret-lost':
      return 'needs-master-key'
    case 'disk-full':
    case 'object-exists':
    case 'target-exists':
      return 'needs-user'
    default:
      return 'failed'
  }
}
