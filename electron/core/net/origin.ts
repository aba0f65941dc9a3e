import { fail, ok, type Result } from '../../../shared/contract/errors.ts'
import { isLoopback } from './target.ts'

/**
 * Reads scheme and authority as people write them: with or without scheme (https then), with or
 * without a slash at the end.
 * Errors 'bad-endpoint' for other texts, and for one with a path, a query or a password;
 * 'insecure-endpoint' for http to another computer.
 */
export function readOrigin(typed: string): Result<URL> {
  const bad = fail({ code: 'bad-endpoint', endpoint: withoutSecrets(typed) } as const)
  const text = typed.trim()
  let url: URL
  try {
    url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`)
  } catch {
    return bad
  }
  const { protocol, hostname } = url
  if (protocol !== 'https:' && protocol !== 'http:') return bad
  if (
    hostname === '' ||
    url.username !== '' ||
    url.password !== '' ||
    url.pathname !== '/' ||
    url.search !== '' ||
    url.hash !== ''
  )
    return bad
  return protocol === 'http:' && !isLoopback(hostname)
    ? fail({ code: 'insecure-endpoint', endpoint: typed })
    : ok(url)
}

/**
 * Returns a typed text without a password or token. Errors are shown and logged, and people may
 * paste a secret where only a host belongs.
 */
const withoutSecrets = (typed: string): string =>
  typed.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, '$1…@').replace(/([?#]).+/s, '$1…')
