import type { KeyObject } from 'node:crypto'
import type { CipherEnd, JobCipher } from '../cipher/content-cipher.ts'
import type { SurroundingBytes } from '../cipher/crc64-sum.ts'
import type { SourceIdentity } from '../files/file-source.ts'
import type { LeafStart } from '../seals/leaves.ts'
import type { SealPlace } from '../seals/make-seal.ts'
import type { JobPrints } from './sent-prints.ts'

/**
 * A request that is signed for one attempt: its date ages, and nothing in it can be used for
 * another request.
 */
export interface JobRequest {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
}

/** A file to read from, in the state in which it was found. */
export interface JobSource {
  readonly path: string
  readonly identity: SourceIdentity
}

/**
 * A file to write to. The thread writes to `temporary`. An error names `path`, and `bytes` of the
 * whole file.
 */
export interface JobTarget {
  readonly temporary: string
  readonly path: string
  readonly bytes: number
}

/**
 * The chunks of an object whose leaves a job returns. The job begins where a chunk begins. The data
 * key is the job's own copy, which the worker wipes.
 */
export interface JobLeaves extends LeafStart {
  readonly dataKey: Uint8Array<ArrayBuffer>
}

/**
 * `offset` and `length`: bytes of the file or object that is read. `cipher` null: the bytes stay as
 * they are. `checksum`: whether the ciphertext is summed. `leaves`: left out for no leaves.
 */
interface Range {
  readonly offset: number
  readonly length: number
  readonly cipher: JobCipher | null
  readonly checksum: boolean
  readonly leaves?: JobLeaves
}

/**
 * Work on one range of bytes. It is plain data, and nothing in it is worth more than the range
 * itself.
 */
export type RangeJob =
  /**
   * Sends a range of a file, inside its frame, as the body of a request. With `prints` it never
   * sends other bytes than an earlier attempt sent.
   */
  | (Range & {
      readonly kind: 'send'
      readonly request: JobRequest
      readonly source: JobSource
      readonly frame?: SurroundingBytes
      readonly prints?: JobPrints
    })
  /** Writes the body of an answer to a file. `at`: where in the file its first byte belongs. */
  | (Range & {
      readonly kind: 'receive'
      readonly request: JobRequest
      readonly target: JobTarget
      readonly at: number
    })
  /** Reads the body of an answer into memory. The result has the bytes. */
  | (Range & { readonly kind: 'read'; readonly request: JobRequest })
  /** Writes a range of one file to another. */
  | (Range & {
      readonly kind: 'recode'
      readonly source: JobSource
      readonly target: JobTarget
      readonly at: number
    })
  /**
   * Sends the body of an answer, as it is, as the body of another request; it is never in memory
   * whole. `into` null: the body is only summed.
   */
  | (Range & {
      readonly kind: 'relay'
      readonly request: JobRequest
      readonly into: JobRequest | null
    })
  /** Sums a range of a file as the ciphertext it becomes inside its frame, or makes its tag. */
  | (Range & {
      readonly kind: 'sum'
      readonly source: JobSource
      readonly frame?: SurroundingBytes
    })

/** All that wraps the data keys of some files. Nothing in it is secret. */
export interface RsaWrapping {
  readonly publicHalf: KeyObject
  readonly format: 'v1' | 'v2' | 'v2-oaep'
  /** The master key's description, as it goes into envelopes. */
  readonly description: string
}

/**
 * Reads a small file and encrypts it under a new data key. The ciphertext is held in the thread
 * under the number of this job, until that number is released.
 */
export interface HoldJob {
  readonly kind: 'hold'
  readonly path: string
  /** Bytes. A larger file is left alone. */
  readonly most: number
  readonly wrapping: RsaWrapping
  /** Null: the file gets no seal. */
  readonly seal: HeldSeal | null
}

/** All that the seal of a held file needs besides its data key. */
export interface HeldSeal extends SealPlace {
  /** The writer secret for a mark, which the worker wipes; null for no mark. */
  readonly writer: Uint8Array<ArrayBuffer> | null
}

/** Sends a held file as the body of a request, and then asks for the headers of what is stored. */
export interface SendHeldJob {
  readonly kind: 'send-held'
  /** The number of the job that encrypted the file. */
  readonly held: number
  /** Scheme and authority of both requests. */
  readonly origin: string
  /** The head of the request, as `requestHead` makes it. */
  readonly head: string
  /** The head of the HEAD request. */
  readonly look: string
}

/** Any work for a worker thread. */
export type WorkerJob = RangeJob | HoldJob | SendHeldJob

/**
 * An answer whose body was read, if it was text. Names are lower-case; values have one character
 * per byte.
 */
export interface JobAnswer {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
  /** Set where the source of a relay answered, and not the server that takes the bytes. */
  readonly ofSource?: true
}

/**
 * The result of a range job. `crc64` is over the ciphertext; null where no sum was asked for, and
 * where the answer was an error. `answer` null: the job had no request.
 */
export interface RangeResult extends CipherEnd {
  readonly answer: JobAnswer | null
  readonly crc64: bigint | null
  /** 16 bytes a chunk of the stored bytes, in order; left out where no leaves were asked for. */
  readonly leaves?: Uint8Array
  /** The bytes behind the cipher; left out for all jobs but 'read'. */
  readonly bytes?: Uint8Array
}

/**
 * Headers as name, value, name, value. An object or a Map costs three times as much to send to
 * another thread.
 */
export type HeaderList = readonly string[]

/** The result of a hold job: what the main thread needs of a file that a worker thread holds. */
export interface HeldFacts {
  /** Bytes. */
  readonly size: number
  /** When the file was last changed; whole milliseconds since 1970. */
  readonly modified: number
  /** A text that is the same for the same state of the file, and for no other. */
  readonly state: string
  /** The envelope as object metadata, and the seal if there is one. */
  readonly headers: HeaderList
  /** CRC-64 of the ciphertext. */
  readonly crc64: bigint
}

/** The result of sending a held file. */
export interface HeldAnswer {
  readonly status: number
  readonly headers: HeaderList
  readonly body: string
  /** The stored object; null after an error, and where the HEAD request failed. */
  readonly seen: SeenObject | null
}

/**
 * An object as HEAD found it. `hasEnvelope`: every header of the envelope is there as it was sent.
 * Then `headers` has only what OSS adds, since the main thread has the envelope.
 */
export interface SeenObject {
  readonly status: number
  readonly headers: HeaderList
  readonly hasEnvelope: boolean
}
