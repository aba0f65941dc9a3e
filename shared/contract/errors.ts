import type { NameRule } from './object-names.ts'

/**
 * Everything that is expected to go wrong, as one closed union of plain data: it crosses threads,
 * IPC and sockets unchanged. Bugs are not in here; they throw. The sentences for people are in
 * `sentences-en.ts` and `sentences-zh.ts`.
 */
export type AppError =
  /**
   * The caller sent something the route does not take. `detail`: route and fields, for us; people
   * are told the field in words, and its `rule`.
   */
  | {
      readonly code: 'bad-request'
      readonly detail: string
      readonly rule?:
        'empty' | 'too-short' | 'too-long' | 'too-small' | 'too-large' | 'too-many' | 'not-text'
      readonly limit?: number
    }
  /** A name that OSS gives to no object. */
  | { readonly code: 'bad-name'; readonly name: string; readonly rule: NameRule }
  | { readonly code: 'cancelled' }
  /** More at once than a call takes. */
  | { readonly code: 'too-many'; readonly limit: number }
  /** A bug. `reference` is also in the local log, where the stack is. */
  | { readonly code: 'unexpected'; readonly reference: string }
  | {
      readonly code: 'not-found'
      readonly what:
        'object' | 'bucket' | 'profile' | 'master-key' | 'transfer' | 'grant' | 'plan' | 'upload'
      readonly name: string
    }
  /** Another window or shell of the app is open on this data folder. */
  | { readonly code: 'already-open'; readonly folder: string }
  | { readonly code: 'name-taken'; readonly name: string }
  // Envelopes and keys
  /** Some of the envelope is there, but `header` is missing or not valid: damaged, never plain. */
  | {
      readonly code: 'not-an-envelope'
      readonly header: string
      readonly problem: 'missing' | 'invalid'
    }
  /**
   * A file that was named as an envelope holds no headers of an encrypted object, or none was named
   * and none lies beside the blob.
   */
  | { readonly code: 'no-envelope'; readonly file?: string }
  /**
   * A file that was named as an envelope holds some of one, and cannot be used. The file is at
   * fault, whatever the object is. `file`: its name, '' for a pasted text. `header`: what is
   * missing or cannot be read. 'cut': the wrapped values are shorter than any key makes them.
   * `count`: of different envelopes.
   */
  | {
      readonly code: 'envelope-file'
      readonly file: string
      readonly problem: 'several' | 'missing' | 'unreadable' | 'cut' | 'too-large'
      readonly header: string
      readonly count: number
    }
  /**
   * It has no envelope, though a master key was named for it or it was encrypted when it was last
   * seen. Nothing of it was kept.
   */
  | {
      readonly code: 'not-encrypted'
      readonly key: string
      readonly why: 'key-named' | 'was-encrypted'
    }
  /** So many objects of one download did not open that the rest was not tried. */
  | { readonly code: 'too-many-damaged'; readonly count: number }
  /** A format we recognise and do not read. */
  | { readonly code: 'unsupported-format'; readonly format: FormatName }
  /**
   * A message of the KMS Encryption SDK whose header or content is not what was written: its tag
   * does not fit; 'ending': its length or padding; 'shape': it was to be one, and is none.
   */
  | { readonly code: 'message-damaged'; readonly part: 'header' | 'content' | 'ending' | 'shape' }
  /**
   * No master key here has this description ('' when the object has none); for messages, is one of
   * these CMKs: their ARNs.
   */
  | { readonly code: 'unknown-master-key'; readonly description: string }
  /** Keys were tried and none opens the envelope. */
  /**
   * `bits`: what the values in the envelope take, and what the keys have, where that alone tells
   * that none fits.
   */
  | {
      readonly code: 'wrong-master-key'
      readonly tried: readonly string[]
      readonly bits?: { readonly envelope: number; readonly keys: readonly number[] }
    }
  | { readonly code: 'no-master-key' }
  | {
      readonly code: 'key-not-usable'
      readonly name: string
      readonly reason:
        | 'decrypt-only'
        | 'public-half-only'
        | 'weak'
        | 'breakable'
        | 'not-proven'
        | 'sample'
        | 'not-here'
    }
  | { readonly code: 'key-import'; readonly problem: KeyImportProblem }
  /** The private and public halves do not undo each other. */
  | { readonly code: 'key-proof-failed'; readonly name: string }
  | {
      readonly code: 'key-description'
      readonly problem: DescriptionProblem
      readonly detail: string
    }
  | { readonly code: 'confirmation-differs'; readonly name: string }
  /** This kind of key does not write that. */
  | {
      readonly code: 'format-not-for-key'
      readonly format: string
      readonly kind: 'rsa' | 'kms' | 'command'
    }
  // Master keys that are elsewhere
  /**
   * KMS knows the credentials, and this key cannot be used. `name`: of the master key, or the key's
   * id where it has none.
   */
  | {
      readonly code: 'kms-key'
      readonly name: string
      readonly problem: KmsKeyProblem
      readonly requestId: string
    }
  /**
   * KMS refused for another reason, or was not able to answer. `kmsCode`: its error code, never its
   * message. `status` 0: what answered was not KMS.
   */
  | {
      readonly code: 'kms'
      readonly status: number
      readonly kmsCode: string
      readonly requestId: string
    }
  /**
   * The user's own program did not wrap or unwrap. `detail`: exit code, seconds, bytes, or what the
   * program said itself.
   */
  | {
      readonly code: 'command-failed'
      readonly name: string
      readonly problem: CommandProblem
      readonly detail: string
    }
  /** The key is default somewhere; a successor must be named first. */
  | { readonly code: 'key-is-default'; readonly places: readonly string[] }
  // Files on this computer
  | { readonly code: 'source-changed'; readonly path: string }
  /** It is not the file that an upload which is to go on was started with, or it changed since. */
  | { readonly code: 'source-differs'; readonly path: string }
  /**
   * There is more to be read than its `size` (bytes) says: all of it would have to be read before
   * anything can be told of it.
   */
  | { readonly code: 'source-longer'; readonly path: string; readonly size: number }
  | { readonly code: 'source-unreadable'; readonly path: string; readonly reason: string }
  /**
   * Dropped or pasted, and no file on this computer's disk: a picture of a web page, or of the
   * clipboard.
   */
  | { readonly code: 'not-on-disk'; readonly names: readonly string[] }
  | { readonly code: 'target-exists'; readonly path: string }
  /**
   * `path` is a folder, a link, a file where a folder is needed, or a device or pipe: nothing is
   * written there, and it stays.
   */
  | { readonly code: 'target-blocked'; readonly path: string; readonly by: Obstacle }
  | { readonly code: 'target-unwritable'; readonly path: string; readonly reason: string }
  /** `needed`: bytes; 0 when unknown. */
  | { readonly code: 'disk-full'; readonly path: string; readonly needed: number }
  /**
   * Not all that was dropped on the page came: `files` did. 'page': it was closed or loaded anew;
   * 'app': this app ended; else the disk of the copies.
   */
  | {
      readonly code: 'drop-broken-off'
      readonly files: number
      readonly why: 'page' | 'app' | 'disk-full' | 'unwritable'
    }
  /**
   * Of what was to be uploaded, `count` files and folders were left out; the first of them, and
   * why. All others were uploaded.
   */
  | {
      readonly code: 'left-out'
      readonly count: number
      readonly path: string
      readonly reason: LeftOutReason
    }
  /** Two files of one upload would become one object; `count` such objects. */
  | {
      readonly code: 'one-key-for-two'
      readonly key: string
      readonly first: string
      readonly second: string
      readonly count: number
    }
  /**
   * A file of the app's own folder is damaged, or of a later version. `kept`: what it is called
   * now; null: it lies where it was.
   */
  | { readonly code: 'file-damaged'; readonly path: string; readonly kept: string | null }
  /** An object name that no file here can have. */
  | { readonly code: 'name-not-local'; readonly name: string }
  // Secrets at rest
  | { readonly code: 'keychain-locked' }
  | { readonly code: 'keychain-missing' }
  /**
   * The keychain works, but an entry that was stored is gone; or the `place` that is named. Nothing
   * is made again in its place.
   */
  | {
      readonly code: 'secret-lost'
      readonly name: string
      readonly place?: 'passphrase-file' | 'data-folder'
    }
  /**
   * The passphrase file is closed; unlock it first. `exists`: false when no passphrase was chosen
   * yet.
   */
  | { readonly code: 'passphrase-needed'; readonly exists: boolean }
  | { readonly code: 'wrong-passphrase' }
  /** A new passphrase is too easy to guess. `least`: characters it must have. */
  | { readonly code: 'weak-passphrase'; readonly least: number }
  // OSS and the network
  | {
      readonly code: 'oss'
      readonly status: number
      readonly ossCode: string
      readonly ec: string
      readonly message: string
      readonly requestId: string
      readonly retryAfterMs: number
    }
  /**
   * A good answer that says what it may not. `name`: an object, a bucket or '' where none is to
   * blame; `asked`: the prefix, key or bucket that was asked for. 'outside': not below it; 'order':
   * there twice, or before what came before; 'name': nothing can have it; 'not-asked': done, and
   * not asked for; 'endless': pages without end; 'too-large': more than such an answer can be.
   */
  | {
      readonly code: 'bad-answer'
      readonly problem: BadAnswer
      readonly name: string
      readonly asked: string
    }
  | {
      readonly code: 'access-denied'
      readonly action: string
      readonly ossCode: string
      readonly ec: string
      readonly requestId: string
    }
  /** `service`: left out for OSS, here and below. */
  | {
      readonly code: 'bad-credentials'
      readonly reason: 'unknown-key-id' | 'wrong-secret' | 'expired'
      readonly requestId: string
      readonly service?: 'kms'
    }
  /** `minutes` > 0: this computer is behind the server; 0 when it did not say by how much. */
  | {
      readonly code: 'clock'
      readonly minutes: number
      readonly requestId: string
      readonly service?: 'kms'
    }
  /** No answer at all. `reason`: the system's code, such as ECONNREFUSED. */
  | { readonly code: 'unreachable'; readonly host: string; readonly reason: string }
  | { readonly code: 'insecure-endpoint'; readonly endpoint: string }
  /** 'no-region': an endpoint, and nothing says in which region. */
  | { readonly code: 'bad-endpoint'; readonly endpoint: string; readonly problem?: 'no-region' }
  /** The object was replaced while it was being read (If-Match failed). */
  | { readonly code: 'object-changed'; readonly key: string }
  /**
   * What was written is not what was to be copied: another size, or another value of this header.
   * It was removed.
   */
  | { readonly code: 'copy-differs'; readonly key: string; readonly what: string }
  /**
   * The metadata that `key` was to get is larger than OSS takes: names and values, those of the
   * envelope among them. Both in bytes.
   */
  | {
      readonly code: 'metadata-too-large'
      readonly key: string
      readonly size: number
      readonly limit: number
    }
  /**
   * Headers were to be changed, and the server stored others than were asked for. `kept`: a whole
   * copy of the object as it was to be.
   */
  | { readonly code: 'headers-differ'; readonly key: string; readonly kept: string }
  /**
   * A move whose copy was made: its source is not the one any more that was copied, could not be
   * deleted, or nothing proves the copy. Both are there.
   */
  | {
      readonly code: 'source-kept'
      readonly key: string
      readonly reason: 'changed' | 'not-deleted' | 'not-proven'
      readonly requestId: string
    }
  /**
   * What was stored lacks the envelope (`what`: the header; '' for all of a message) or has another
   * size, so nobody could decrypt it. `removed`: it is gone again.
   */
  | {
      readonly code: 'envelope-lost'
      readonly key: string
      readonly what: string
      readonly removed: boolean
    }
  /** OSS refused to replace an object, as it was asked to. */
  | { readonly code: 'object-exists'; readonly key: string }
  /** CRC-64 of the bytes here and of the bytes OSS stored differ. */
  | { readonly code: 'checksum' }
  /**
   * `expected` and `actual`: bytes. `told`: who said what to expect; left out for the envelope,
   * 'server' for the answer that brought the bytes.
   */
  | {
      readonly code: 'size-differs'
      readonly expected: number
      readonly actual: number
      readonly told?: 'server'
    }
  | { readonly code: 'too-large'; readonly limit: number }

