import { subscribe } from 'node:diagnostics_channel'
import type { ClientRequest, IncomingMessage } from 'node:http'

/**
 * No answer of KMS has more bytes: the longest is a page of a hundred keys, with a few hundred
 * bytes each.
 */
const MOST_ANSWER_BYTES = 1024 * 1024

/**
 * Cuts off what answers a call of KMS with more than an answer can be: the official package reads
 * all of it, whatever it is, and takes no agent of ours. Node tells of each answer; those to the
 * package's calls have a header of their own. Call it once.
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
    // Of the socket: a listener of the answer itself would set it flowing before the package reads
    // it.
    socket.on('data', count)
    response.once('close', () => socket.off('data', count))
  })
}
