import { Failure } from '../../../shared/contract/errors.ts'
import { pieceOf } from '../net/content-range.ts'
import type { HttpResponse } from '../net/http-client.ts'
import type { PartAnswer } from './part-job.ts'

/**
 * Bytes of an error answer that are read: it is a page of XML, and more than this is none of ours.
 */
export const ERROR_BYTES = 64 * 1024

/**
 * Checks that the answer holds the range that was asked for. Throws Failure 'size-differs' where
 * not. A server that ignores the range sends the whole object: right for one range of it all, wrong
 * for every other.
 */
export function checkRange(
  { offset, length }: { readonly offset: number; readonly length: number },
  status: number,
  headers: PartAnswer['headers'],
): void {
  const piece = pieceOf(status, headers)
  if (piece.offset !== offset || piece.length !== length)
    throw new Failure({
      code: 'size-differs',
      expected: length,
      actual: piece.length,
      told: 'server',
    })
}

/**
 * `whole`: all was sent. A server that is content with less is none that keeps what it is given.
 */
export async function answered(
  { status, headers, text }: HttpResponse,
  whole: boolean,
): Promise<PartAnswer> {
  if (!whole && status < 300)
    throw new Failure({
      code: 'oss',
      status,
      ossCode: '',
      ec: '',
      message: 'answered before the body',
      requestId: '',
      retryAfterMs: 0,
    })
  return { status, headers, body: await text(ERROR_BYTES) }
}
