import { Failure, type AppError } from '../../../shared/contract/errors.ts'
import type {
  HeaderList,
  HeldAnswer,
  RangeResult,
  HeldFacts,
  SeenObject,
  WorkerJob,
} from './job.ts'
import type { ProxySettings } from '../net/proxy.ts'
import type { SpeedLimitMemory } from './speed-limit.ts'

/** The start data of a worker thread. `proxy` null: every origin is reached directly. */
export interface WorkerData {
  readonly speedLimit: SpeedLimitMemory
  readonly proxy: ProxySettings | null
}

/** All that the main thread has for a worker thread at the end of one turn. */
export interface ToWorker {
  readonly jobs: readonly { readonly id: number; readonly job: WorkerJob }[]
  /** Jobs that are not to go on. Each of them ends all the same. */
  readonly stop: readonly number[]
  /** Held files, by the number of their jobs, that nothing more is asked of. */
  readonly release: readonly number[]
}

/** All that a worker thread has for the main thread at the end of one turn. */
export interface FromWorker {
  /** Bytes of an attempt so far. */
  readonly moved: readonly { readonly id: number; readonly bytes: number }[]
  /** All prints of a part. They come before the end of the job that sent it, however it ends. */
  readonly prints: readonly { readonly id: number; readonly records: Uint8Array }[]
  readonly ended: readonly JobEnd[]
}

/** The end of one job: its result, or its error. */
export type JobEnd = { readonly id: number } & (
  | { readonly range: RangeResult }
  /** Null: the file has too many bytes, and nothing of it is held. */
  | { readonly held: HeldFacts | null }
  | { readonly answered: HeldAnswer }
  | JobError
)

/** `error` was to be expected; `stack` is of a bug in the thread. */
export type JobError = { readonly error: AppError } | { readonly stack: string }

/** Turns anything that was thrown into a form that another thread can be sent. */
export function jobError(cause: unknown): JobError {
  if (cause instanceof Failure) return { error: cause.error }
  return { stack: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) }
}

/** Turns a {@link jobError} back into an Error. */
export function errorFrom(error: JobError): Error {
  return 'error' in error ? new Failure(error.error) : new Error(error.stack)
}

/** Turns pairs into a list. It is a plain loop, since it runs four times for every small file. */
export function headerList(pairs: Iterable<readonly [string, string]>): HeaderList {
  const list: string[] = []
  for (const [name, value] of pairs) list.push(name, value)
  return list
}

/** Calls `take` with every name and value of a list. */
export function eachHeader(list: HeaderList, take: (name: string, value: string) => void): void {
  for (let at = 0; at + 1 < list.length; at += 2) take(list[at] ?? '', list[at + 1] ?? '')
}

/** All headers of the lists; a later list replaces what an earlier one says. */
export function headerMap(...lists: readonly HeaderList[]): ReadonlyMap<string, string> {
  const map = new Map<string, string>()
  for (const list of lists) eachHeader(list, (name, value) => map.set(name, value))
  return map
}

/**
 * The headers of a good answer that describe the stored object. No other header is read, because
 * every header that is sent to another thread is copied.
 */
const STORED_HEADERS = [
  'etag',
  'content-length',
  'content-type',
  'last-modified',
  'x-oss-hash-crc64ecma',
  'x-oss-request-id',
  'x-oss-storage-class',
  'x-oss-version-id',
]

/** Returns the headers of a good answer that describe the stored object. */
export function storedHeaders(headers: ReadonlyMap<string, string>): HeaderList {
  const list: string[] = []
  for (const name of STORED_HEADERS) {
    const value = headers.get(name)
    if (value !== undefined) list.push(name, value)
  }
  return list
}

/** Compares a good answer to HEAD with the envelope that was sent. */
export function seenObject(
  status: number,
  headers: ReadonlyMap<string, string>,
  envelope: HeaderList,
): SeenObject {
  let hasEnvelope = true
  eachHeader(envelope, (name, value) => (hasEnvelope &&= headers.get(name) === value))
  return {
    status,
    hasEnvelope,
    headers: hasEnvelope ? storedHeaders(headers) : headerList(headers),
  }
}
