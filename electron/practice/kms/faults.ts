import { Cues, type Turn } from '../faults.ts'
import type { Answer } from './operations.ts'

/** Which requests a fault is for. All that is given must hold. */
export interface KmsFaultMatch extends Turn {
  readonly action?: string
}

/** What goes wrong. */
export type KmsFaultAction =
  /** Answered so instead of being done. */
  | {
      readonly kind: 'status'
      readonly status: number
      readonly code: string
      readonly message?: string
    }
  /** Refused as too many at once: Rejected.Throttling is KMS's, Throttling the gateway's. */
  | { readonly kind: 'throttle'; readonly code?: 'Rejected.Throttling' | 'Throttling' }
  | { readonly kind: 'delay'; readonly ms: number }
  /** The connection is reset, and nothing was done. */
  | { readonly kind: 'reset-request' }
  /** It is done, and the connection is reset instead of an answer. */
  | { readonly kind: 'lose-response' }
  /** The answer's text ends after `chars`, in a body of just that length. */
  | { readonly kind: 'cut'; readonly chars: number }
  /** A page of some proxy: 502, HTML. */
  | { readonly kind: 'html' }
  /**
   * Members of the answer are other ones: base64 that is none, another KeyId, a Plaintext of
   * another length.
   */
  | { readonly kind: 'answer'; readonly with: Answer }
  /** The server's clock, for this request: ms added to the real time. */
  | { readonly kind: 'skew'; readonly ms: number }

/** Faults on cue of the KMS, for tests. */
export class KmsFaults extends Cues<KmsFaultMatch, KmsFaultAction, { readonly action: string }> {
  constructor() {
    super((match, { action }) => match.action === undefined || match.action === action)
  }
}
