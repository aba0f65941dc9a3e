import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Gate } from './authenticate.ts'
import { KmsError, kmsRefusal } from './errors.ts'
import { NO_KMS_INTERFERENCE, type KmsInterference } from './interference.ts'
import type { KeyStore } from './key-store.ts'
import type { KmsEntry, KmsLog } from './log.ts'
import { OPERATIONS } from './operations.ts'
import { readRequest, type KmsRequest } from './request.ts'
import { doneReply, kmsErrorReply, messageOf, send, type KmsReply } from './send.ts'

/** The parts of the server. */
export interface KmsParts {
  readonly gate: Gate
  readonly keys: KeyStore
  readonly log: KmsLog
  /** Called once for each request, with its action; '' when the request names none. */
  interfere(action: string): KmsInterference
  /** ms since 1970 */
  now(): number
}

/** The URL of a signed request can contain a plaintext and a context, so heads are long. */
const MAX_HEAD_BYTES = 128 * 1024

/** An HTTP server that does not listen yet. */
export interface KmsHttp {
  readonly http: Server
  /** Stops listening, cuts all connections, and resolves when no request is under way. */
  close(): Promise<void>
}

/** Creates the HTTP server of one KMS. */
export function kmsHttp(parts: KmsParts): KmsHttp {
  const working = new Set<Promise<void>>()
  const http = createServer(
    { maxHeaderSize: MAX_HEAD_BYTES, keepAliveTimeout: 65_000, noDelay: true },
    (request, response) => {
      response.on('error', () => {})
      const work = answer(parts, request, response)
        .catch(() => void response.destroy())
        .finally(() => working.delete(work))
      working.add(work)
    },
  )
  http.maxConnections = 128
  const close = async () => {
    const closed = new Promise<void>((resolve) => void http.close(() => resolve()))
    http.closeAllConnections()
    await Promise.all([closed, ...working])
  }
  return { http, close }
}

async function answer(
  parts: KmsParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requestId = randomUUID()
  const entry = parts.log.open(requestId)
  let interference = NO_KMS_INTERFERENCE
  let format: 'json' | 'xml' = 'json'
  let reply: KmsReply
  try {
    const read = await readRequest(request)
    format = formatOf(read)
    const action = read.headers.get('x-acs-action') ?? read.params.get('Action') ?? ''
    note(entry, read, action)
    interference = parts.interfere(action)
    await interference.before(request, response)
    const done = perform(parts, read, entry, interference.skewMs)
    reply = doneReply(action, done, requestId)
  } catch (cause) {
    if (request.socket.destroyed) return
    const error = cause instanceof KmsError ? cause : kmsRefusal('InternalFailure')
    entry.code = error.code
    reply = kmsErrorReply(error, requestId)
  }
  const sent = interference.answer(reply)
  entry.status = sent?.status ?? 0
  if (sent === null) response.socket?.resetAndDestroy()
  else send(response, interference.message(messageOf(sent, format)))
}

function perform(
  { gate, keys, now }: KmsParts,
  request: KmsRequest,
  entry: KmsEntry,
  skewMs: number,
) {
  const operation = OPERATIONS.get(gate.admit(request, now() + skewMs))
  if (operation === undefined) throw kmsRefusal('InvalidAction.NotFound')
  const { keyId, answer: done } = operation(keys, request.params)
  entry.keyId = keyId
  return done
}

/**
 * Returns the format of the answer. Without the parameter Format, requests with signature V1 get
 * XML and requests with ACS3 get JSON. An `Accept` header that contains `json` selects JSON too.
 */
function formatOf({ params, headers }: KmsRequest): 'json' | 'xml' {
  const asked = params.get('Format')?.toLowerCase()
  if (asked === undefined)
    return headers.has('authorization') || headers.get('accept')?.includes('json') === true
      ? 'json'
      : 'xml'
  return asked === 'xml' ? 'xml' : 'json'
}

function note(entry: KmsEntry, { method, params, headers }: KmsRequest, action: string): void {
  entry.method = method === 'GET' ? 'GET' : 'POST'
  entry.action = OPERATIONS.has(action) ? action : ''
  entry.signed = headers.has('authorization') ? 'acs3' : params.has('Signature') ? 'v1' : ''
  const context =
    params.get('EncryptionContext') ?? params.get('DestinationEncryptionContext') ?? ''
  entry.context = context !== '' && context !== '{}'
}
