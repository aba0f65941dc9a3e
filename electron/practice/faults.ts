/** Which of the requests that match are struck. */
export interface Turn {
  /** Only the n-th matching request, from 1. */
  readonly nth?: number
  /** Every n-th matching request: 3 is the third, the sixth, … */
  readonly every?: number
}

/** Which requests a fault is for. All that is given must hold. */
export interface FaultMatch extends Turn {
  readonly method?: string
  readonly bucket?: string
  readonly key?: string | RegExp
  /**
   * Name of a query parameter that must be there, such as `uploadId`; or `name=value`. Null: there
   * is none at all.
   */
  readonly query?: string | null
}

/** What goes wrong. */
export type FaultAction =
  /** Answered so instead of being done. `ec`, `message`: optional detail. */
  | {
      readonly kind: 'status'
      readonly status: number
      readonly code: string
      readonly ec?: string
      readonly message?: string
    }
  /** 503 with `x-oss-qos-delay-time`. */
  | { readonly kind: 'throttle'; readonly delayMs: number }
  | { readonly kind: 'delay'; readonly ms: number }
  /**
   * The connection is reset once `afterBytes` of the request's body were read; 0 is before any.
   * Nothing is stored.
   */
  | { readonly kind: 'reset-request'; readonly afterBytes: number }
  /** The connection is reset once `afterBytes` of the answer's body were sent. */
  | { readonly kind: 'reset-response'; readonly afterBytes: number }
  /** The answer's body ends after `bytes`, by an orderly close, although more were announced. */
  | { readonly kind: 'truncate'; readonly bytes: number }
  /** One bit of the answer's body is wrong. */
  | { readonly kind: 'flip-bit'; readonly offset: number }
  /** The server's clock, for this request: ms added to the real time. */
  | { readonly kind: 'skew'; readonly ms: number }
  /** `x-oss-hash-crc64ecma` of the answer is wrong. */
  | { readonly kind: 'wrong-crc' }
  /** An object made by this request has no CRC-64, as can happen with CopyObject. */
  | { readonly kind: 'no-crc' }
  /** The upload id of the request is forgotten first. */
  | { readonly kind: 'forget-upload' }
  /**
   * The server does it, and the client never hears: the connection is reset instead of an answer.
   */
  | { readonly kind: 'lose-response' }

/** A fault of one server: for which requests, what it does. */
export interface Cue<Match extends Turn, Action> {
  readonly match: Match
  readonly do: Action
  /** How often it strikes; once when left out. */
  readonly times?: number
}

export type Fault = Cue<FaultMatch, FaultAction>

/** What of a request decides which faults strike it. */
export interface Struck {
  readonly method: string
  readonly bucket: string
  readonly key: string
  readonly query: ReadonlyMap<string, string>
}

interface Armed<Match extends Turn, Action> {
  readonly fault: Cue<Match, Action>
  seen: number
  left: number
}

/** Faults on cue, of a server whose requests `matches` can tell apart. */
export class Cues<Match extends Turn, Action, Request> {
  readonly #matches: (match: Match, request: Request) => boolean
  #armed: Armed<Match, Action>[] = []

  constructor(matches: (match: Match, request: Request) => boolean) {
    this.#matches = matches
  }

  add(fault: Cue<Match, Action>): void {
    this.#armed.push({ fault, seen: 0, left: fault.times ?? 1 })
  }

  clear(): void {
    this.#armed = []
  }

  /** Strikes still to come; Infinity when some never end. */
  get left(): number {
    return this.#armed.reduce((sum, { left }) => sum + left, 0)
  }

  /** The faults that strike this request; each is counted. */
  strike(request: Request): readonly Action[] {
    const actions: Action[] = []
    for (const armed of this.#armed) {
      if (armed.left === 0 || !this.#matches(armed.fault.match, request)) continue
      armed.seen++
      const { nth, every } = armed.fault.match
      if (nth !== undefined && armed.seen !== nth) continue
      if (every !== undefined && armed.seen % every !== 0) continue
      armed.left--
      actions.push(armed.fault.do)
    }
    this.#armed = this.#armed.filter(({ left }) => left > 0)
    return actions
  }
}

/** Faults on cue of the OSS server, for tests. */
export class Faults extends Cues<FaultMatch, FaultAction, Struck> {
  constructor() {
    super(matches)
  }
}

function matches(match: FaultMatch, { method, bucket, key, query }: Struck): boolean {
  if (match.method !== undefined && match.method !== method) return false
  if (match.bucket !== undefined && match.bucket !== bucket) return false
  if (
    match.key !== undefined &&
    !(typeof match.key === 'string' ? match.key === key : match.key.test(key))
  )
    return false
  if (match.query === undefined) return true
  if (match.query === null) return query.size === 0
  const [name = '', value] = match.query.split(/=(.*)/s)
  return query.has(name) && (value === undefined || query.get(name) === value)
}

/** The action of one kind, where it was struck. */
export function struckBy<A extends { readonly kind: string }, K extends A['kind']>(
  actions: readonly A[],
  kind: K,
): Extract<A, { readonly kind: K }> | undefined {
  return actions.find((action): action is Extract<A, { readonly kind: K }> => action.kind === kind)
}
