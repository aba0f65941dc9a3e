import { Failure } from '../../../shared/contract/errors.ts'
import type { HttpRequest } from './http-request.ts'
import type { BodyReceiver, TextResponse } from './http-response.ts'

/** A request and its response, on whichever connection they are. */
export interface Exchange {
  readonly request: HttpRequest
  /** Called once: with the response, or with the reason why no response came. */
  readonly onEnd: (result: TextResponse | Error) => void
  readonly receiver: BodyReceiver | null
  readonly onRepeat: (() => void) | null
  /** Milliseconds without a byte in either direction after which the server is given up. */
  readonly idleMs: number
  /** True after the request was sent for the second time, over a new connection. */
  repeated: boolean
  /** The connection that carries it; null while it waits for one, and afterwards. */
  connection: { destroy(cause: Error | null): void } | null
}

/** A server that closes a kept connection just as it is used again. */
const RESET: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE'])

/** Tells whether the server ended a connection before it answered. */
export const isReset = (cause: Error): boolean =>
  cause instanceof Failure && cause.error.code === 'unreachable' && RESET.has(cause.error.reason)

/**
 * Tells whether the same bytes may be sent once more, over a new connection. A POST may not: the
 * server may have carried out the first one.
 */
export const isRepeatable = ({ request, repeated }: Exchange): boolean =>
  !repeated && request.body instanceof Uint8Array && !request.head.startsWith('POST ')

/** A server that is satisfied with a part of the body has not stored it. */
export const answeredEarly = (status: number): Failure =>
  new Failure({
    code: 'oss',
    status,
    ossCode: '',
    ec: '',
    message: 'answered before the body',
    requestId: '',
    retryAfterMs: 0,
  })

/** Tells whether every byte of the body has been handed to the socket. */
export const isSent = ({ request: { body } }: Exchange): boolean =>
  body instanceof Uint8Array || body.complete
