import type { KeyError } from './key-errors.ts'
import type { NameRule } from '../object-names.ts'
import type { BadAnswer, LeftOutReason, Obstacle, ProxyProblem } from './problems.ts'

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
  | KeyError
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
  /** Of `of` objects that were to be deleted, OSS did not delete `count`; `key` is the first. */
  | {
      readonly code: 'not-deleted'
      readonly count: number
      readonly of: number
      readonly key: string
    }
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
  /**
   * The proxy does not let a connection to `host` through. `proxy`: its host and port, '' where the
   * setting cannot be read. `detail`: HTTP status, SOCKS5 reply code, or the system's code.
   */
  | {
      readonly code: 'proxy'
      readonly problem: ProxyProblem
      readonly proxy: string
      readonly host: string
      readonly detail: string
    }
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
