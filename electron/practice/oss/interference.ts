import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Exchange, Place, Reply } from './request/exchange.ts'
import type { Shelf } from './router.ts'

/** The facts about a request that the server knows before it authenticates the request. */
export interface RequestTarget extends Place {
  readonly method: string
  readonly query: ReadonlyMap<string, string>
}

/** Returns the bytes to send in place of an answer's body. It may close the connection. */
export type BodyFilter = (
  chunks: AsyncIterable<Buffer>,
  response: ServerResponse,
) => AsyncIterable<Buffer>

/**
 * The points of one request at which the program that started the server may act. The app itself
 * never does; tests use the points to make the server misbehave.
 */
export interface OssInterference {
  /** Milliseconds that the server's clock is ahead for this request. */
  readonly skewMs: number
  /** Null: the body stays as it is. */
  readonly responseBody: BodyFilter | null
  /**
   * Runs before the request is authenticated.
   * Errors: an OssError becomes the answer; any other error becomes InternalError. Nothing is sent
   * over a connection that is closed.
   */
  before(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** Returns the bytes of the request's body that the server reads. */
  requestBody(chunks: AsyncIterable<Buffer>, request: IncomingMessage): AsyncIterable<Buffer>
  /** Carries out the authenticated request: calls `operation` and returns its answer. */
  perform(shelf: Shelf, exchange: Exchange, operation: () => Promise<Reply>): Promise<Reply>
  /** Returns the answer to send; null: the server resets the connection instead. */
  answer(reply: Reply): Reply | null
}

/** Changes nothing about a request. */
export const NO_INTERFERENCE: OssInterference = {
  skewMs: 0,
  responseBody: null,
  before: () => Promise.resolve(),
  requestBody: (chunks) => chunks,
  perform: (_shelf, _exchange, operation) => operation(),
  answer: (reply) => reply,
}
