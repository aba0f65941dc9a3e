import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Settings } from '../../shared/contract/models-settings.ts'
import { servePort, type Served } from '../../shared/contract/routes/serve.ts'
import type { PathGrants } from '../core/app/core.ts'
import { GUARD_HEADERS } from '../host/page-files.ts'
import { decide, type Caller } from './guard.ts'
import { fileAnswer, htmlAnswer, wordsAnswer } from './page-answer.ts'
import { socketPort } from './socket-port.ts'
import { spoolAnswer } from './spool-answer.ts'
import { openSpool } from './spool.ts'
import { enterPage } from './words.ts'

export interface LoopbackOptions {
  readonly core: Served & { readonly grants: PathGrants }
  /** Folder of the built page. */
  readonly page: string
  /**
   * Private folder for dropped files; emptied now and at the end, but for what transfers still
   * need.
   */
  readonly spool: string
  /** 0: any free port. */
  readonly port: number
}

export interface Loopback {
  readonly port: number
  /** A fresh link that opens the app once. Earlier links end. */
  link(): string
  close(): Promise<void>
}

/** Largest message a page may send: the names of a million objects fit. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024
/** A dropped file may take hours; a silent connection may not. */
const SILENT_MS = 5 * 60_000
/** The head of a request is here by then: anybody on this computer may connect, and say nothing. */
const HEAD_MS = 20_000
const LOOK_MS = 5000
/**
 * Connections that did not show the session yet. Beyond it the oldest goes: a page of ours shows it
 * with its first request.
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
  // Cookies know no ports: two of us on one computer must not overwrite each other's.
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
    // Whoever is refused has nothing more to say, whatever he goes on sending.
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
      case 'page':
        return fileAnswer(page, door.host, url.pathname, await chosen(), request, response)
    }
  }

  server.setTimeout(SILENT_MS)
  server.on('request', (request, response) => {
    answer(request, response).catch((cause: unknown) => {
      // A browser that went away is no news; a bug goes to the log, and its text no further.
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
      // Such as a message beyond the limit; the close that follows ends the port.
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
 * Keeps the connections of anybody few, so that file handles are left for the app: each one more
 * ends the oldest.
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

/** Listens on this computer only, and answers with the port. */
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
 * The request's target; one that is no path (`*`, another host's URL) becomes a page that does not
 * exist.
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
