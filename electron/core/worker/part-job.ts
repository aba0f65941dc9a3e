import type { AppError } from '../../../shared/contract/errors.ts'
import type { CipherEnd, JobCipher } from '../cipher/content-cipher.ts'
import type { Frame } from '../cipher/crc64-sum.ts'
import type { ProxySettings } from '../net/proxy.ts'
import type { SourceIdentity } from '../files/file-source.ts'
import type { JobPrints } from './sent-prints.ts'
import type { FromSmall, ToSmall } from './small-job.ts'
import type { SpeedLimitMemory } from './speed-limit.ts'

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

/**
 * `crc64` is over the ciphertext; null when it was not asked for, or the answer was an error.
 * `answer` null: no request.
 */
export interface PartResult extends CipherEnd {
  readonly answer: PartAnswer | null
  readonly crc64: bigint | null
}

/** What a thread is given at its start. */
export interface WorkerData {
  readonly speedLimit: SpeedLimitMemory
  readonly proxy: ProxySettings | null
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
