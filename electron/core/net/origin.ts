import { fail, ok, type Result } from '../../../shared/contract/errors.ts'
import { isLoopback } from './target.ts'

/**
 * Reads scheme and authority as people write them: with or without scheme (https then), with or
 * without a slash at the end.
 * Errors 'bad-endpoint' for what is none or holds a path, a query or a password;
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
 * Errors are shown and logged by others, and where nothing but a host belongs there may be a
 * password or a token.
 */
const withoutSecrets = (typed: string): string =>
  typed.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, '$1…@').replace(/([?#]).+/s, '$1…')
