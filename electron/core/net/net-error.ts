import { Failure } from '../../../shared/contract/errors.ts'

/**
 * Node's own codes that mean "the connection", beside the system's. Source: Node 20 and OpenSSL 3
 * error tables.
 */
const NODE_NETWORK_CODE =
  /^(HPE_|ERR_SSL|ERR_TLS|ERR_HTTP|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH|EPROTO)/

const SYSTEM_NETWORK_CODES: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ENETRESET',
  'EADDRNOTAVAIL',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EAI_NODATA',
  'EAI_NONAME',
  'ERR_STREAM_PREMATURE_CLOSE',
])

/**
 * Turns an error of a connection into a {@link Failure}: 'cancelled' for an abort, 'unreachable'
 * with the system's code for an error of the network. Any other error (a full disk behind a
 * pipeline, a bug) is returned unchanged.
 */
export function networkFailure(cause: unknown, host: string): unknown {
  if (cause instanceof Failure || !(cause instanceof Error)) return cause
  if (cause.name === 'AbortError') return new Failure({ code: 'cancelled' })
  const code = (cause as NodeJS.ErrnoException).code ?? ''
  if (!SYSTEM_NETWORK_CODES.has(code) && !NODE_NETWORK_CODE.test(code)) return cause
  return new Failure({
    code: 'unreachable',
    host,
    reason: code === 'ERR_STREAM_PREMATURE_CLOSE' ? 'ECONNRESET' : code,
  })
}
