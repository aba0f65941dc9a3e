import { subscribe } from 'node:diagnostics_channel'
import type { ClientRequest, IncomingMessage } from 'node:http'

/**
 * The most bytes of an answer of KMS. The longest is a page of a hundred keys with a few hundred
 * bytes each.
 */
const MOST_ANSWER_BYTES = 1024 * 1024

/**
 * Cuts off answers of KMS that are longer than {@link MOST_ANSWER_BYTES}. The official package
 * reads a whole answer of any length, and accepts no agent of ours. Node announces each answer;
 * calls of the package are recognised by a header. Called once.
 */
export function limitAnswers(): void {
  subscribe('http.client.response.finish', (message) => {
    const { request, response } = message as {
      readonly request: ClientRequest
      readonly response: IncomingMessage
    }
    if (!request.hasHeader('x-acs-action')) return
    const { socket } = response
    let bytes = 0
    const count = (chunk: Buffer): void => {
      bytes += chunk.length
      if (bytes > MOST_ANSWER_BYTES)
        response.destroy(new Error('more than an answer of KMS can be'))
    }
    // The listener is on the socket. A listener on the answer would start it before the package
    // reads it.
    socket.on('data', count)
    response.once('close', () => socket.off('data', count))
  })
}
