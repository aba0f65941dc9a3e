import { createHash, timingSafeEqual } from 'node:crypto'
import { previewId } from '../host/preview-answer.ts'

/** The headers of a request that decide about it. Null stands for an absent header. */
export interface Caller {
  readonly method: string
  readonly pathname: string
  readonly host: string | null
  readonly origin: string | null
  /** Sec-Fetch-Site. Every current browser sends it, and no page can forge it. */
  readonly site: string | null
  readonly cookie: string | null
  /** The `token` of the query, on the first visit. */
  readonly token: string | null
  /** True: the request is a WebSocket upgrade. */
  readonly upgrade: boolean
}

export interface Door {
  /** `127.0.0.1:PORT`, the only valid Host. */
  readonly host: string
  readonly cookieName: string
  /** The secret of the session cookie. */
  readonly session: string
  /** The token of a link that nobody has used, or null after its use. */
  readonly token: string | null
}

export type RefusalReason =
  'wrong-host' | 'wrong-origin' | 'used-link' | 'no-session' | 'wrong-method'

export type GuardDecision =
  /**
   * The token is right. The answer sets the cookie, ends the token and leads to `/`. `viaPage`:
   * through a page of ours instead of a redirect.
   */
  | { readonly act: 'enter'; readonly viaPage: boolean }
  | { readonly act: 'page' }
  /** The content of a preview. The page asks for it; nobody opens it by its address. */
  | { readonly act: 'preview'; readonly id: string }
  | { readonly act: 'call' }
  | { readonly act: 'refuse'; readonly status: number; readonly reason: RefusalReason }

const refuse = (status: number, reason: RefusalReason): GuardDecision => ({
  act: 'refuse',
  status,
  reason,
})

/**
 * Decides whether a request is let in, and as what. The Host is checked first: a foreign name that
 * points here must learn nothing. The origin follows, then the token or the cookie. A request that
 * changes something, and the upgrade, must name our own origin.
 */
export function decide(caller: Caller, door: Door): GuardDecision {
  if (caller.host !== door.host) return refuse(421, 'wrong-host')
  const origin = `http://${door.host}`
  if (caller.origin !== null && caller.origin !== origin) return refuse(403, 'wrong-origin')

  const reads = caller.method === 'GET' || caller.method === 'HEAD'
  if (reads && !caller.upgrade && caller.pathname === '/' && caller.token !== null) {
    if (door.token === null || !sameSecret(caller.token, door.token))
      return refuse(403, 'used-link')
    // A browser holds a strict cookie back after a redirect that another site started. A page of
    // ours starts a new navigation.
    return {
      act: 'enter',
      viaPage: !(caller.site === null || caller.site === 'none' || caller.site === 'same-origin'),
    }
  }

  // `none` means a typed address or a bookmark. Only the page itself is requested in that way.
  const siteFits =
    caller.site === null ||
    caller.site === 'same-origin' ||
    (caller.site === 'none' && reads && !caller.upgrade)
  if (!siteFits) return refuse(403, 'wrong-origin')
  if (!sameSecret(cookieValue(caller.cookie, door.cookieName), door.session))
    return refuse(403, 'no-session')

  if (caller.upgrade || caller.method === 'POST')
    return caller.origin === origin ? { act: 'call' } : refuse(403, 'wrong-origin')
  if (!reads) return refuse(405, 'wrong-method')
  const id = previewId(caller.pathname)
  if (id === null) return { act: 'page' }
  return caller.site === 'none' ? refuse(403, 'wrong-origin') : { act: 'preview', id }
}

/** Returns the first value of `name` in a Cookie header, or '' without one. */
function cookieValue(header: string | null, name: string): string {
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=')
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim()
  }
  return ''
}

/** Compares two secrets in constant time. */
function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}