export type BadAnswer = 'outside' | 'order' | 'name' | 'not-asked' | 'endless' | 'too-large'

/**
 * What stands at a path where a file is to be written, or at a folder above it: no file that could
 * be replaced.
 */
export type Obstacle = 'folder' | 'link' | 'file' | 'device'

/**
 * Formats that are recognised; see FORMAT.md for how. The last two are not read: messages whose
 * data key lies in a secret store of its own, and messages under SM4.
 */
export type FormatName =
  | 'v1'
  | 'v2'
  | 'v2-oaep'
  | 'v2-kms'
  | 'v2-custom'
  | 'sdk-split'
  | 'sdk-message'
  | 'sdk-stream'
  | 'sdk-external'
  | 'sdk-sm4'

/**
 * Why a file or folder is not uploaded. Links, pipes, sockets and devices are left out on purpose;
 * the others were wanted.
 */
export type LeftOutReason =
  | 'symlink'
  | 'not-a-file'
  | 'unreadable'
  | 'gone'
  | 'name-not-utf8'
  | 'name-too-long'
  | 'name-not-allowed'

/**
 * 'cannot-open': KMS has the key, and what it was given was not made with it, or under another
 * encryption context.
 */
export type KmsKeyProblem = 'not-found' | 'disabled' | 'deleting' | 'wrong-use' | 'cannot-open'

