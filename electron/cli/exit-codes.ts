import { unreachable, type AppError } from '../../shared/contract/errors.ts'

/** Exit codes. Scripts rely on these numbers. */
export const EXIT = {
  done: 0,
  unexpected: 1,
  usage: 2,
  masterKey: 3,
  damaged: 4,
  network: 5,
  cancelled: 130,
} as const

/** A mistake of the caller on the command line, in one sentence. */
export class Usage extends Error {}

/**
 * Returns the exit code of a failure. The code tells who has to act: the caller, the holder of a
 * key, or nobody.
 */
export function exitCodeOf(error: AppError): number {
  switch (error.code) {
    case 'unexpected':
    case 'disk-full':
    case 'drop-broken-off':
    case 'index':
    case 'target-unwritable':
      return EXIT.unexpected
    case 'bad-request':
    case 'too-many':
    case 'bad-name':
    case 'bad-filter':
    case 'left-out':
    case 'one-key-for-two':
    case 'weak-passphrase':
    case 'already-open':
    case 'name-taken':
    case 'key-description':
    case 'confirmation-differs':
    case 'key-opens-objects':
    case 'key-is-default':
    case 'format-not-for-key':
    case 'source-unreadable':
    case 'not-on-disk':
    case 'target-exists':
    case 'target-blocked':
    case 'object-exists':
    case 'name-not-local':
    case 'would-run':
    case 'not-opened':
    case 'insecure-endpoint':
    case 'bad-endpoint':
    case 'too-large':
    case 'metadata-too-large':
      return EXIT.usage
    case 'proxy':
      return error.problem === 'setting' || error.problem === 'insecure' ? EXIT.usage : EXIT.network
    case 'not-found':
      if (error.what === 'master-key') return EXIT.masterKey
      return error.what === 'object' || error.what === 'bucket' ? EXIT.network : EXIT.usage
    case 'unknown-master-key':
    case 'wrong-master-key':
    case 'no-master-key':
    case 'key-not-usable':
    case 'key-import':
    case 'key-proof-failed':
    case 'keychain-locked':
    case 'keychain-missing':
    case 'secret-lost':
    case 'passphrase-needed':
    case 'wrong-passphrase':
    case 'kms-key':
    case 'command-failed':
      return EXIT.masterKey
    case 'recovery-sheet':
      return error.problem === 'other-key' || /share/.test(error.problem)
        ? EXIT.masterKey
        : EXIT.damaged
    case 'drill-report':
    case 'file-damaged':
    case 'no-envelope':
    case 'envelope-file':
    case 'not-encrypted':
    case 'too-many-damaged':
    case 'not-an-envelope':
    case 'unsupported-format':
    case 'message-damaged':
    case 'source-changed':
    case 'source-longer':
    case 'envelope-lost':
    case 'source-differs':
    case 'checksum':
    case 'size-differs':
    case 'copy-differs':
    case 'rewrap-differs':
    case 'headers-differ':
    case 'seal-refused':
    case 'not-sealed':
    case 'second-key':
      return EXIT.damaged
    case 'oss':
    case 'bad-answer':
    case 'kms':
    case 'access-denied':
    case 'seal-denied':
    case 'bad-credentials':
    case 'clock':
    case 'unreachable':
    case 'object-changed':
    case 'not-deleted':
    case 'source-kept':
      return EXIT.network
    case 'cancelled':
      return EXIT.cancelled
    default:
      return unreachable(error)
  }
}
