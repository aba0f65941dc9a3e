import {
  Failure,
  isRetryable,
  valueOf,
  type AppError,
  type Result,
} from '../../../shared/contract/errors.ts'
import type { HttpClient, HttpResponse } from '../net/http-client.ts'
import { withRetry } from '../net/retry.ts'
import type { Credentials } from '../net/credentials.ts'
import { readEndpoint, urlOf } from './endpoint.ts'
import { ossFailure, serverTime, type Asked, type FailedAnswer } from './oss-error.ts'
import { badAnswer } from './list-pages.ts'
import { ANSWER_BYTES, readXml } from './oss-xml.ts'
import { encodeQuery, presignV4, signV4, type Query } from './sign-v4.ts'

/** How an account is reached. */
export interface Connection {
  readonly endpoint: string
  /** '' to take it from the endpoint's host name. */
  readonly region: string
  /** Asked anew for every request, so that a renewed token is used at once. */
  credentials(): Promise<Result<Credentials>>
}

export interface ToSign {
  readonly method: string
  readonly bucket: string | null
  readonly key: string | null
  readonly query?: Query
  readonly headers?: Readonly<Record<string, string>>
}

/** Ready to send as it is; good for some fifteen minutes. */
export interface SignedRequest {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
}

export interface OssRequest extends ToSign {
  readonly body?: Uint8Array
  /** OSS's name of the permission this needs, such as `oss:GetObject`. */
  readonly action: string
  /**
   * Milliseconds without a byte before the connection is given up; OSS is silent while it copies or
   * completes.
   */
  readonly idleMs?: number
  /**
   * Told when it is sent again after a failure that leaves open whether OSS carried out the first.
   */
  readonly onUnsure?: (() => void) | undefined
}

/** An answer that was read to its end. */
export interface Told {
  readonly status: number
  /** Lower-case names, raw values. */
  readonly headers: ReadonlyMap<string, string>
  readonly text: string
}

export interface Oss {
  /** Scheme and authority of the endpoint. */
  readonly origin: string
  /** Throws Failure: what `credentials()` said, or a name that no bucket or object can have. */
  sign(request: ToSign): Promise<SignedRequest>
  /** A URL good for `seconds` without any header. It is a secret until then. */
  presign(request: ToSign, seconds: number): Promise<string>
  /**
   * Signs, sends, and sends again what may be sent again. Only success (2xx) comes back; everything
   * else is a thrown Failure.
   */
  call(request: OssRequest, signal: AbortSignal): Promise<Told>
  /**
   * The same for a body that is to be streamed: once it has begun, nothing of it is asked for again
   * here.
   */
  open(request: OssRequest, signal: AbortSignal): Promise<HttpResponse>
  /**
   * An error answer that came another way (a worker thread) as an error of ours; learns the clock
   * from it.
   */
  failure(answer: FailedAnswer, asked: Asked): AppError
  /** Milliseconds that OSS's clock is ahead of this computer's, as far as it had to be learnt. */
  clockOffsetMs(): number
}

export interface OssOptions {
  readonly now?: () => number
  readonly attempts?: number
  /** For every request that does not say. */
  readonly idleMs?: number
}

const ERROR_LIMIT = 64 * 1024
/**
 * Times a request is signed anew for its clock: one server of many may be wrong, and what it taught
 * has to be unlearnt.
 */
const CLOCK_LEARNINGS = 2

/**
 * A client of one account. Throws Failure 'bad-endpoint' or 'insecure-endpoint'; does not touch the
 * network.
 */
