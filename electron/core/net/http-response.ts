import { Failure } from '../../../shared/contract/errors.ts'

/** Names are lower-case. Values have one character per byte; repeated headers joined by ', '. */
export interface ResponseHead {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
}

/** A response that was read to its end. */
export interface TextResponse extends ResponseHead {
  /** The body as UTF-8; '' where a receiver took the body. */
  readonly body: string
}

/**
 * Receives the body of a response while it arrives. The request fails with whatever a receiver
 * throws or rejects with.
 */
export interface BodyReceiver {
  /** Called before the first byte. False: the body is read as text instead. */
  accepts(head: ResponseHead): boolean
  /**
   * Null: the bytes were taken. A promise resolves when they are; until then the bytes stay
   * unchanged and nothing more is given.
   */
  receive(bytes: Uint8Array): Promise<void> | null
}

/** Turns bytes of one connection into one response. Not to be called again after an error. */
export interface ResponseParser {
  /**
   * Takes bytes of the connection. Null: bytes of the response are still missing. A promise: the
   * receiver is busy, and the promise has the result of this call.
   * Throws or rejects with Failure 'unreachable' (EPROTO) for anything that is not HTTP. Other
   * errors are 'too-large' for a body beyond the limit, and those of the receiver.
   */
  feed(bytes: Buffer): TextResponse | null | Promise<TextResponse | null>
  /** The connection ended: the response, if its body ends with the connection. */
  finish(): TextResponse | null
  /** True after the first byte. */
  readonly started: boolean
  /** True if the connection may carry another request after this response. */
  readonly reusable: boolean
}

const LINE_END = '\r\n'
const HEAD_END = '\r\n\r\n'
/** Bytes of heads, interim responses and chunk lines together, as in Node's own client. */
const HEAD_BYTES = 16 * 1024
const STATUS_LINE = /^HTTP\/1\.([01]) (\d{3})(?: [\t\x20-\x7e\x80-\xff]*)?$/
const HEADER_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[\t ]*([\t\x20-\x7e\x80-\xff]*)$/
/** Hex digits, and extensions that nobody reads. */
const CHUNK_LINE = /^([0-9A-Fa-f]{1,8})(?:[\t ]*;[\t\x20-\x7e\x80-\xff]*)?$/

type Stage =
  'head' | 'counted' | 'chunk-length' | 'chunk' | 'chunk-end' | 'trailer' | 'until-close' | 'over'

/**
 * Parses the response to one request. Strict: a response that two parsers could read in two ways
 * is refused. Otherwise the responses of a connection could shift, and one object would get the
 * response of another.
 * `host`: for errors. `limit`: bytes of a body without a receiver. `toHead`: the response to HEAD
 * has no body, whatever its headers say. Source RFC 9112 sections 4 to 7.
 */
