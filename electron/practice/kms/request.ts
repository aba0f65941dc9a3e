import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { kmsRefusal } from './errors.ts'

/** A request with its whole body. */
export interface KmsRequest {
  readonly method: string
  /** The parameters of the query, in wire order. ACS3 signs them and the hash of the body. */
  readonly query: readonly (readonly [string, string])[]
  /** The parameters of query and form. The query's value wins for a name that is in both. */
  readonly params: ReadonlyMap<string, string>
  /** Lower-case names; commas join repeated headers. */
  readonly headers: ReadonlyMap<string, string>
  /** SHA-256 of the body, hex. */
  readonly bodySha256: string
}

/** Room for a plaintext of 8 KiB and a context of 8 KiB, both percent-encoded. */
const MAX_BODY_BYTES = 64 * 1024

/**
 * Reads the head and the body of a request.
 * Errors: UnsupportedHTTPMethod; InvalidAction.NotFound for a path other than `/`; InvalidParameter
 * for a body that is too long.
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

/** Returns a parameter. Errors: MissingParameter when it is absent or empty. */
export function needed(params: ReadonlyMap<string, string>, name: string): string {
  const value = params.get(name)
  if (!value) throw kmsRefusal('MissingParameter', name)
  return value
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  // A refusal in the middle of a body must not close the connection, which carries the answer.
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