export function openOss(
  connection: Connection,
  http: Pick<HttpClient, 'request'>,
  { now = Date.now, attempts = 4, idleMs }: OssOptions = {},
): Oss {
  const endpoint = valueOf(readEndpoint(connection.endpoint, connection.region))
  let offset = 0
  let asking: Promise<Result<Credentials>> | null = null

  /**
   * Who asks while somebody is being answered gets the same answer: hundreds of small files are
   * signed in one turn.
   */
  const credentialsNow = async (): Promise<Credentials> => {
    asking ??= connection.credentials().finally(() => (asking = null))
    return valueOf(await asking)
  }

  const sign = async ({
    method,
    bucket,
    key,
    query = {},
    headers = {},
  }: ToSign): Promise<SignedRequest> => {
    const url = urlOf(endpoint, bucket, key)
    const credentials = await credentialsNow()
    const signed = signV4(
      { method, bucket, key, query, headers },
      credentials,
      endpoint.region,
      new Date(now() + offset),
    )
    return {
      url: withQuery(url, encodeQuery(query)),
      method,
      headers: { ...signed, 'user-agent': 'cipherbucket' },
    }
  }

  const failure = (answer: FailedAnswer, asked: Asked): AppError => {
    const error = ossFailure(answer, asked, now())
    const theirs = error.code === 'clock' ? serverTime(answer, readXml(answer.text, 'Error')) : null
    if (theirs !== null) offset = theirs - now()
    return error
  }

  const once = async (request: OssRequest, signal: AbortSignal): Promise<HttpResponse> => {
    const signed = await sign(request)
    const answer = await http.request({
      ...signed,
      body: request.body ?? null,
      signal,
      idleMs: request.idleMs ?? idleMs,
      onRepeat: request.onUnsure,
    })
    if (answer.status >= 200 && answer.status < 300) return answer
    throw new Failure(
      failure(
        { status: answer.status, headers: answer.headers, text: await bodyStart(answer) },
        request,
      ),
    )
  }

  const inTime = async (request: OssRequest, signal: AbortSignal): Promise<HttpResponse> => {
    for (let learnings = 0; ; learnings++) {
      const before = offset
      try {
        return await once(request, signal)
      } catch (cause) {
        const learnt = cause instanceof Failure && cause.error.code === 'clock' && offset !== before
        if (!learnt || learnings === CLOCK_LEARNINGS) throw cause
      }
    }
  }

  const retried = <T>(
    request: OssRequest,
    signal: AbortSignal,
    work: () => Promise<T>,
  ): Promise<T> =>
    withRetry(work, {
      signal,
      attempts,
      retryable: worthRetrying,
      onRetry: () => request.onUnsure?.(),
    })

  return {
    origin: endpoint.origin,
    sign,
    async presign({ method, bucket, key, query = {}, headers = {} }, seconds) {
      const url = urlOf(endpoint, bucket, key)
      const credentials = await credentialsNow()
      return withQuery(
        url,
        presignV4(
          { method, bucket, key, query, headers },
          credentials,
          endpoint.region,
          new Date(now() + offset),
          seconds,
        ),
      )
    },
    call: (request, signal) =>
      retried(request, signal, async () => {
        const answer = await inTime(request, signal)
        return {
          status: answer.status,
          headers: answer.headers,
          text: await wholeText(answer, request),
        }
      }),
    open: (request, signal) => retried(request, signal, () => inTime(request, signal)),
    failure,
    clockOffsetMs: () => offset,
  }
}

/** A host that does not answer at all is asked twice, not four times: somebody is waiting. */
function worthRetrying(error: AppError, attempt: number): boolean {
  if (error.code === 'proxy' || (error.code === 'unreachable' && error.reason !== 'ECONNRESET'))
    return attempt < 2 && isRetryable(error)
  return isRetryable(error)
}

function withQuery(url: string, query: string): string {
  return query === '' ? url : `${url}?${query}`
}

/** Throws Failure 'bad-answer' for more than any answer can be. */
async function wholeText(answer: HttpResponse, { bucket, key }: ToSign): Promise<string> {
  try {
    return await answer.text(ANSWER_BYTES)
  } catch (cause) {
    if (cause instanceof Failure && cause.error.code === 'too-large')
      throw badAnswer('too-large', '', key ?? bucket ?? '')
    throw cause
  }
}

/**
 * Enough of an error's body to read it; '' when it is longer than any error of OSS, or breaks off.
 */
async function bodyStart(answer: HttpResponse): Promise<string> {
  try {
    return await answer.text(ERROR_LIMIT)
  } catch (cause) {
    if (cause instanceof Failure && cause.error.code !== 'cancelled') return ''
    throw cause
  }
}
