import type { ClientRequest } from 'node:http'
import { Failure } from '../../../shared/contract/errors.ts'
import { onAbort } from '../base/on-abort.ts'
import { pieceOf } from '../net/content-range.ts'
import { openAgents, startRequest, type Agents, type Answer, type Head } from '../net/http.ts'
import type { BodyTaker } from '../net/lean-answer.ts'
import { openLeanHttp, type LeanHttp } from '../net/lean-http.ts'
import { leanHead } from '../net/lean-request.ts'
import type { JobAnswer, JobRequest } from './job.ts'

/** Bytes of an error answer that are read: it is a page of XML. */
const ERROR_BYTES = 64 * 1024

/** All connections of one thread. */
export interface Connections {
  /** For bodies that are written while they are read from somewhere else. */
  readonly streams: Agents
  /** For bodies in memory, and for answers whose body a job takes. */
  readonly http: LeanHttp
}

/** Opens no connection yet. */
export function openConnections(): Connections {
  return { streams: openAgents(), http: openLeanHttp({ limit: ERROR_BYTES, own: true }) }
}

/**
 * Sends a request whose body `write` writes, and returns its answer. `write` resolves with true
 * when it wrote the whole body, and with false when `over` was aborted first, by an early answer.
 * Throws Failure 'oss' for a server that answers well before it has the whole body: it has not
 * stored it.
 */
export async function sendBody(
  { streams }: Connections,
  head: Head,
  write: (request: ClientRequest, over: AbortSignal) => Promise<boolean>,
): Promise<JobAnswer> {
  const { request, answer } = startRequest(streams, head)
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

/** Sends a request without a body; `taker` takes the body of a good answer. */
export function takeBody(
  { http }: Connections,
  { url, method, headers }: JobRequest,
  stop: AbortSignal,
  taker: BodyTaker,
): Promise<JobAnswer> {
  return new Promise((resolve, reject) => {
    const cancel = http.send(
      { ...leanHead({ url, method, headers }, null), body: new Uint8Array(0) },
      (result) => {
        stopListening()
        if (result instanceof Error) reject(result)
        else resolve(result)
      },
      taker,
    )
    const stopListening = onAbort(stop, cancel)
    if (stop.aborted) cancel()
  })
}

/** Sends a request without a body; the caller reads or destroys the body of the answer. */
export function openBody(
  { streams }: Connections,
  wanted: JobRequest,
  stop: AbortSignal,
): Promise<Answer> {
  const { request, answer } = startRequest(streams, { ...wanted, signal: stop })
  request.end()
  return answer
}

/** Reads the text of an answer to its end. */
export async function readAnswerText({ status, headers, text }: Answer): Promise<JobAnswer> {
  return { status, headers, body: await text(ERROR_BYTES) }
}

/**
 * Checks that an answer holds the range that was asked for. A server that ignores the range sends
 * the whole object, which is right for a range of all its bytes only. Throws Failure 'size-differs'.
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
