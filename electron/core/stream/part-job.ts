import type { AppError } from '../../../shared/contract/errors.ts'
import type { SourceIdentity } from './file-source.ts'

/** What one job needs to encrypt or decrypt. The data key is a copy of the job's own; the worker wipes it. */
export interface JobCipher {
  readonly dataKey: Uint8Array<ArrayBuffer>
  readonly counter: Uint8Array
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

/** `offset` and `length`: bytes of the object. `cipher` null: bytes as they are. `checksum`: whether to sum the ciphertext. */
interface Range {
  readonly offset: number
  readonly length: number
  readonly cipher: JobCipher | null
  readonly checksum: boolean
}

/** One piece of work for a worker thread; plain data, and nothing in it is worth more than the piece itself. */
export type PartJob =
  /** A range of a file as the body of a request. */
  | (Range & { readonly kind: 'send'; readonly request: JobRequest; readonly source: JobSource })
  /** The body of an answer into a file; `at`: where in the file its first byte belongs. */
  | (Range & { readonly kind: 'receive'; readonly request: JobRequest; readonly target: JobTarget; readonly at: number })
  /** A range of one file into another. */
  | (Range & { readonly kind: 'recode'; readonly source: JobSource; readonly target: JobTarget; readonly at: number })
  /** Only the sum of a range of a file, as the ciphertext it becomes. */
  | (Range & { readonly kind: 'sum'; readonly source: JobSource })

/** An answer whose body was read, if it was text: names lower-case, values one character per byte. */
export interface PartAnswer {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/** `crc64` is over the ciphertext; null when it was not asked for, or the answer was an error. `answer` null: no request. */
export interface PartResult {
  readonly answer: PartAnswer | null
  readonly crc64: bigint | null
}

export type ToWorker =
  | { readonly t: 'run'; readonly id: number; readonly job: PartJob }
  | { readonly t: 'stop'; readonly id: number }

export type FromWorker =
  /** Bytes of this attempt so far. */
  | { readonly t: 'moved'; readonly id: number; readonly bytes: number }
  | { readonly t: 'done'; readonly id: number; readonly result: PartResult }
  | { readonly t: 'failed'; readonly id: number; readonly error: AppError }
  /** A bug in the worker. */
  | { readonly t: 'broke'; readonly id: number; readonly stack: string }
