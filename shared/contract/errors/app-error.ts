import type { KeyError } from './key-errors.ts'
import type { SealReason } from '../models-seals.ts'
import type { NameRule } from '../object-names.ts'
import type { BadAnswer, IndexProblem, LeftOutReason, Obstacle, ProxyProblem } from './problems.ts'

/**
 * Every expected failure, as one closed union of plain data. An `AppError` crosses threads, IPC and
 * sockets unchanged. Bugs are not members: a bug throws. The sentences for people are in
 * `sentences-en.ts` and `sentences-zh.ts`.
 */
export type AppError =
  /**
   * The caller sent an input that the route does not accept. `detail` names the route and the
   * fields for developers. People read the field's name in words and its `rule`.
   */
  | {
      readonly code: 'bad-request'
      readonly detail: string
      readonly rule?:
        'empty' | 'too-short' | 'too-long' | 'too-small' | 'too-large' | 'too-many' | 'not-text'
      readonly limit?: number
    }
  /** OSS gives this name to no object. */
  | { readonly code: 'bad-name'; readonly name: string; readonly rule: NameRule }
  /**
   * The regular expression of a filter. 'invalid': it cannot be read. 'too-slow': it takes longer
   * than a filter may.
   */
  | {
      readonly code: 'bad-filter'
      readonly regex: string
      readonly problem: 'invalid' | 'too-slow'
    }
  /** A problem of the local index of listed names. */
  | { readonly code: 'index'; readonly problem: IndexProblem }
  | { readonly code: 'cancelled' }
  /** One call had more items than the call accepts. */
  | { readonly code: 'too-many'; readonly limit: number }
  /** A bug. The local log holds the stack under the same `reference`. */
  | { readonly code: 'unexpected'; readonly reference: string }
  | {
      readonly code: 'not-found'
      readonly what:
        | 'object'
        | 'bucket'
        | 'profile'
        | 'master-key'
        | 'transfer'
        | 'grant'
        | 'plan'
        | 'upload'
        | 'preview'
      readonly name: string
    }
  /** Another window or shell of the app has this data folder open. */
  | { readonly code: 'already-open'; readonly folder: string }
  | { readonly code: 'name-taken'; readonly name: string }
  | KeyError
  // Files on this computer
  | { readonly code: 'source-changed'; readonly path: string }
  /**
   * The file is not the one that the resumed upload was started with, or the file changed since
   * then.
   */
  | { readonly code: 'source-differs'; readonly path: string }
  /**
   * The file has more bytes than its reported `size` (bytes). The app would have to read the whole
   * file to know its length.
   */
  | { readonly code: 'source-longer'; readonly path: string; readonly size: number }
  | { readonly code: 'source-unreadable'; readonly path: string; readonly reason: string }
  /**
   * The dropped or pasted items are not files on this computer's disk. Examples are a picture of a
   * web page and a picture of the clipboard.
   */
  | { readonly code: 'not-on-disk'; readonly names: readonly string[] }
  | { readonly code: 'target-exists'; readonly path: string }
  /**
   * `path` is a folder, a link, a file where a folder is needed, a device or a pipe. The app writes
   * nothing there and leaves the obstacle in place.
   */
  | { readonly code: 'target-blocked'; readonly path: string; readonly by: Obstacle }
  | { readonly code: 'target-unwritable'; readonly path: string; readonly reason: string }
  /** `needed`: bytes; 0 when unknown. */
  | { readonly code: 'disk-full'; readonly path: string; readonly needed: number }
  /**
   * Only `files` of the files that were dropped on the page arrived. 'page': the page was closed or
   * reloaded. 'app': the app ended. 'disk-full' and 'unwritable': the disk of the copies failed.
   */
  | {
      readonly code: 'drop-broken-off'
      readonly files: number
      readonly why: 'page' | 'app' | 'disk-full' | 'unwritable'
    }
  /**
   * The upload left out `count` files and folders and uploaded all others. `path` and `reason`
   * describe the first of the left-out files.
   */
  | {
      readonly code: 'left-out'
      readonly count: number
      readonly path: string
      readonly reason: LeftOutReason
    }
  /** Two files of one upload would become one object. `count`: the number of such objects. */
  | {
      readonly code: 'one-key-for-two'
      readonly key: string
      readonly first: string
      readonly second: string
      readonly count: number
    }
  /**
   * A file in the app's own folder is damaged, or a later version wrote it. `kept`: the file's name
   * now; null when the file is where it was.
   */
  | { readonly code: 'file-damaged'; readonly path: string; readonly kept: string | null }
  /**
   * OSS did not delete `count` of the `of` objects that were to be deleted. `key`: the first of
   * them.
   */
  | {
      readonly code: 'not-deleted'
      readonly count: number
      readonly of: number
      readonly key: string
    }
  /** No file on this computer can have this object name. */
  | { readonly code: 'name-not-local'; readonly name: string }
  /** The system would run this file, so the app does not open it. */
  | { readonly code: 'would-run'; readonly name: string }
  /** No program of the system opened this file. */
  | { readonly code: 'not-opened'; readonly name: string }
  // Secrets at rest
  | { readonly code: 'keychain-locked' }
  | { readonly code: 'keychain-missing' }
  /**
   * The keychain works, but a stored entry is missing. With `place`, the entry is missing from the
   * named place. The app creates no replacement for the entry.
   */
  | {
      readonly code: 'secret-lost'
      readonly name: string
      readonly place?: 'passphrase-file' | 'data-folder'
    }
  /**
   * The passphrase file is locked, and the user must unlock it first. `exists`: false when no
   * passphrase was chosen yet.
   */
  | { readonly code: 'passphrase-needed'; readonly exists: boolean }
  | { readonly code: 'wrong-passphrase' }
  /** A new passphrase is too easy to guess. `least`: the number of characters that it must have. */
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
   * A successful answer has content that it must not have. `name`: an object or a bucket, '' when
   * neither is the cause. `asked`: the requested prefix, key or bucket.
   * 'outside': the name is not below the prefix. 'order': the name is there twice, or before an
   * earlier name. 'name': no object can have the name. 'not-asked': OSS did something that was not
   * requested. 'endless': the pages do not end. 'too-large': the answer is larger than such an
   * answer can be.
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
  /** `service` is left out for OSS, here and in the members below. */
  | {
      readonly code: 'bad-credentials'
      readonly reason: 'unknown-key-id' | 'wrong-secret' | 'expired'
      readonly requestId: string
      readonly service?: 'kms'
    }
  /**
   * `minutes` > 0: this computer's clock is behind the server's. 0: the server did not say by how
   * much.
   */
  | {
      readonly code: 'clock'
      readonly minutes: number
      readonly requestId: string
      readonly service?: 'kms'
    }
  /** No answer arrived. `reason`: the system's code, such as ECONNREFUSED. */
  | { readonly code: 'unreachable'; readonly host: string; readonly reason: string }
  /**
   * The proxy does not let a connection to `host` through. `proxy`: host and port, '' when the
   * setting cannot be read. `detail`: the HTTP status, the SOCKS5 reply code or the system's code.
   */
  | {
      readonly code: 'proxy'
      readonly problem: ProxyProblem
      readonly proxy: string
      readonly host: string
      readonly detail: string
    }
  | { readonly code: 'insecure-endpoint'; readonly endpoint: string }
  /** 'no-region': nothing names the region of the endpoint. */
  | { readonly code: 'bad-endpoint'; readonly endpoint: string; readonly problem?: 'no-region' }
  /** The object was replaced while the app read it (If-Match failed). */
  | { readonly code: 'object-changed'; readonly key: string }
  /**
   * The written object differs from the source in its size or in the header `what`. The app removed
   * the written object.
   */
  | { readonly code: 'copy-differs'; readonly key: string; readonly what: string }
  /**
   * The metadata for `key` is larger than OSS accepts. The size counts all names and values, the
   * envelope's among them. `size` and `limit`: bytes.
   */
  | {
      readonly code: 'metadata-too-large'
      readonly key: string
      readonly size: number
      readonly limit: number
    }
  /**
   * The server stored other headers than the requested ones. `kept`: the key of a whole copy of the
   * object with the requested headers.
   */
  | { readonly code: 'headers-differ'; readonly key: string; readonly kept: string }
  /**
   * A move made its copy, and the source stays as well. 'changed': the source is no longer the
   * copied object. 'not-deleted': the source could not be deleted. 'not-proven': nothing proves the
   * copy.
   */
  | {
      readonly code: 'source-kept'
      readonly key: string
      readonly reason: 'changed' | 'not-deleted' | 'not-proven'
      readonly requestId: string
    }
  /**
   * The stored object lacks its envelope or has another size, so nobody could decrypt it. `what`:
   * the missing header; '' when a whole message is concerned. `removed`: true when the app removed
   * the object.
   */
  | {
      readonly code: 'envelope-lost'
      readonly key: string
      readonly what: string
      readonly removed: boolean
    }
  /**
   * The object cannot get its seal, which is a tag of it. 'permission': the account may not write
   * or read tags, `action` names the permission. 'not-kept': OSS took the tag, and has it not.
   * 'no-room': the object has as many tags as an object may have.
   */
  | {
      readonly code: 'seal-denied'
      readonly key: string
      readonly why: 'permission'
      readonly action: string
      readonly requestId: string
    }
  | { readonly code: 'seal-denied'; readonly key: string; readonly why: 'not-kept' | 'no-room' }
  /**
   * OSS refused to replace an object, as the request demanded. 'changed': the object is not the one
   * that the request was to replace, or that one is gone.
   */
  | { readonly code: 'object-exists'; readonly key: string; readonly why?: 'changed' }
  /**
   * The seal of an object does not let it be read, and nothing of the object was kept. 'changed':
   * the object is not as it was sealed. 'moved': it was sealed under another name. 'unknown': its
   * seal could not be checked.
   */
  | {
      readonly code: 'seal-refused'
      readonly key: string
      readonly state: 'changed' | 'moved' | 'unknown'
      readonly reason: SealReason
    }
  /** The object has no seal, and only sealed objects may be read. */
  | { readonly code: 'not-sealed'; readonly key: string; readonly reason: SealReason }
  /** The CRC-64 of the bytes here differs from the CRC-64 of the bytes that OSS stored. */
  | { readonly code: 'checksum' }
  /**
   * `expected` and `actual`: bytes. `told`: the source of the expected size. It is left out for the
   * envelope, and 'server' for the answer that brought the bytes.
   */
  | {
      readonly code: 'size-differs'
      readonly expected: number
      readonly actual: number
      readonly told?: 'server'
    }
  | { readonly code: 'too-large'; readonly limit: number }
