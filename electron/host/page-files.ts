import { extname, resolve, sep } from 'node:path'

/**
 * The built page as both window shells serve it: one policy, one rule for which file an address
 * means.
 */

/**
 * Content-Security-Policy of the page. `connect`: where the page may talk to, `'none'` where IPC
 * does the talking. Trusted types are demanded: the page turns no text into markup but its own
 * icons (renderer/ui/icon.tsx).
 */
export function pagePolicy(connect: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    `connect-src ${connect}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types icons',
  ].join('; ')
}

/** Headers every answer carries, whatever it is. */
export const GUARD_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

export interface PageFile {
  /** Absolute path inside the page's folder. */
  readonly path: string
  readonly type: string
  /**
   * Built files carry a hash of their content in their name; everything else is asked for anew each
   * time.
   */
  readonly cacheControl: string
}

/**
 * The file that `pathname` (of a URL, still percent-encoded) means inside `root`; null when it
 * means none: anything that leaves the folder, hidden names, types the page is not made of.
 */
export function pageFile(root: string, pathname: string): PageFile | null {
  let name: string
  try {
    name = decodeURIComponent(pathname)
  } catch {
    return null
  }
  if (name === '/') name = '/index.html'
  // A built page has plain names; anything cleverer is somebody trying something.
  if (!/^(\/[\w-][\w.-]*)+$/.test(name) || name.includes('..')) return null
  const type = TYPES[extname(name)]
  const path = resolve(root, `.${name}`)
  if (type === undefined || !path.startsWith(resolve(root) + sep)) return null
  return {
    path,
    type,
    cacheControl: name.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-store',
  }
}