export function openResponseParser(
  host: string,
  limit: number,
  receiver: BodyReceiver | null = null,
  toHead = false,
): ResponseParser {
  let stage: Stage = 'head'
  let text = ''
  let headBytes = 0
  let status = 0
  let headers = new Map<string, string>()
  let left = 0
  let bodyBytes = 0
  const body: Buffer[] = []
  let started = false
  let reusable = false
  let accepted = false

  const bad = (): Failure => new Failure({ code: 'unreachable', host, reason: 'EPROTO' })

  /** Collects text up to `end`. Returns the text before it and where it ended in `bytes`. */
  const upTo = (
    end: string,
    bytes: Buffer,
    at: number,
  ): { readonly line: string; readonly next: number } | null => {
    const before = text.length
    // One more than allowed: if this cuts anything off, the head was too large already.
    text += bytes.toString('latin1', at, at + HEAD_BYTES + 1)
    const found = text.indexOf(end, Math.max(0, before - end.length))
    headBytes += (found < 0 ? text.length : found + end.length) - before
    if (headBytes > HEAD_BYTES) throw bad()
    if (found < 0) return null
    const line = text.slice(0, found)
    text = ''
    return { line, next: at + found + end.length - before }
  }

  const head = (lines: string): void => {
    const [first = '', ...rest] = lines.split(LINE_END)
    const [, minor, code] = STATUS_LINE.exec(first) ?? []
    if (code === undefined) throw bad()
    status = Number(code)
    headers = new Map()
    for (const line of rest) {
      const [, name, value] = HEADER_LINE.exec(line) ?? []
      if (name === undefined || value === undefined) throw bad()
      const lower = name.toLowerCase()
      const known = headers.get(lower)
      headers.set(lower, known === undefined ? value.trimEnd() : `${known}, ${value.trimEnd()}`)
    }
    // An interim response, such as 100 Continue: the final one follows.
    if (status >= 100 && status < 200 && status !== 101) return
    if (status < 200 || status > 599) throw bad()
    const connection = (headers.get('connection') ?? '').toLowerCase()
    reusable = minor === '1' ? !/\bclose\b/.test(connection) : /\bkeep-alive\b/.test(connection)
    stage = bodyOf()
    accepted = receiver?.accepts({ status, headers }) ?? false
    if (stage === 'counted' && left === 0) stage = 'over'
  }

  const bodyOf = (): Stage => {
    const [length, coding] = [headers.get('content-length'), headers.get('transfer-encoding')]
    if (length !== undefined && coding !== undefined) throw bad()
    if (toHead || status === 204 || status === 304) return 'over'
    if (coding !== undefined) {
      if (coding.toLowerCase() !== 'chunked') throw bad()
      return 'chunk-length'
    }
    if (length === undefined) {
      reusable = false
      return 'until-close'
    }
    if (!/^\d{1,15}$/.test(length)) throw bad()
    left = Number(length)
    return 'counted'
  }

  /** Set while the receiver is busy. */
  let busy: Promise<void> | null = null
  const take = (bytes: Buffer): void => {
    if (accepted) {
      if (bytes.length > 0) busy = receiver?.receive(bytes) ?? null
      return
    }
    bodyBytes += bytes.length
    if (bodyBytes > limit) throw new Failure({ code: 'too-large', limit })
    // The connection reads into the same memory again.
    body.push(Buffer.from(bytes))
  }

  const response = (): TextResponse => ({
    status,
    headers,
    body: body.length === 0 ? '' : Buffer.concat(body).toString('utf8'),
  })

  /** Goes one stage further. Returns where it stopped. */
  const step = (bytes: Buffer, at: number): number => {
    switch (stage) {
      case 'head': {
        const found = upTo(HEAD_END, bytes, at)
        if (found === null) return bytes.length
        head(found.line)
        return found.next
      }
      case 'chunk-length': {
        const found = upTo(LINE_END, bytes, at)
        if (found === null) return bytes.length
        const [, digits] = CHUNK_LINE.exec(found.line) ?? []
        if (digits === undefined) throw bad()
        left = Number.parseInt(digits, 16)
        stage = left === 0 ? 'trailer' : 'chunk'
        return found.next
      }
      case 'chunk-end':
      case 'trailer': {
        const found = upTo(LINE_END, bytes, at)
        if (found === null) return bytes.length
        if (stage === 'chunk-end' && found.line !== '') throw bad()
        if (found.line !== '' && !HEADER_LINE.test(found.line)) throw bad()
        if (stage === 'chunk-end') stage = 'chunk-length'
        else if (found.line === '') stage = 'over'
        return found.next
      }
      case 'counted':
      case 'chunk': {
        const piece = bytes.subarray(at, at + left)
        take(piece)
        left -= piece.length
        if (left === 0) stage = stage === 'counted' ? 'over' : 'chunk-end'
        return at + piece.length
      }
      case 'until-close':
        take(bytes.subarray(at))
        return bytes.length
      case 'over':
        // These bytes were not asked for, and must not become the response to the next request.
        reusable = false
        return bytes.length
    }
  }

  const parseFrom = (bytes: Buffer, from: number): ReturnType<ResponseParser['feed']> => {
    for (let at = from; at < bytes.length;) {
      at = step(bytes, at)
      const waits = busy
      busy = null
      if (waits !== null) return waits.then(() => parseFrom(bytes, at))
    }
    return stage === 'over' ? response() : null
  }

  return {
    feed(bytes) {
      started = started || bytes.length > 0
      return parseFrom(bytes, 0)
    },
    finish: () => (stage === 'until-close' ? response() : null),
    get started() {
      return started
    },
    get reusable() {
      return reusable
    },
  }
}
