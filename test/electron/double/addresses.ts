/**
 * Chromium itself knows no `app:` scheme, so the double shows `app://host/…` to it as
 * `https://host.app.invalid/…`. Electron gives a standard and secure scheme the same rights: an
 * origin, and a trustworthy one. No request for it reaches a network.
 */
const SUFFIX = '.app.invalid'

export function toBrowser(url: string): string {
  const { protocol, host, pathname, search, hash } = new URL(url)
  return protocol === 'app:' ? `https://${host}${SUFFIX}${pathname}${search}${hash}` : url
}

export function toShell(url: string): string {
  if (!URL.canParse(url)) return url
  const { protocol, host, pathname, search, hash } = new URL(url)
  return protocol === 'https:' && host.endsWith(SUFFIX)
    ? `app://${host.slice(0, -SUFFIX.length)}${pathname}${search}${hash}`
    : url
}
