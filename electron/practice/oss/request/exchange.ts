import type { Readable } from 'node:stream'

/** A bucket and an object in it; '' where the request names none. */
export interface Place {
  readonly bucket: string
  readonly key: string
}

/** One `name=value` of the query, decoded. */
export interface QueryParam {
  readonly name: string
  readonly value: string
  /** There was no `=`. */
  readonly bare: boolean
}

/**
 * Lower-case names; values as the bytes of the wire, one byte a character (latin1). Repeated
 * headers are joined by commas.
 */
export type HeaderMap = ReadonlyMap<string, string>

/** A request that was read and authenticated. */
export interface Exchange extends Place {
  /** The address of this server: `127.0.0.1:port`. */
  readonly address: string
  readonly method: string
  /** In wire order. */
  readonly params: readonly QueryParam[]
  /** First occurrence of each parameter. */
  readonly query: ReadonlyMap<string, string>
  readonly headers: HeaderMap
  /** Names as sent, for metadata that is sent back. */
  readonly rawHeaders: readonly (readonly [string, string])[]
  /** Can be read once. */
  readonly body: AsyncIterable<Buffer>
  /**
   * Content-Length in bytes; null when the body is chunked; undefined when the request declares no
   * body.
   */
  readonly bodyBytes: number | null | undefined
  readonly requestId: string
  /** The server's time, ms. */
  readonly now: number
}

/** An answer as a value; `send.ts` writes it. */
export interface Reply {
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string | ReplyStream | null
}

/** The bytes of an object, which are opened only for an answer with a body. */
export interface ReplyStream {
  readonly bytes: number
  open(): Readable
}

export const reply = (status: number, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers: Object.entries(headers),
  body: null,
})

export const xmlReply = (xml: string, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status: 200,
  headers: [['Content-Type', 'application/xml'], ...Object.entries(headers)],
  body: xml,
})
