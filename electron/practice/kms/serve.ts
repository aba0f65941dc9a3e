import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { struckBy } from '../faults.ts'
import type { Gate } from './authenticate.ts'
import { KmsError, kmsRefusal } from './errors.ts'
import type { KmsFaultAction, KmsFaults } from './faults.ts'
import type { KeyStore } from './key-store.ts'
import type { KmsEntry, KmsLog } from './log.ts'
import { OPERATIONS } from './operations.ts'
import { readRequest, type KmsRequest } from './request.ts'
import { doneReply, kmsErrorReply, sendKmsReply, type KmsReply } from './send.ts'

/** What the server is made of. */
export interface KmsParts {
  readonly gate: Gate
  readonly keys: KeyStore
  readonly faults: KmsFaults
  readonly log: KmsLog
  /** ms since 1970 */
  now(): number
}

/** Signed requests carry plaintext and context in their URL, so heads are long. */
const MAX_HEAD_BYTES = 128 * 1024

/** An HTTP server, not yet listening. */
export interface KmsHttp {
  readonly http: Server
  /** Stops listening, cuts all connections, and waits until nothing works on the keys any more. */
  close(): Promise<void>
}

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
  let faults: readonly KmsFaultAction[] = []
  let format: 'json' | 'xml' = 'json'
  let reply: KmsReply
  try {
    const read = await readRequest(request)
    format = formatOf(read)
    const action = read.headers.get('x-acs-action') ?? read.params.get('Action') ?? ''
    faults = parts.faults.strike({ action })
    note(entry, read, action, faults)
    await strikeBefore(faults, request, response)
    const done = perform(parts, read, entry, struckBy(faults, 'skew')?.ms ?? 0)
    reply = doneReply(action, done, requestId)
  } catch (cause) {
    if (request.socket.destroyed) return
    const error = cause instanceof KmsError ? cause : kmsRefusal('InternalFailure')
    entry.code = error.code
    reply = kmsErrorReply(error, requestId)
  }
  entry.status = struckBy(faults, 'lose-response') === undefined ? reply.status : 0
  sendKmsReply(response, reply, format, faults)
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

/** JSON or XML; signature V1 has XML where nothing is said, ACS3 JSON. */
function formatOf({ params, headers }: KmsRequest): 'json' | 'xml' {
  const asked = params.get('Format')?.toLowerCase()
  if (asked === undefined)
    return headers.has('authorization') || headers.get('accept')?.includes('json') === true
      ? 'json'
      : 'xml'
  return asked === 'xml' ? 'xml' : 'json'
}

function note(
  entry: KmsEntry,
  { method, params, headers }: KmsRequest,
  action: string,
  faults: readonly KmsFaultAction[],
): void {
  entry.method = method === 'GET' ? 'GET' : 'POST'
  entry.action = OPERATIONS.has(action) ? action : ''
  entry.signed = headers.has('authorization') ? 'acs3' : params.has('Signature') ? 'v1' : ''
  const context =
    params.get('EncryptionContext') ?? params.get('DestinationEncryptionContext') ?? ''
  entry.context = context !== '' && context !== '{}'
  entry.faults = faults.map(({ kind }) => kind)
}

/** Faults that strike before the request is looked at. */
async function strikeBefore(
  faults: readonly KmsFaultAction[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const delay = struckBy(faults, 'delay')
  if (delay !== undefined) {
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    await sleep(delay.ms, undefined, { signal: gone.signal })
  }
  if (struckBy(faults, 'reset-request') !== undefined) {
    request.socket.resetAndDestroy()
    throw new Error('reset by a fault')
  }
  const throttle = struckBy(faults, 'throttle')
  if (throttle !== undefined) throw kmsRefusal(throttle.code ?? 'Rejected.Throttling')
  const status = struckBy(faults, 'status')
  if (status !== undefined)
    throw new KmsError(status.status, status.code, status.message ?? 'A fault on cue.')
}
