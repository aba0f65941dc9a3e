import type { KeyObject } from 'node:crypto'
import type { AppError } from '../../../shared/contract/errors.ts'
import type { TextResponse } from '../net/http-response.ts'
import type { HttpRequest } from '../net/http-request.ts'

/** What wraps the data keys of some files. Nothing in it is secret. */
export interface Wrapping {
  readonly publicHalf: KeyObject
  readonly format: 'v1' | 'v2' | 'v2-oaep'
  /** The master key's, as it goes into envelopes. */
  readonly description: string
}

/** A file to be read and sealed whole. `id`: how both sides call it from now on. */
export interface SmallSource {
  readonly id: number
  readonly path: string
  /** A file of more bytes is left alone. */
  readonly most: number
}

/**
 * Name, value, name, value: to send an object or a Map to another thread costs three times as much.
 */
export type Flat = readonly string[]

/** A sealed file, whose ciphertext stays in the thread until it is dropped. */
export interface SmallSealed {
  /** Bytes. */
  readonly size: number
  /** When the file was changed last; whole milliseconds since 1970. */
  readonly modified: number
  /** The same text for the same state of the file, and for no other. */
  readonly state: string
  /** Its envelope as object metadata. */
  readonly headers: Flat
  /** Of the ciphertext. */
  readonly crc64: bigint
}

export interface SmallAnswer extends Omit<TextResponse, 'headers'> {
  readonly headers: Flat
  /**
   * How the object was found in the bucket, after a good answer; null where it was not to be had.
   */
  readonly seen: SmallSeen | null
}

/**
 * An object as it was found. `asSealed`: its envelope is there as it was sealed, letter by letter;
 * then `headers` has only what OSS adds, since the other side has the envelope.
 */
export interface SmallSeen {
  readonly status: number
  readonly headers: Flat
  readonly asSealed: boolean
}

/** Signed for one attempt. */
export interface SmallRequest extends Omit<HttpRequest, 'body'> {
  readonly id: number
  /** Head of the request that looks at what was stored, at the same origin. */
  readonly look: string
}

/** All that one thread is told of small files in one turn. */
export interface ToSmall {
  readonly seal: readonly { readonly wrapping: Wrapping; readonly files: readonly SmallSource[] }[]
  /** The body is what was sealed under the id. */
  readonly send: readonly SmallRequest[]
  /** Requests that are not to go on; each is answered all the same. */
  readonly stop: readonly number[]
  /** Nothing more is asked of these. */
  readonly drop: readonly number[]
}

/** What went wrong: expected, or a bug in the thread. */
export type SmallTrouble = { readonly error: AppError } | { readonly stack: string }

/** One for each file to seal and each request. */
export type SmallReply<T> = { readonly id: number } & (
  { readonly value: T } | { readonly trouble: SmallTrouble }
)

/** All that a thread has to say of small files at the end of one turn. */
export interface FromSmall {
  /** Null: the file has too many bytes for this, and nothing of it was kept. */
  readonly sealed: readonly SmallReply<SmallSealed | null>[]
  readonly answered: readonly SmallReply<SmallAnswer>[]
}

/** By hand: this is done four times for every file. */
export function flat(pairs: Iterable<readonly [string, string]>): Flat {
  const list: string[] = []
  for (const [name, value] of pairs) list.push(name, value)
  return list
}

/**
 * What OSS says of an object that it stored. The rest of a good answer is not looked at, and what
 * is sent to another thread is copied.
 */
const FACTS = [
  'etag',
  'content-length',
  'content-type',
  'last-modified',
  'x-oss-hash-crc64ecma',
  'x-oss-request-id',
  'x-oss-storage-class',
  'x-oss-version-id',
]

/** The facts among the headers of a good answer. */
export function factsOf(headers: ReadonlyMap<string, string>): Flat {
  const list: string[] = []
  for (const name of FACTS) {
    const value = headers.get(name)
    if (value !== undefined) list.push(name, value)
  }
  return list
}

/** The answer to a HEAD, as the other side needs it. `sealed`: the envelope that was sent. */
export function seenOf(
  { status, headers }: Pick<TextResponse, 'status' | 'headers'>,
  sealed: Flat,
): SmallSeen {
  let asSealed = true
  eachPair(sealed, (name, value) => (asSealed &&= headers.get(name) === value))
  return { status, asSealed, headers: asSealed ? factsOf(headers) : flat(headers) }
}

/** The opposite of {@link flat}. */
export function eachPair(list: Flat, take: (name: string, value: string) => void): void {
  for (let at = 0; at + 1 < list.length; at += 2) take(list[at] ?? '', list[at + 1] ?? '')
}
