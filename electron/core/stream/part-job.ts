import type { AppError } from '../../../shared/contract/errors.ts'
import type { Resplit } from '../../../shared/format/resplit.ts'
import type { SourceIdentity } from './file-source.ts'
import type { JobPrints } from './sent-prints.ts'
import type { FromSmall, ToSmall } from './small-job.ts'

/**
 * What one job needs to encrypt or decrypt. The data key (16 or 32 bytes) is a copy of the job's
 * own; the worker wipes it.
 */
export type JobCipher = { readonly dataKey: Uint8Array<ArrayBuffer> } &
  /**
   * `counter`: of content byte 0. `at`: bytes of content before the job's first. `resplit`: null
   * for all but certain damaged objects.
   */
  (
    | {
        readonly kind: 'ctr'
        readonly counter: Uint8Array
        readonly at: number
        readonly resplit: Resplit | null
      }
    /**
     * Decrypts. `iv` null: the first 16 bytes of the job are the block before. Of what comes out,
     * `length` bytes after the first `skip`.
     */
    | {
        readonly kind: 'cbc'
        readonly iv: Uint8Array | null
        readonly skip: number
        readonly length: number
      }
    /** Over the whole of a plaintext, for its tag. `associated`: what is authenticated besides. */
    | { readonly kind: 'gcm'; readonly iv: Uint8Array; readonly associated: Uint8Array }
  )

/** Bytes of an object that are in no file: those before and after what a job reads from one. */
export interface Frame {
  readonly before: Uint8Array
  readonly after: Uint8Array
}

/** Signed for one attempt: its date ages, and nothing in it can be used for another request. */
export interface JobRequest {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
}

export interface JobSource {
  readonly path: string
  readonly identity: SourceIdentity
}

/** `temporary` is written to; `path` and `bytes` (of the whole file) are for the error only. */
export interface JobTarget {
  readonly temporary: string
  readonly path: string
  readonly bytes: number
}

/**
 * `offset` and `length`: bytes of the file or object that is read. `cipher` null: bytes as they
 * are. `checksum`: whether to sum the ciphertext.
 */
interface Range {
  readonly offset: number
  readonly length: number
  readonly cipher: JobCipher | null
  readonly checksum: boolean
}

/**
 * One piece of work for a worker thread; plain data, and nothing in it is worth more than the piece
 * itself.
 */
export type PartJob =
  /**
   * A range of a file as the body of a request, inside its frame; never other bytes than an attempt
   * before sent.
   */
  | (Range & {
      readonly kind: 'send'
      readonly request: JobRequest
      readonly source: JobSource
      readonly frame?: Frame
      readonly prints?: JobPrints
    })
  /** The body of an answer into a file; `at`: where in the file its first byte belongs. */
  | (Range & {
      readonly kind: 'receive'
      readonly request: JobRequest
      readonly target: JobTarget
      readonly at: number
    })
  /** A range of one file into another. */
  | (Range & {
      readonly kind: 'recode'
      readonly source: JobSource
      readonly target: JobTarget
      readonly at: number
    })
  /**
   * The body of an answer as the body of another request, as it is; it is never here whole. `into`
   * null: only its sum is wanted.
   */
  | (Range & {
      readonly kind: 'relay'
      readonly request: JobRequest
      readonly into: JobRequest | null
    })
  /**
   * Only the sum of a range of a file, as the ciphertext it becomes inside its frame; or its tag.
   */
  | (Range & { readonly kind: 'sum'; readonly source: JobSource; readonly frame?: Frame })

/**
 * An answer whose body was read, if it was text: names lower-case, values one character per byte.
 */
export interface PartAnswer {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
  /**
   * It is the answer of who was asked for the bytes of a relay, and not of who was to take them.
   */
  readonly ofSource?: true
}

/** What a cipher knows at its end. */
export interface CipherEnd {
  /** 16 bytes; null for all ciphers but GCM. */
  readonly tag: Uint8Array | null
  /**
   * Ciphertext at both ends of what was read: the first 16 bytes, and up to 32 at the end. Null for
   * all ciphers but CBC, where neighbours overlap and no sum covers what is read twice.
   */
  readonly edges: { readonly first: Uint8Array; readonly last: Uint8Array } | null
}

/**
 * `crc64` is over the ciphertext; null when it was not asked for, or the answer was an error.
 * `answer` null: no request.
 */
export interface PartResult extends CipherEnd {
  readonly answer: PartAnswer | null
  readonly crc64: bigint | null
}

export type ToWorker =
  | { readonly t: 'run'; readonly id: number; readonly job: PartJob }
  | { readonly t: 'stop'; readonly id: number }
  | { readonly t: 'small'; readonly letter: ToSmall }

export type FromWorker =
  /** Bytes of this attempt so far. */
  | { readonly t: 'moved'; readonly id: number; readonly bytes: number }
  /** Before the end of a job that sends, however it ends: all prints of its part. */
  | { readonly t: 'printed'; readonly id: number; readonly records: Uint8Array }
  | { readonly t: 'done'; readonly id: number; readonly result: PartResult }
  | { readonly t: 'failed'; readonly id: number; readonly error: AppError }
  /** A bug in the worker. */
  | { readonly t: 'broke'; readonly id: number; readonly stack: string }
  | { readonly t: 'small'; readonly letter: FromSmall }
