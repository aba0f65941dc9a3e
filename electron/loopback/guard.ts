import { createHash, timingSafeEqual } from 'node:crypto'

/** What a request says about itself. Null where the header is absent. */
export interface Caller {
  readonly method: string
  readonly pathname: string
  readonly host: string | null
  readonly origin: string | null
  /** Sec-Fetch-Site: every current browser sends it and no page can forge it. */
  readonly site: string | null
  readonly cookie: string | null
  /** `token` of the query, on the way in. */
  readonly token: string | null
  /** A WebSocket upgrade. */
  readonly upgrade: boolean
}

export interface Door {
  /** `127.0.0.1:PORT`, the only Host there is. */
  readonly host: string
  readonly cookieName: string
  /** The secret of the session cookie. */
  readonly session: string
  /** The link that is still unused; null when it was used. */
  readonly token: string | null
}

export type RefusalReason =
  'wrong-host' | 'wrong-origin' | 'used-link' | 'no-session' | 'wrong-method'

export type Decision =
  /**
   * The token is right: set the cookie, use the token up, go to `/`. `viaPage`: by a page of ours
   * instead of a redirect.
   */
  | { readonly act: 'enter'; readonly viaPage: boolean }
  | { readonly act: 'page' }
  | { readonly act: 'call' }
  | { readonly act: 'refuse'; readonly status: number; readonly reason: RefusalReason }

const refuse = (status: number, reason: RefusalReason): Decision => ({
  act: 'refuse',
  status,
  reason,
})

/**
 * May this request come in, and as what? Host first (a name that was made to point here must learn
 * nothing), then origin, then the token or the cookie. Anything that changes something, and the
 * upgrade, must name our own origin.
 */
export function decide(caller: Caller, door: Door): Decision {
  if (caller.host !== door.host) return refuse(421, 'wrong-host')
  const origin = `http://${door.host}`
  if (caller.origin !== null && caller.origin !== origin) return refuse(403, 'wrong-origin')

  const reads = caller.method === 'GET' || caller.method === 'HEAD'
  if (reads && !caller.upgrade && caller.pathname === '/' && caller.token !== null) {
    if (door.token === null || !sameSecret(caller.token, door.token))
      return refuse(403, 'used-link')
    // After a redirect that another site began, a browser holds a strict cookie back; a page of
    // ours starts afresh.
    return {
      act: 'enter',
      viaPage: !(caller.site === null || caller.site === 'none' || caller.site === 'same-origin'),
    }
  }

  // `none`: typed, or opened from a bookmark. Only the page itself is asked for in that way.
  const siteFits =
    caller.site === null ||
    caller.site === 'same-origin' ||
    (caller.site === 'none' && reads && !caller.upgrade)
  if (!siteFits) return refuse(403, 'wrong-origin')
  if (!sameSecret(cookieValue(caller.cookie, door.cookieName), door.session))
    return refuse(403, 'no-session')

  if (caller.upgrade || caller.method === 'POST')
    return caller.origin === origin ? { act: 'call' } : refuse(403, 'wrong-origin')
  return reads ? { act: 'page' } : refuse(405, 'wrong-method')
}

/** The first value of `name` in a Cookie header; '' when there is none. */
function cookieValue(header: string | null, name: string): string {
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=')
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim()
  }
  return ''
}

/** Compares without telling by its time how much was right. */
function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}
