import { readFile } from 'node:fs/promises'
import { protocol, type Session } from 'electron'
import { GUARD_HEADERS, pageFile, pagePolicy } from '../host/page-files.ts'

const SCHEME = 'app'
const HOST = 'cipherbucket'
/** The page's address. It has an origin of its own, without a server or a file URL. */
export const APP_ORIGIN = `${SCHEME}://${HOST}`

/** Registers the scheme. It must run before the app is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true } },
  ])
}

/**
 * Serves the built page in `folder` to this session, and cancels every other request. `inspect`:
 * lets those of the developer tools pass.
 */
export function servePage(session: Session, folder: string, inspect: boolean): void {
  session.protocol.handle(SCHEME, (request) => answer(request, folder))
  const isKnown = (url: string): boolean =>
    isOurs(url) || (inspect && url.startsWith('devtools://'))
  session.webRequest.onBeforeRequest(({ url }, decide) => decide({ cancel: !isKnown(url) }))
}

/** Tells whether a URL belongs to our page. Chromium has normalised the URL. */
export function isOurs(url: string): boolean {
  return url.startsWith(`${APP_ORIGIN}/`)
}

async function answer(request: Request, folder: string): Promise<Response> {
  const { pathname } = new URL(request.url)
  const file = isOurs(request.url) && request.method === 'GET' ? pageFile(folder, pathname) : null
  const body = file === null ? null : await readFile(file.path).catch(() => null)
  // The page talks over IPC only, so it may connect to nothing.
  const headers = { ...GUARD_HEADERS, 'content-security-policy': pagePolicy("'none'") }
  if (file === null || body === null) return new Response(null, { status: 404, headers })
  return new Response(Uint8Array.from(body), {
    headers: { ...headers, 'content-type': file.type, 'cache-control': 'no-store' },
  })
}
