import type { Writable } from 'node:stream'
import { Failure } from '../../../shared/contract/errors.ts'
import { onAbort } from '../base/on-abort.ts'
import { pieceOf } from '../net/content-range.ts'
import type { HttpClient, HttpResponse, RequestOptions } from '../net/http-client.ts'
import { requestHead } from '../net/http-request.ts'
import type { BodyReceiver } from '../net/http-response.ts'
import type { JobAnswer, JobRequest } from './job.ts'

/** Bytes of an error answer that are read: it is a page of XML. */
export const ERROR_BYTES = 64 * 1024

/**
 * Sends a request and returns its answer. `write` writes the body of `bytes` bytes. It resolves
 * with true when it wrote the whole body, and with false when `over` was aborted first, by an early
 * answer. Throws Failure 'oss' for a server that answers well before it has the whole body: it has
 * not stored it.
 */
export async function sendBody(
  http: HttpClient,
  options: RequestOptions,
  bytes: number,
  write: (request: Writable, over: AbortSignal) => Promise<boolean>,
): Promise<JobAnswer> {
  const { request, answer } = http.start(options, bytes)
  const over = new AbortController()
  answer.finally(() => over.abort()).catch(() => undefined)
  let whole = false
  try {
    whole = await write(request, over.signal)
    if (whole) request.end()
    const got = await answer
    if (!whole && got.status < 300) throw answeredEarly(got.status)
    return await readAnswerText(got)
  } finally {
    // Less than Content-Length was sent: the server keeps nothing of it, and the connection cannot
    // be used again.
    if (!whole) request.destroy()
  }
}

/** Sends a request without a body; `receiver` takes the body of a good answer. */
export function takeBody(
  http: HttpClient,
  { url, method, headers }: JobRequest,
  stop: AbortSignal,
  receiver: BodyReceiver,
): Promise<JobAnswer> {
  return new Promise((resolve, reject) => {
    const cancel = http.send(
      { ...requestHead({ url, method, headers }, null), body: new Uint8Array(0) },
      (result) => {
        stopListening()
        if (result instanceof Error) reject(result)
        else resolve(result)
      },
      { receiver },
    )
    const stopListening = onAbort(stop, () => cancel())
    if (stop.aborted) cancel()
  })
}

/** Sends a request without a body; the caller reads or destroys the body of the answer. */
export function openBody(
  http: HttpClient,
  wanted: JobRequest,
  stop: AbortSignal,
): Promise<HttpResponse> {
  return http.request({ ...wanted, body: null, signal: stop })
}

/** Reads the text of an answer to its end. */
export async function readAnswerText({ status, headers, text }: HttpResponse): Promise<JobAnswer> {
  return { status, headers, body: await text(ERROR_BYTES) }
}

/**
 * Checks that an answer holds the range that was asked for. A server that ignores the range sends
 * the whole object, which is right for a range of all its bytes only.
 * Throws Failure 'size-differs'.
 */
export function assertRange(
  { offset, length }: { readonly offset: number; readonly length: number },
  status: number,
  headers: JobAnswer['headers'],
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

function answeredEarly(status: number): Failure {
  return new Failure({
    code: 'oss',
    status,
    ossCode: '',
    ec: '',
    message: 'answered before the body',
    requestId: '',
    retryAfterMs: 0,
  })
}
