import { Failure } from '../../../shared/contract/errors.ts'

/** The place of a response's bytes in the object. */
export interface Piece {
  /** Bytes from the start of the object. */
  readonly offset: number
  readonly length: number
  /** Bytes of the whole object. */
  readonly total: number
}

/**
 * Returns where the bytes of a 200 or 206 belong. The server's headers decide, and not the request:
 * a server may ignore a range.
 * Throws Failure 'oss' for a 206 that does not say, or a body of unknown length.
 */
export function pieceOf(status: number, headers: ReadonlyMap<string, string>): Piece {
  const bytes = wholeNumber(headers.get('content-length'))
  if (status !== 206) {
    if (bytes === null) throw unclear(status)
    return { offset: 0, length: bytes, total: bytes }
  }
  const [, first, last, all] =
    /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers.get('content-range') ?? '') ?? []
  const offset = wholeNumber(first)
  const end = wholeNumber(last)
  const total = wholeNumber(all)
  if (offset === null || end === null || total === null || end < offset || end >= total)
    throw unclear(status)
  if (bytes !== null && bytes !== end - offset + 1) throw unclear(status)
  return { offset, length: end - offset + 1, total }
}

function wholeNumber(text: string | undefined): number | null {
  const value = Number(text)
  return text !== undefined && /^\d+$/.test(text) && Number.isSafeInteger(value) ? value : null
}

function unclear(status: number): Failure {
  return new Failure({
    code: 'oss',
    status,
    ossCode: '',
    ec: '',
    message: 'the answer does not say which bytes it holds',
    requestId: '',
    retryAfterMs: 0,
  })
}
