import { Failure } from '../../../shared/contract/errors.ts'

/**
 * An answer that was read to its end: names lower-case, values one character per byte, repeated
 * headers joined by ', '.
 */
export interface LeanAnswer {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  /** As UTF-8; '' where a taker had it. */
  readonly body: string
}

/**
 * Who has the body of a good answer as it comes. What it throws or rejects with is why the request
 * fails.
 */
export interface BodyTaker {
  /** Told before the first byte. */
  begin(head: Pick<LeanAnswer, 'status' | 'headers'>): void
  /**
   * Null: taken. Else when the promise is kept; nothing more is given until then, and the bytes
   * stay what they are.
   */
  take(bytes: Uint8Array): Promise<void> | null
}

/**
 * Bytes of one answer in, pieces as they come; the answer out. After an error it must not be asked
 * again.
 */
export interface AnswerReader {
  /**
   * Null while something is missing; a promise while the taker is busy: its answer is the one of
   * this call. Throws or rejects with Failure 'unreachable' (EPROTO) for what is no HTTP,
   * 'too-large' for a body beyond the limit, and with what the taker fails with.
   */
  feed(bytes: Buffer): LeanAnswer | null | Promise<LeanAnswer | null>
  /** The connection ended: the answer, if that is how its body ends. */
  finish(): LeanAnswer | null
  /** Did anything come at all? */
  readonly begun: boolean
  /** May the connection carry another request after this answer? */
  readonly keep: boolean
}

const LINE_END = '\r\n'
const HEAD_END = '\r\n\r\n'
/** Bytes of heads, interim answers and lines between chunks: as much as Node's own client takes. */
const HEAD_BYTES = 16 * 1024
const STATUS_LINE = /^HTTP\/1\.([01]) (\d{3})(?: [\t\x20-\x7e\x80-\xff]*)?$/
const HEADER_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[\t ]*([\t\x20-\x7e\x80-\xff]*)$/
/** Hex digits; what may follow them is of no use to anybody. */
const CHUNK_LINE = /^([0-9A-Fa-f]{1,8})(?:[\t ]*;[\t\x20-\x7e\x80-\xff]*)?$/

type Stage =
  'head' | 'counted' | 'chunk-length' | 'chunk' | 'chunk-end' | 'trailer' | 'until-close' | 'over'

/**
 * Reads the answer to one request. Strict: what two readers could understand in two ways is
 * refused, because a connection whose answers are out of step gives one object the answer of
 * another. `host`: for the error. `limit`: bytes of a body that nobody takes.
 * `toHead`: to HEAD, whose answer has no body whatever its headers say.
 * Source RFC 9112 sections 4 to 7.
 */
export function readAnswer(
  host: string,
  limit: number,
  taker: BodyTaker | null = null,
  toHead = false,
): AnswerReader {
  let stage: Stage = 'head'
  let text = ''
  let headBytes = 0
  let status = 0
  let headers = new Map<string, string>()
  let left = 0
  let bodyBytes = 0
  const body: Buffer[] = []
  let begun = false
  let keep = false

  const bad = (): Failure => new Failure({ code: 'unreachable', host, reason: 'EPROTO' })

  /**
   * Gathers text up to `end`; answers with what stands before it, and where it ended in `bytes`.
   */
  const upTo = (
    end: string,
    bytes: Buffer,
    at: number,
  ): { readonly line: string; readonly next: number } | null => {
    const before = text.length
    // One more than may be there, so that what is left out was too much already.
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
    // Another one follows: it was only to say that the body may come, or that there is more to wait
    // for.
    if (status >= 100 && status < 200 && status !== 101) return
    if (status < 200 || status > 599) throw bad()
    const connection = (headers.get('connection') ?? '').toLowerCase()
    keep = minor === '1' ? !/\bclose\b/.test(connection) : /\bkeep-alive\b/.test(connection)
    stage = bodyOf()
    takerNow()?.begin({ status, headers })
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
      keep = false
      return 'until-close'
    }
    if (!/^\d{1,15}$/.test(length)) throw bad()
    left = Number(length)
    return 'counted'
  }

  const takerNow = (): BodyTaker | null => (status < 300 ? taker : null)
  /** While the taker is busy. */
  let busy: Promise<void> | null = null
  const take = (bytes: Buffer): void => {
    const now = takerNow()
    if (now !== null) {
      if (bytes.length > 0) busy = now.take(bytes)
      return
    }
    bodyBytes += bytes.length
    if (bodyBytes > limit) throw new Failure({ code: 'too-large', limit })
    // The reader's memory is used again for what comes next.
    body.push(Buffer.from(bytes))
  }

  const answer = (): LeanAnswer => ({
    status,
    headers,
    body: body.length === 0 ? '' : Buffer.concat(body).toString('utf8'),
  })

  /** One stage further; answers with where it stopped. */
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
        // Nobody asked for more: whatever it is, it is no answer to the next request.
        keep = false
        return bytes.length
    }
  }

  const goOn = (bytes: Buffer, from: number): ReturnType<AnswerReader['feed']> => {
    for (let at = from; at < bytes.length;) {
      at = step(bytes, at)
      const waits = busy
      busy = null
      if (waits !== null) return waits.then(() => goOn(bytes, at))
    }
    return stage === 'over' ? answer() : null
  }

  return {
    feed(bytes) {
      begun = begun || bytes.length > 0
      return goOn(bytes, 0)
    },
    finish: () => (stage === 'until-close' ? answer() : null),
    get begun() {
      return begun
    },
    get keep() {
      return keep
    },
  }
}
