import type { IncomingMessage, ServerResponse } from 'node:http'
import { KmsError, kmsRefusal } from '../../electron/practice/kms/errors.ts'
import type { KmsInterference } from '../../electron/practice/kms/interference.ts'
import type { Answer } from '../../electron/practice/kms/operations.ts'
import type { KmsMessage, KmsReply } from '../../electron/practice/kms/send.ts'
import { Cues, sleepWhileOpen, struckBy, type Turn } from './fault-cues.ts'

/** Selects the requests of a fault. Every member that is given must hold. */
export interface KmsFaultMatch extends Turn {
  readonly action?: string
}

/** The harm that a fault does to a request. */
export type KmsFaultAction =
  /** The server does nothing and answers with this error. */
  | {
      readonly kind: 'status'
      readonly status: number
      readonly code: string
      readonly message?: string
    }
  /** Too many requests: Rejected.Throttling is KMS's kmsRefusal, Throttling the gateway's. */
  | { readonly kind: 'throttle'; readonly code?: 'Rejected.Throttling' | 'Throttling' }
  | { readonly kind: 'delay'; readonly ms: number }
  /** The server does nothing and resets the connection. */
  | { readonly kind: 'reset-request' }
  /** The server carries out the request and resets the connection instead of an answer. */
  | { readonly kind: 'lose-response' }
  /** The text of the answer ends after `chars`; Content-Length is that of the shorter text. */
  | { readonly kind: 'cut'; readonly chars: number }
  /** The answer is a proxy's page: 502, HTML. */
  | { readonly kind: 'html' }
  /**
   * The answer has these members instead of its own, such as invalid base64, another KeyId or a
   * Plaintext of another length.
   */
  | { readonly kind: 'answer'; readonly with: Answer }
  /** The server's clock is `ms` ahead for this request. */
  | { readonly kind: 'skew'; readonly ms: number }

type Actions = readonly KmsFaultAction[]

/** The faults of a practice KMS of one region. */
export class KmsFaults extends Cues<KmsFaultMatch, KmsFaultAction, { readonly action: string }> {
  constructor() {
    super((match, { action }) => match.action === undefined || match.action === action)
  }

  /** Returns the hooks that carry out the faults of one request. */
  interfere(action: string): KmsInterference {
    const actions = this.strike({ action })
    return {
      skewMs: struckBy(actions, 'skew')?.ms ?? 0,
      before: (request, response) => before(actions, request, response),
      answer: (reply) => answer(actions, reply),
      message: (message) => changedMessage(actions, message),
    }
  }
}

async function before(
  actions: Actions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const delay = struckBy(actions, 'delay')
  if (delay !== undefined) await sleepWhileOpen(delay.ms, response)
  if (struckBy(actions, 'reset-request') !== undefined) {
    request.socket.resetAndDestroy()
    throw new Error('reset by a fault')
  }
  const throttle = struckBy(actions, 'throttle')
  if (throttle !== undefined) throw kmsRefusal(throttle.code ?? 'Rejected.Throttling')
  const status = struckBy(actions, 'status')
  if (status !== undefined)
    throw new KmsError(status.status, status.code, status.message ?? 'A fault on cue.')
}

function answer(actions: Actions, reply: KmsReply): KmsReply | null {
  if (struckBy(actions, 'lose-response') !== undefined) return null
  return { ...reply, answer: { ...reply.answer, ...struckBy(actions, 'answer')?.with } }
}

function changedMessage(actions: Actions, message: KmsMessage): KmsMessage {
  if (struckBy(actions, 'html') !== undefined) {
    const text = '<html><body><h1>502 Bad Gateway</h1></body></html>'
    return { status: 502, type: 'text/html', text }
  }
  return { ...message, text: message.text.slice(0, struckBy(actions, 'cut')?.chars) }
}
