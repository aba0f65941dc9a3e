import type { Socket } from 'node:net'
import { Readable, Writable } from 'node:stream'
import { Failure } from '../../../shared/contract/errors.ts'
import type { BodyReceiver, ResponseHead } from './http-response.ts'

/** Bytes of a response that are held for a slow reader before the connection stands still. */
const HELD_BYTES = 256 * 1024

type Written = (cause?: Error | null) => void

/**
 * The body of a request, written by the caller. A write calls back when the system has taken its
 * bytes: only then may their memory change. Nothing is written before a connection is there.
 * Exactly `length` bytes must be written before `end`; otherwise the request is cancelled.
 */
export class RequestBody extends Writable {
  #left: number
  #socket: Socket | null = null
  /** The write that waits for a connection. */
  #first: { readonly bytes: Uint8Array; readonly done: Written } | null = null
  readonly #cancel: () => void

  constructor(length: number, cancel: () => void) {
    super()
    this.#left = length
    this.#cancel = cancel
    // An early response ends the request while the caller is still writing. The caller hears of
    // it from the response, and a late error event must not end the process.
    this.on('error', () => undefined)
  }

  /** True when every byte has been handed to the socket. */
  get complete(): boolean {
    return this.#left === 0
  }

  /** Called by the connection after the head was written. */
  attach(socket: Socket): void {
    this.#socket = socket
    const first = this.#first
    this.#first = null
    if (first !== null) socket.write(first.bytes, first.done)
  }

  override _write(bytes: Uint8Array, _encoding: unknown, done: Written): void {
    // More than Content-Length would be read as the next request.
    if (bytes.length > this.#left) return done(new RangeError('more than the content length'))
    this.#left -= bytes.length
    if (this.#socket === null) this.#first = { bytes, done }
    else this.#socket.write(bytes, done)
  }

  override _final(done: (cause?: Error) => void): void {
    done(this.#left > 0 ? new RangeError('less than the content length') : undefined)
  }

  override _destroy(cause: Error | null, done: (cause: Error | null) => void): void {
    // Harmless after the response: then there is nothing left to cancel.
    if (this.#left > 0) this.#cancel()
    this.#first?.done(cause ?? new Error('ended before a connection was there'))
    this.#first = null
    done(cause)
  }
}

/** The body of a response as a stream. `cancel`: ends the request when the reader leaves early. */
export class ResponseBody extends Readable implements BodyReceiver {
  readonly #opened: (head: ResponseHead, body: Readable) => void
  readonly #cancel: () => void
  #over = false
  #wake: (() => void) | null = null

  constructor(opened: (head: ResponseHead, body: Readable) => void, cancel: () => void) {
    super({ highWaterMark: HELD_BYTES })
    this.#opened = opened
    this.#cancel = cancel
    // The body may fail before its reader comes. The reader finds the failure then, and until then
    // it must not end the process.
    this.on('error', () => undefined)
  }

  accepts(head: ResponseHead): boolean {
    this.#opened(head, this)
    return true
  }

  receive(bytes: Uint8Array): Promise<void> | null {
    if (this.push(Buffer.from(bytes)) || this.destroyed) return null
    return new Promise((resolve) => (this.#wake = resolve))
  }

  /** The connection has given everything: the body, or why there is no more of it. */
  finish(cause: Error | null): void {
    this.#over = true
    if (cause === null) this.push(null)
    else this.destroy(cause)
  }

  #resume(): void {
    this.#wake?.()
    this.#wake = null
  }

  override _read(): void {
    this.#resume()
  }

  override _destroy(cause: Error | null, done: (cause: Error | null) => void): void {
    if (!this.#over) this.#cancel()
    this.#resume()
    done(cause)
  }
}

/**
 * Reads a body as UTF-8. `limit`: bytes.
 * Throws Failure 'too-large' for more, and ends the connection then.
 */
export async function readText(body: Readable, limit: number): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > limit) throw new Failure({ code: 'too-large', limit })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
