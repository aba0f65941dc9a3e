import { Failure } from '../../../shared/contract/errors.ts'

/** A URL taken apart for `http.request`, its path untouched. */
export interface Target {
  readonly secure: boolean
  /** Name or address, IPv6 without brackets. */
  readonly host: string
  readonly port: number
  /** Path and query exactly as given. */
  readonly path: string
}

/**
 * Tells whether this computer is the other end. Only then may a request go without TLS. `host`: as
 * the WHATWG URL parser writes it.
 */
export function isLoopback(host: string): boolean {
  const plain = host.replace(/^\[|\]$/g, '')
  return plain === 'localhost' || plain === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(plain)
}

/**
 * Takes `url` apart by hand: the URL class resolves `..` and `%2E%2E` in paths, and both are legal
 * in object keys.
 * Throws Failure 'insecure-endpoint' for http to another computer. Throws TypeError for a text that
 * is not a URL, which is a bug.
 */
export function connectionTargetOf(url: string): Target {
  const [origin = ''] = /^https?:\/\/[^/?#]*/.exec(url) ?? []
  const { protocol, hostname, port } = new URL(origin)
  const secure = protocol === 'https:'
  if (!secure && !isLoopback(hostname))
    throw new Failure({ code: 'insecure-endpoint', endpoint: origin })
  const path = url.slice(origin.length)
  return {
    secure,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? 443 : 80) : Number(port),
    path: path.startsWith('/') ? path : `/${path}`,
  }
}
