import { connect as netConnect, isIP, type Socket } from 'node:net'
import { connect as tlsConnect } from 'node:tls'
import { Failure } from '../../../shared/contract/errors.ts'
import type { ProxyProblem } from '../../../shared/contract/errors.ts'
import { onAbort } from '../base/on-abort.ts'
import type { ProxyServer } from './proxy.ts'
import { openDialogue, type ProxyDialogue } from './proxy-dialogue.ts'
import { openSocks5 } from './proxy-socks5.ts'
import type { Target } from './target.ts'

/**
 * Opens a tunnel through `proxy` to `target`, for bytes of any kind. TLS with the target starts
 * afterwards, so the proxy cannot read what TLS protects. An https proxy is itself reached over
 * TLS. The proxy resolves the name of the target.
 * `idleMs`: silence of the proxy after which it is given up.
 * Throws Failure 'proxy', 'cancelled'. Source RFC 9110 section 9.3.6.
 */
export async function openTunnel(
  proxy: ProxyServer,
  target: Target,
  { idleMs, signal }: { readonly idleMs: number; readonly signal: AbortSignal },
): Promise<Socket> {
  const to = { host: proxy.host, port: proxy.port, noDelay: true }
  const servername = isIP(proxy.host) === 0 ? proxy.host : ''
  const secure = proxy.kind === 'https'
  const socket: Socket = secure ? tlsConnect({ ...to, servername }) : netConnect(to)
  const off = onAbort(signal, () => socket.destroy(new Failure({ code: 'cancelled' })))
  const { dialogue, release } = openDialogue(socket, proxy, target)
  socket.setTimeout(idleMs, () => socket.destroy(dialogue.failure('unreachable', 'ETIMEDOUT')))
  try {
    if (proxy.kind === 'socks5') await openSocks5(dialogue, proxy, target)
    else await connectHttp(dialogue, proxy, target)
    release()
    socket.setTimeout(0)
    socket.removeAllListeners('timeout')
    return socket
  } catch (cause) {
    socket.destroy()
    throw cause
  } finally {
    off()
  }
}

async function connectHttp(
  dialogue: ProxyDialogue,
  { login }: ProxyServer,
  { host, port }: Target,
): Promise<void> {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`
  const basic =
    login === null ? '' : Buffer.from(`${login.user}:${login.password}`).toString('base64')
  dialogue.write(
    `CONNECT ${authority} HTTP/1.1\r\nhost: ${authority}\r\n${
      basic === '' ? '' : `proxy-authorization: Basic ${basic}\r\n`
    }\r\n`,
  )
  // A success has no body, whatever its headers say; a refusal ends the connection anyway.
  const head = await dialogue.readUntil('\r\n\r\n')
  const status = Number(/^HTTP\/1\.[01] (\d{3})(?: |\r|$)/.exec(head)?.[1] ?? 0)
  if (status >= 200 && status < 300) return
  throw dialogue.failure(problemOf(status), status === 0 ? 'EPROTO' : status)
}

function problemOf(status: number): ProxyProblem {
  // Some proxies answer a wrong password with 401.
  if (status === 407 || status === 401) return 'login'
  if (status >= 500) return 'no-way'
  return status >= 300 ? 'refused' : 'not-a-proxy'
}