/** 'not-wrapped': what it was to wrap stands in its answer as it was. */
export type CommandProblem =
  | 'not-started'
  | 'timed-out'
  | 'exited'
  | 'not-json'
  | 'wrong-length'
  | 'too-much'
  | 'not-wrapped'
  | 'refused'

export type KeyImportProblem =
  | 'not-a-key'
  | 'not-rsa'
  | 'needs-passphrase'
  | 'wrong-passphrase'
  /** Closed with a passphrase in OpenSSH's own way, which is not read here. */
  | 'openssh-closed'
  | 'halves-differ'
  | 'too-short'
  /**
   * Anybody can compute the private half: the modulus is even, a prime, a power, has a small
   * factor, or its primes are no secret.
   */
  | 'breakable'
  | 'several-keys'
  /** More than two primes, which Electron's cryptography does not take. */
  | 'many-primes'
  /** Notations that are recognised and not read. */
  | 'putty'
  | 'pgp'
  | 'ssh2'
  | 'pkcs7'
  | 'java-keystore'
  | 'microsoft-blob'
  | 'jwk-short'
  | 'already-here'
  | 'too-large'

export type DescriptionProblem =
  | 'not-json'
  | 'not-an-object'
  | 'value-not-text'
  | 'repeated-name'
  | 'too-long'
  | 'not-printable'
  | 'used-by'

