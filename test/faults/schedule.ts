import { randomOf, type Random } from '../fuzz/random.ts'

/** One request as the proxy sees it. */
export interface Call {
  readonly method: string
  readonly bucket: string
  /** '' for the bucket itself. */
  readonly key: string
  readonly query: ReadonlyMap<string, string>
  /** Lower-case names, values one character per byte. */
  readonly headers: ReadonlyMap<string, string>
  /** Bytes of its body. */
  readonly length: number
  /**
   * The request, without parts that differ from run to run (upload ids, dates). It is the same for
   * every attempt.
   */
  readonly name: string
  /** Which request of this name, from 1. */
  readonly nth: number
}

/**
 * A fault on the wire. `at`: bytes of the request or the answer, head and body, that still pass.
 */
export type Strike =
  | { readonly kind: 'reset-request'; readonly at: number }
  | { readonly kind: 'reset-answer'; readonly at: number }
  /** Both sides are left in silence for `ms`, and reset then: nobody waits for ever. */
  | { readonly kind: 'half-open-request'; readonly at: number; readonly ms: number }
  | { readonly kind: 'half-open-answer'; readonly at: number; readonly ms: number }
  | { readonly kind: 'delay'; readonly ms: number }
  /** The server gets it twice, one after the other. `answer`: whose answer is passed on. */
  | { readonly kind: 'twice'; readonly answer: 1 | 2 }
  /** The server does it; instead of its answer comes a reset. */
  | { readonly kind: 'lost' }
  /** Answered so, before the body was read. `delayMs`: `x-oss-qos-delay-time`, 0 for none. */
  | { readonly kind: 'status'; readonly status: 429 | 500 | 503; readonly delayMs: number }
  /** The answer's body ends after `bytes` by an orderly close. */
  | { readonly kind: 'truncate'; readonly bytes: number }
  | { readonly kind: 'wrong-crc' }
  | { readonly kind: 'wrong-etag' }
  /** The upload of this request is dropped before it arrives. */
  | { readonly kind: 'forget-upload' }
  /** Refused as too old or too new, by a server whose clock is `ms` ahead. */
  | { readonly kind: 'skew'; readonly ms: number }
  /** A good answer whose Date is `ms` ahead. */
  | { readonly kind: 'wrong-date'; readonly ms: number }

export type StrikeKind = Strike['kind']

/**
 * Which strike a request meets; null for none. Must not depend on the order in which requests
 * arrive.
 */
export type Schedule = (call: Call) => Strike | null

/** All that is given must hold. */
export interface Match {
  readonly method?: string
  readonly key?: string | RegExp
  /** Name of a query parameter that must be there, or `name=value`. */
  readonly query?: string
  /** Only the n-th request of its name, from 1. */
  readonly nth?: number
}

export interface Cue {
  readonly match: Match
  readonly do: Strike
  /** How often at most; for ever when left out. */
  readonly times?: number
}

/** The first cue that matches and is not used up. */
export function onCue(...cues: readonly Cue[]): Schedule {
  const left = cues.map(({ times = Infinity }) => times)
  return (call) => {
    const found = cues.findIndex(({ match }, i) => (left[i] ?? 0) > 0 && matches(match, call))
    const cue = cues[found]
    if (cue === undefined) return null
    left[found] = (left[found] ?? 0) - 1
    return cue.do
  }
}

function matches({ method, key, query, nth }: Match, call: Call): boolean {
  if (method !== undefined && method !== call.method) return false
  if (key !== undefined && !(typeof key === 'string' ? key === call.key : key.test(call.key)))
    return false
  if (nth !== undefined && nth !== call.nth) return false
  if (query === undefined) return true
  const [name = '', value] = query.split(/=(.*)/s)
  return call.query.has(name) && (value === undefined || call.query.get(name) === value)
}

export interface RandomOptions {
  /** Of so many requests one is struck. */
  readonly oneIn: number
  readonly kinds: readonly StrikeKind[]
  /**
   * Only the first so many requests of one name can be struck: after that it goes through.
   * Infinity: it need not.
   */
  readonly most: number
}

/**
 * The same strikes for the same seed, in whatever order the requests come: each is drawn from the
 * request's own name.
 */
export function randomly(seed: number, { oneIn, kinds, most }: RandomOptions): Schedule {
  return (call) => {
    if (call.nth > most) return null
    const random = randomOf(hashOf(`${seed} ${call.name} ${call.nth}`))
    if (!random.chance(oneIn)) return null
    const kind = random.pick(kinds.filter((one) => hits(one, call)))
    return strikeOf(kind, call, random)
  }
}

/** Can a strike of this kind do anything to this request? */
function hits(kind: StrikeKind, call: Call): boolean {
  if (kind === 'forget-upload') return call.query.has('uploadId')
  // The second upload has an id that nobody was told: no client can drop it.
  if (kind === 'twice') return !call.query.has('uploads')
  return true
}

const HEAD_BYTES = 1_500

function strikeOf(kind: StrikeKind, { length }: Call, random: Random): Strike {
  const inRequest = () =>
    random.chance(3) ? random.int(HEAD_BYTES) : random.int(HEAD_BYTES + length)
  const inAnswer = () => (random.chance(2) ? random.int(HEAD_BYTES) : random.int(120_000))
  switch (kind) {
    case 'reset-request':
      return { kind, at: inRequest() }
    case 'reset-answer':
      return { kind, at: inAnswer() }
    case 'half-open-request':
      return { kind, at: inRequest(), ms: 100 + random.int(400) }
    case 'half-open-answer':
      return { kind, at: inAnswer(), ms: 100 + random.int(400) }
    case 'delay':
      return { kind, ms: random.int(200) }
    case 'twice':
      return { kind, answer: random.pick([1, 2] as const) }
    case 'status':
      return {
        kind,
        status: random.pick([429, 500, 503] as const),
        delayMs: random.chance(2) ? random.int(100) : 0,
      }
    case 'truncate':
      return { kind, bytes: random.int(100_000) }
    case 'skew':
    case 'wrong-date':
      return { kind, ms: (random.int(2_000) - 1_000) * 60_000 }
    default:
      return { kind }
  }
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
