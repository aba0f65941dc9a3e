import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** Selects some of the requests that match. */
export interface Turn {
  /** Only the n-th request that matches, from 1. */
  readonly nth?: number
  /** Every n-th request that matches: 3 selects the third, the sixth, … */
  readonly every?: number
}

/** One fault of a server, and the requests that have it. */
export interface Cue<Match extends Turn, Action> {
  readonly match: Match
  readonly do: Action
  /** The number of requests that have the fault; left out: 1. */
  readonly times?: number
}

interface Armed<Match extends Turn, Action> {
  readonly fault: Cue<Match, Action>
  seen: number
  left: number
}

/** The faults of one server. `matches` says whether a request is one of those of a fault. */
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

  /** The number of requests that will still have a fault; Infinity when a fault never ends. */
  get left(): number {
    return this.#armed.reduce((sum, { left }) => sum + left, 0)
  }

  /** Returns the faults of this request, and counts the request for each of them. */
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

/** Returns the first action of one kind; undefined when there is none. */
export function struckBy<A extends { readonly kind: string }, K extends A['kind']>(
  actions: readonly A[],
  kind: K,
): Extract<A, { readonly kind: K }> | undefined {
  return actions.find((action): action is Extract<A, { readonly kind: K }> => action.kind === kind)
}

/** Waits for `ms`. Errors: AbortError when the client goes away. */
export async function sleepWhileOpen(ms: number, response: ServerResponse): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  await sleep(ms, undefined, { signal: gone.signal })
}
