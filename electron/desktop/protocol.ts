import { readFile } from 'node:fs/promises'
import { ReadableStream } from 'node:stream/web'
import { protocol, type Session } from 'electron'
import type { PreviewContents } from '../../shared/contract/models-previews.ts'
import { GUARD_HEADERS, pageFile, pagePolicy } from '../host/page-files.ts'
import { previewAnswer, previewId } from '../host/preview-answer.ts'

const SCHEME = 'app'
const HOST = 'cipherbucket'
/** The page's address. It has an origin of its own, without a server or a file URL. */
export const APP_ORIGIN = `${SCHEME}://${HOST}`

/** Registers the scheme. It must run before the app is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: SCHEME,
      // Media plays and the page reads previews, both by range.
      privileges: { standard: true, secure: true, stream: true, supportFetchAPI: true },
    },
  ])
}

/**
 * Serves the built page in `folder` and the open previews to this session, and cancels every other
 * request. `inspect`: lets those of the developer tools pass. `previews`: returns null before the
 * core is open.
 */
export function servePage(
  session: Session,
  folder: string,
  inspect: boolean,
  previews: () => PreviewContents | null,
): void {
  session.protocol.handle(SCHEME, (request) => {
    const contents = previews()
    const id = isOurs(request.url) ? previewId(new URL(request.url).pathname) : null
    return id === null || contents === null
      ? answer(request, folder)
      : previewResponse(contents, id, request)
  })
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
  // The page calls the core over IPC. It fetches nothing but previews and its own files.
  const headers = { ...GUARD_HEADERS, 'content-security-policy': pagePolicy("'self'") }
  if (file === null || body === null) return new Response(null, { status: 404, headers })
  return new Response(Uint8Array.from(body), {
    headers: { ...headers, 'content-type': file.type, 'cache-control': 'no-store' },
  })
}

/**
 * Answers with a range of a preview. Electron passes no range of a body on by itself, so that the
 * answer names the range.
 */
function previewResponse(contents: PreviewContents, id: string, request: Request): Response {
  const stop = new AbortController()
  const { status, headers, body } = previewAnswer(
    contents,
    {
      id,
      method: request.method,
      range: request.headers.get('range'),
      // A custom scheme has no header Sec-Fetch-Dest. Frames are forbidden and navigation is too.
      isImage: request.headers.get('accept')?.startsWith('image/') === true,
    },
    stop.signal,
  )
  return new Response(body === null ? null : streamOf(body, stop), { status, headers })
}

/** Turns pieces into a stream that asks for a piece when the one before is taken. */
function streamOf(
  pieces: AsyncGenerator<Uint8Array>,
  stop: AbortController,
): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(control) {
        const next = await pieces.next()
        if (next.done === true) control.close()
        else control.enqueue(Uint8Array.from(next.value))
      },
      async cancel() {
        stop.abort()
        await pieces.return(undefined)
      },
    },
    { highWaterMark: 1 },
  )
}
