import { extname, resolve, sep } from 'node:path'

/**
 * The built page as both window shells serve it: one policy, and one rule for the file of an
 * address.
 */

/**
 * Returns the Content-Security-Policy of the page. `connect`: the hosts that the page may call. The
 * content of previews comes from the page's own origin, as a picture, as media or by fetch. The
 * policy demands trusted types. The page turns no text into markup except its own icons
 * (renderer/ui/icon.tsx), and starts no worker but those of its own build (features/look).
 */
export function pagePolicy(connect: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "media-src 'self'",
    "font-src 'self'",
    `connect-src ${connect}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types icons workers',
  ].join('; ')
}

/** Headers of every answer. */
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
  // Fonts and tables of characters of the PDF reader.
  '.ttf': 'font/ttf',
  '.pfb': 'application/octet-stream',
  '.bcmap': 'application/octet-stream',
}

export interface PageFile {
  /** The absolute path inside the page's folder. */
  readonly path: string
  readonly type: string
  /**
   * Built files have a hash of their content in their name. Everything else is requested again each
   * time.
   */
  readonly cacheControl: string
}

/**
 * Returns the file inside `root` for a URL's `pathname`, which is still percent-encoded. Returns
 * null for paths outside the folder, hidden names, and types of which the page is not made.
 */
export function pageFile(root: string, pathname: string): PageFile | null {
  let name: string
  try {
    name = decodeURIComponent(pathname)
  } catch {
    return null
  }
  if (name === '/') name = '/index.html'
  // A built page has plain names. Other names are attacks.
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
