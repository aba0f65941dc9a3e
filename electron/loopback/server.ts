import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Settings } from '../../shared/contract/models-settings.ts'
import { servePort, type ServedCore } from '../../shared/contract/routes/serve.ts'
import type { Core } from '../core/app/core.ts'
import { GUARD_HEADERS } from '../host/page-files.ts'
import { decide, type Caller } from './guard.ts'
import { fileAnswer, htmlAnswer, wordsAnswer } from './page-answer.ts'
import { sendPreview } from './send-preview.ts'
import { socketPort } from './socket-port.ts'
import { spoolAnswer } from './spool-answer.ts'
import { openSpool } from './spool.ts'
import { enterPage } from './words.ts'

export interface LoopbackOptions {
  readonly core: ServedCore & Pick<Core, 'grants' | 'previews'>
  /** The folder of the built page. */
  readonly page: string
  /**
   * The private folder for dropped files. It is emptied at the start and at the end, except for
   * files that transfers still need.
   */
  readonly spool: string
  /** The port. 0 takes any free port. */
  readonly port: number
}

export interface Loopback {
  readonly port: number
  /** Makes a new link that opens the app once. Earlier links stop working. */
  link(): string
  close(): Promise<void>
}

/** The largest message of a page in bytes. The names of a million objects fit. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024
/** The longest silence of a connection in ms. A dropped file may take hours. */
const SILENT_MS = 5 * 60_000
/**
 * The longest time in ms for the head of a request. Anybody on this computer may connect and stay
 * silent.
 */
const HEAD_MS = 20_000
const LOOK_MS = 5000
/**
 * The most connections that have not shown the session. One more closes the oldest. A page of ours
 * shows the session with its first request.
 */
const MOST_STRANGERS = 128

/** Serves the core to browsers of this computer. */
export async function openLoopback({
  core,
  page,
  spool: spoolFolder,
  port,
}: LoopbackOptions): Promise<Loopback> {
  const server = createServer({
    requestTimeout: 0,
    headersTimeout: HEAD_MS,
    connectionsCheckingInterval: LOOK_MS,
  })
  const strangers = boundStrangers(server)
  const bound = await listen(server, port)
  const spool = await openSpool(spoolFolder, core.grants)
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
  })
  // Cookies do not know ports. Two servers of ours on one computer must not overwrite each other's
  // cookie.
  const door = {
    host: `127.0.0.1:${bound}`,
    cookieName: `cipherbucket-${bound}`,
    session: secret(),
  }
  let token: string | null = null

  const chosen = async (): Promise<Settings['language']> => {
    const settings = await core.handlers['settings.get']({}, new AbortController().signal)
    return settings.ok ? settings.value.language : 'system'
  }
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = targetOf(request)
    const decision = decide(callerOf(request, url, false), { ...door, token })
    // The rest of a refused connection is not read.
    if (decision.act === 'refuse') response.shouldKeepAlive = false
    else strangers.delete(request.socket)
    switch (decision.act) {
      case 'refuse':
        return wordsAnswer(decision.status, decision.reason, await chosen(), request, response)
      case 'enter':
        token = null
        response.setHeader(
          'set-cookie',
          `${door.cookieName}=${door.session}; HttpOnly; SameSite=Strict; Path=/`,
        )
        if (decision.viaPage) return htmlAnswer(200, enterPage(), request, response)
        response
          .writeHead(303, { ...GUARD_HEADERS, location: '/', 'cache-control': 'no-store' })
          .end()
        return
      case 'call':
        return spoolAnswer(spool, url, request, response)
      case 'preview':
        return sendPreview(core.previews, decision.id, request, response)
      case 'page':
        return fileAnswer(page, door.host, url.pathname, await chosen(), request, response)
    }
  }

  server.setTimeout(SILENT_MS)
  server.on('request', (request, response) => {
    answer(request, response).catch((cause: unknown) => {
      // A browser that went away is not an error. A bug goes to the log without its text.
      if (!request.destroyed && !response.destroyed) core.masked(cause)
      response.destroy()
    })
  })
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy())
    const url = targetOf(request)
    if (
      url.pathname !== '/port' ||
      decide(callerOf(request, url, true), { ...door, token }).act !== 'call'
    ) {
      stream.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n', () =>
        stream.destroy(),
      )
      return
    }
    strangers.delete(request.socket)
    sockets.handleUpgrade(request, stream, head, (socket) => {
      // For example, a message beyond the limit. The close event that follows ends the port.
      socket.on('error', () => socket.terminate())
      servePort(socketPort(socket), core)
    })
  })

  return {
    port: bound,
    link() {
      token = secret()
      return `http://${door.host}/?token=${token}`
    },
    async close() {
      for (const socket of sockets.clients) socket.terminate()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
      await spool.close()
    },
  }
}

/**
 * Limits the connections that have not shown the session, so that the app keeps enough file
 * handles. One more closes the oldest.
 */
function boundStrangers(server: Server): Set<Socket> {
  const strangers = new Set<Socket>()
  server.on('connection', (socket) => {
    strangers.add(socket)
    socket.once('close', () => strangers.delete(socket))
    const [oldest] = strangers
    if (strangers.size > MOST_STRANGERS) oldest?.destroy()
  })
  return strangers
}

const secret = (): string => randomBytes(32).toString('base64url')

/** Listens on this computer only. Resolves with the port. */
function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

/**
 * Returns the request's URL. A target that is not a path (`*`, another host's URL) becomes a page
 * that does not exist.
 */
function targetOf({ url = '' }: IncomingMessage): URL {
  const path = url.startsWith('/') && !url.startsWith('//') ? url : '/none'
  return URL.canParse(path, 'http://127.0.0.1')
    ? new URL(path, 'http://127.0.0.1')
    : new URL('http://127.0.0.1/none')
}

function callerOf(request: IncomingMessage, url: URL, upgrade: boolean): Caller {
  const site = request.headers['sec-fetch-site']
  return {
    method: request.method ?? '',
    pathname: url.pathname,
    host: request.headers.host ?? null,
    origin: request.headers.origin ?? null,
    site: typeof site === 'string' ? site : null,
    cookie: request.headers.cookie ?? null,
    token: url.searchParams.get('token'),
    upgrade,
  }
}
