import type { IncomingMessage, ServerResponse } from 'node:http'
import type { KmsMessage, KmsReply } from './send.ts'

/**
 * The points of one request at which the program that started the server may act. The app itself
 * never does; tests use the points to make the server misbehave.
 */
export interface KmsInterference {
  /** Milliseconds that the server's clock is ahead for this request. */
  readonly skewMs: number
  /**
   * Runs before the signature is checked.
   * Errors: a KmsError becomes the answer; any other error becomes InternalFailure. Nothing is sent
   * over a connection that is closed.
   */
  before(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** Returns the answer to send; null: the server resets the connection instead. */
  answer(reply: KmsReply): KmsReply | null
  /** Returns the text to send for the answer. */
  message(message: KmsMessage): KmsMessage
}

/** Changes nothing about a request. */
export const NO_KMS_INTERFERENCE: KmsInterference = {
  skewMs: 0,
  before: () => Promise.resolve(),
  answer: (reply) => reply,
  message: (message) => message,
}
