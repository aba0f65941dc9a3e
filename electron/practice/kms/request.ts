import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { kmsRefusal } from './errors.ts'

/** A request that was read whole. */
export interface KmsRequest {
  readonly method: string
  /** Of the query alone, as it was sent; ACS3 signs these and the hash of the body. */
  readonly query: readonly (readonly [string, string])[]
  /** Of query and form together; a name that is in both has the value of the query. */
  readonly params: ReadonlyMap<string, string>
  /** Lower-case names; repeated headers are joined by commas. */
  readonly headers: ReadonlyMap<string, string>
  /** SHA-256 of the body, hex. */
  readonly bodySha256: string
}

/** A plaintext of 8 KiB and a context of 8 KiB, percent-encoded, and some air. */
const MAX_BODY_BYTES = 64 * 1024

/**
 * Reads head and body. Errors: UnsupportedHTTPMethod, InvalidAction.NotFound for a path,
 * InvalidParameter for a body that is too long.
 */
export async function readRequest(request: IncomingMessage): Promise<KmsRequest> {
  const method = request.method ?? 'GET'
  const headers = headerMap(request)
  const [path, search = ''] = (request.url ?? '/').split(/\?(.*)/s)
  const query = [...new URLSearchParams(search)]
  const body = await readBody(request)
  if (method !== 'GET' && method !== 'POST') throw kmsRefusal('UnsupportedHTTPMethod')
  if (path !== '/') throw kmsRefusal('InvalidAction.NotFound')
  const isForm =
    headers.get('content-type')?.toLowerCase().startsWith('application/x-www-form-urlencoded') ===
    true
  const form = isForm ? [...new URLSearchParams(body.toString('utf8'))] : []
  return {
    method,
    query,
    params: new Map([...form, ...query]),
    headers,
    bodySha256: createHash('sha256').update(body).digest('hex'),
  }
}

/** A parameter that must be there and must not be empty. */
export function needed(params: ReadonlyMap<string, string>, name: string): string {
  const value = params.get(name)
  if (!value) throw kmsRefusal('MissingParameter', name)
  return value
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  // The refusal goes out over the connection that carries the body.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MAX_BODY_BYTES) throw kmsRefusal('InvalidParameter', 'body')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function headerMap(request: IncomingMessage): ReadonlyMap<string, string> {
  const headers = new Map<string, string>()
  for (const [name, values] of Object.entries(request.headersDistinct))
    headers.set(name, (values ?? []).join(','))
  return headers
}
