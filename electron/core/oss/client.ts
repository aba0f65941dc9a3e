import {
  Failure,
  isRetryable,
  valueOf,
  type AppError,
  type Result,
} from '../../../shared/contract/errors.ts'
import type { HttpClient, HttpResponse } from '../net/http-client.ts'
import type { Credentials } from '../net/credentials.ts'
import { readEndpoint, urlOf } from './endpoint.ts'
import { ossFailure, serverTime, type RequestSubject, type FailedAnswer } from './oss-error.ts'
import { badAnswer } from './list-pages.ts'
import type { ObjectListener } from './object-listener.ts'
import { ANSWER_BYTES, readXml } from './oss-xml.ts'
import { noteCorrected, retryRequest } from './retry-request.ts'
import { encodeQuery, presignV4, signV4, type Query } from './sign-v4.ts'

/** The way to reach an account. */
export interface Connection {
  readonly endpoint: string
  /** '': the region in the endpoint's host name. */
  readonly region: string
  /** Called for every request, so that a renewed token is used at once. */
  credentials(): Promise<Result<Credentials>>
}

export interface ToSign {
  readonly method: string
  readonly bucket: string | null
  readonly key: string | null
  readonly query?: Query
  readonly headers?: Readonly<Record<string, string>>
}

/** A request that can be sent as it is. OSS accepts it for some fifteen minutes. */
export interface SignedRequest {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
}

export interface OssRequest extends ToSign {
  readonly body?: Uint8Array
  /** OSS's name of the permission that the request needs, such as `oss:GetObject`. */
  readonly action: string
  /**
   * Milliseconds without a byte after which the connection is ended. OSS is silent while it copies
   * or completes.
   */
  readonly idleMs?: number
  /**
   * Called when the request is sent again after a failure that leaves open whether OSS carried out
   * the first one.
   */
  readonly onUnsure?: (() => void) | undefined
}

/** An answer that was read to its end. */
export interface OssAnswer {
  readonly status: number
  /** Lower-case names, raw values. */
  readonly headers: ReadonlyMap<string, string>
  readonly text: string
}

export interface Oss {
  /** Scheme and authority of the endpoint. */
  readonly origin: string
  /** Errors: Failure of `credentials()`, or for a name that no bucket or object can have. */
  sign(request: ToSign): Promise<SignedRequest>
  /** Makes a URL that works for `seconds` without any header. Until then it is a secret. */
  presign(request: ToSign, seconds: number): Promise<string>
  /**
   * Signs and sends a request, and repeats it where that is safe. Resolves only on success (2xx).
   * Errors: Failure for everything else.
   */
  call(request: OssRequest, signal: AbortSignal): Promise<OssAnswer>
  /**
   * Does the same for a body that is streamed. After the start of the body the request is not
   * repeated.
   */
  open(request: OssRequest, signal: AbortSignal): Promise<HttpResponse>
  /**
   * Turns an error answer that came through a worker thread into an error of ours, and learns the
   * clock from it.
   */
  failure(answer: FailedAnswer, asked: RequestSubject): AppError
  /** Hears of the objects that are looked at through this client. */
  readonly listener?: ObjectListener | undefined
  /** Returns the milliseconds by which OSS's clock is ahead of this computer's, 0 until known. */
  clockOffsetMs(): number
}

export interface OssOptions {
  readonly now?: () => number
  readonly attempts?: number
  /** For every request that does not say. */
  readonly idleMs?: number
  readonly listener?: ObjectListener | undefined
}

const ERROR_LIMIT = 64 * 1024

/**
 * Makes a client of one account without touching the network.
 * Errors: Failure 'bad-endpoint' or 'insecure-endpoint'.
 */
export function openOss(
  connection: Connection,
  http: Pick<HttpClient, 'request'>,
  { now = Date.now, attempts = 4, idleMs, listener }: OssOptions = {},
): Oss {
  const endpoint = valueOf(readEndpoint(connection.endpoint, connection.region))
  let offset = 0
  let asking: Promise<Result<Credentials>> | null = null

  /** Calls that come while one is under way share its answer: small files are signed in crowds. */
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

  const failure = (answer: FailedAnswer, asked: RequestSubject): AppError => {
    const error = ossFailure(answer, asked, now())
    const theirs = error.code === 'clock' ? serverTime(answer, readXml(answer.text, 'Error')) : null
    if (theirs === null) return error
    offset = theirs - now()
    noteCorrected(error)
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

  const retried = <T>(
    request: OssRequest,
    signal: AbortSignal,
    work: () => Promise<T>,
  ): Promise<T> =>
    retryRequest(work, {
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
        const answer = await once(request, signal)
        return {
          status: answer.status,
          headers: answer.headers,
          text: await wholeText(answer, request),
        }
      }),
    open: (request, signal) => retried(request, signal, () => once(request, signal)),
    failure,
    listener,
    clockOffsetMs: () => offset,
  }
}

/** A host that does not answer at all is asked twice, not four times: a user is waiting. */
function worthRetrying(error: AppError, attempt: number): boolean {
  if (error.code === 'proxy' || (error.code === 'unreachable' && error.reason !== 'ECONNRESET'))
    return attempt < 2 && isRetryable(error)
  return isRetryable(error)
}

function withQuery(url: string, query: string): string {
  return query === '' ? url : `${url}?${query}`
}

/** Errors: Failure 'bad-answer' for a body that is longer than any answer. */
async function wholeText(answer: HttpResponse, { bucket, key }: ToSign): Promise<string> {
  try {
    return await answer.text(ANSWER_BYTES)
  } catch (cause) {
    if (cause instanceof Failure && cause.error.code === 'too-large')
      throw badAnswer('too-large', '', key ?? bucket ?? '')
    throw cause
  }
}

/** Reads the body of an error; '' when it is longer than any error of OSS, or breaks off. */
async function bodyStart(answer: HttpResponse): Promise<string> {
  try {
    return await answer.text(ERROR_LIMIT)
  } catch (cause) {
    if (cause instanceof Failure && cause.error.code !== 'cancelled') return ''
    throw cause
  }
}
