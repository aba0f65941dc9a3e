import type { PreviewContents } from '../../shared/contract/models-previews.ts'
import { GUARD_HEADERS } from './page-files.ts'

/** A request for the content of a preview. Null stands for an absent header. */
export interface PreviewRequest {
  readonly id: string
  readonly method: string
  readonly range: string | null
  /** True: the page shows the content as a picture. Nothing in a picture is executed. */
  readonly isImage: boolean
}

export interface PreviewAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** The bytes of the range; null where the answer has no body. */
  readonly body: AsyncGenerator<Uint8Array> | null
}

/** Every answer with content. The policy holds for a browser that shows the content by itself. */
const CONTENT_HEADERS: Readonly<Record<string, string>> = {
  ...GUARD_HEADERS,
  'content-security-policy': "sandbox; default-src 'none'",
  'cache-control': 'no-store',
  'accept-ranges': 'bytes',
}

/**
 * Answers a request for a range of a preview. The status is 200 or 206, 404 without the preview,
 * and 405 for other methods. It is 416 for a range that is not there, and for several ranges at
 * once. The content never has a type that a browser executes.
 */
export function previewAnswer(
  contents: PreviewContents,
  { id, method, range, isImage }: PreviewRequest,
  signal: AbortSignal,
): PreviewAnswer {
  if (method !== 'GET' && method !== 'HEAD') return refuse(405)
  const preview = contents.find(id)
  if (preview === null) return refuse(404)
  const { size } = preview
  const wanted = rangeOf(range, size)
  if (wanted === null) return { ...refuse(416), headers: unsatisfied(size) }
  const { offset, length } = wanted
  return {
    status: range === null ? 200 : 206,
    headers: {
      ...CONTENT_HEADERS,
      'content-type': safeType(preview.type, isImage),
      'content-length': String(length),
      'content-disposition': dispositionOf(preview.name),
      ...(range !== null && { 'content-range': `bytes ${offset}-${offset + length - 1}/${size}` }),
    },
    body: method === 'HEAD' ? null : contents.read(id, offset, length, signal),
  }
}

const refuse = (status: number): PreviewAnswer => ({ status, headers: CONTENT_HEADERS, body: null })

const unsatisfied = (size: number): PreviewAnswer['headers'] => ({
  ...CONTENT_HEADERS,
  'content-range': `bytes */${size}`,
})

/**
 * Reads a Range header. Null: the range is not there, or the header asks for several ranges. Source
 * RFC 9110, section 14.1.2.
 */
export function rangeOf(
  header: string | null,
  size: number,
): { readonly offset: number; readonly length: number } | null {
  if (header === null) return { offset: 0, length: size }
  const [, first = '', last = ''] = /^bytes=(\d{0,16})-(\d{0,16})$/.exec(header) ?? []
  if (first === '' && last === '') return null
  const offset = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1)
  return offset < end ? { offset, length: end - offset } : null
}

/** Media types that a browser shows and never executes. */
const SHOWN: ReadonlySet<string> = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
  'image/bmp',
  'image/x-icon',
  'image/vnd.microsoft.icon',
])
const MEDIA = /^(?:audio|video)\/[\w.+-]+$/
/** Types of text that a browser would execute or render. */
const TEXT = /^text\/|[/+](?:xml|json|javascript|ecmascript|xhtml)$/

/** Returns the type under which content is served. SVG is a picture, or a text. */
export function safeType(type: string, isImage: boolean): string {
  if (SHOWN.has(type) || MEDIA.test(type)) return type
  if (type === 'image/svg+xml' && isImage) return type
  return TEXT.test(type) ? 'text/plain; charset=utf-8' : 'application/octet-stream'
}

/** A browser that opens the address by itself saves the content under the name of the object. */
function dispositionOf(name: string): string {
  const encoded = encodeURIComponent(Buffer.from(name).toString()).replace(
    /['()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename*=UTF-8''${encoded}`
}

/**
 * Reads an id out of the path `/preview/<id>`. Null for other paths.
 */
export function previewId(pathname: string): string | null {
  return /^\/preview\/([0-9a-f]{48})$/.exec(pathname)?.[1] ?? null
}