export type Result<T, E = AppError> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E }

export const ok = <T>(value: T): Result<T, never> => ({ ok: true, value })
export const fail = <E extends AppError>(error: E): Result<never, E> => ({ ok: false, error })

/**
 * An expected failure on its way through code that throws (streams, callbacks). Caught at the edge
 * by {@link caught}.
 */
export class Failure extends Error {
  readonly error: AppError
  constructor(error: AppError) {
    super(error.code)
    this.name = 'Failure'
    this.error = error
  }
}

/** The value, or a thrown {@link Failure}. */
export function valueOf<T>(result: Result<T>): T {
  if (result.ok) return result.value
  throw new Failure(result.error)
}

/**
 * What a `catch` got: a {@link Failure} or an abort becomes a Result, anything else is a bug and is
 * thrown again.
 */
export function caught(cause: unknown): Result<never> {
  if (cause instanceof Failure) return fail(cause.error)
  if (cause instanceof Error && cause.name === 'AbortError') return fail({ code: 'cancelled' })
  throw cause
}

/** May the same request be sent again unchanged? One answer for the whole app. */
export function isRetryable(error: AppError): boolean {
  switch (error.code) {
    case 'oss':
      return error.status >= 500 || error.status === 429 || error.ossCode === 'RequestTimeout'
    case 'kms':
      return (
        error.status >= 500 ||
        error.status === 429 ||
        error.kmsCode.startsWith('Throttling') ||
        error.kmsCode === 'Rejected.Throttling'
      )
    case 'unreachable':
      return !isDistrust(error.reason)
    case 'checksum':
      return true
    default:
      return false
  }
}

/**
 * What the same request meets again, whenever it is sent: the object, the name or the format is
 * what it is. Offering another try would promise what cannot come.
 */
export const isFinal = (error: AppError): boolean => FINAL.has(error.code)

const FINAL: ReadonlySet<AppError['code']> = new Set<AppError['code']>([
  'not-an-envelope',
  'no-envelope',
  'unsupported-format',
  'message-damaged',
  'name-not-local',
  'source-differs',
  'source-kept',
  'too-large',
  'bad-request',
  'bad-endpoint',
  'insecure-endpoint',
  'key-description',
  'format-not-for-key',
])

/**
 * Is it the server's certificate that this computer does not trust? That will not change within
 * seconds.
 */
export const isDistrust = (reason: string): boolean => CERTIFICATE_REASONS.has(reason)

/** Source: Node's TLS error codes. */
const CERTIFICATE_REASONS: ReadonlySet<string> = new Set([
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
])

/**
 * For the `default` of a switch that must name every case: does not compile while one is missing.
 */
export function unreachable(value: never): never {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`)
}
