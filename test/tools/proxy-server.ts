import { connect, createServer, isIP, type AddressInfo, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

/** The behaviour of a proxy that a test starts. */
export interface ProxyServerOptions {
  /** Default 'http': CONNECT. */
  readonly kind?: 'http' | 'socks5'
  /** Key and certificate: the proxy itself is then spoken to over TLS. */
  readonly tls?: { readonly key: string; readonly cert: string }
  /** Default: everybody may. */
  readonly login?: { readonly user: string; readonly password: string }
  /** HTTP status, or SOCKS5 reply code, in place of every connection. */
  readonly refuse?: number
  /** Where connections to this host really go. Default: where they say. */
  readonly hosts?: Readonly<Record<string, string>>
}

/** A small HTTP CONNECT or SOCKS5 proxy on 127.0.0.1. */
export interface ProxyServer extends AsyncDisposable {
  readonly port: number
  /** `host:port` of every connection that was asked for, refused ones too. */
  readonly asked: readonly string[]
  /** Connections to the proxy, whatever was said on them. */
  connections(): number
  /** Bytes that the proxy passed on to targets. */
  passed(): Buffer
}

type Reader = (count: number) => Promise<Buffer>

/** Starts a proxy. Source RFC 9110 section 9.3.6; RFC 1928, RFC 1929. */
export async function startProxyServer(options: ProxyServerOptions = {}): Promise<ProxyServer> {
  const sockets = new Set<Socket>()
  const asked: string[] = []
  const passed: Buffer[] = []
  let connections = 0

  const keep = (socket: Socket): Socket => {
    sockets.add(socket)
    return socket
      .on('error', () => undefined)
      .on('close', () => {
        sockets.delete(socket)
      })
  }
  /** Connects to the target; `reached` says so to the client before the first byte passes. */
  const tunnel = (client: Socket, host: string, port: number, reached: (ok: boolean) => void) => {
    const target = keep(connect(port, options.hosts?.[host] ?? host))
    target.once('connect', () => {
      reached(true)
      client.on('data', (bytes: Buffer) => void passed.push(Buffer.from(bytes)))
      client.pipe(target).pipe(client)
    })
    target.on('error', () => (target.connecting || target.pending ? reached(false) : undefined))
    target.on('close', () => client.destroy())
    client.on('close', () => target.destroy())
  }
  const serve = (client: Socket): void => {
    connections += 1
    keep(client)
    const read = readerOf(client)
    const answer = options.kind === 'socks5' ? answerSocks : answerConnect
    void answer(client, read, options, asked, tunnel).catch(() => client.destroy())
  }
  const server =
    options.tls === undefined ? createServer(serve) : createTlsServer(options.tls, serve)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    connections: () => connections,
    passed: () => Buffer.concat(passed),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((done) => server.close(done))
    },
  }
}

/** Reads exact counts of bytes, and leaves the rest in the socket. */
function readerOf(socket: Socket): Reader {
  const ended = new Promise<never>((_, reject) =>
    socket.once('close', () => reject(new Error('the client left'))),
  )
  ended.catch(() => undefined)
  return async (count) => {
    for (;;) {
      const bytes = socket.read(count) as Buffer | null
      if (bytes !== null) return bytes
      await Promise.race([new Promise((done) => socket.once('readable', done)), ended])
    }
  }
}

type Answer = (
  client: Socket,
  read: Reader,
  options: ProxyServerOptions,
  asked: string[],
  tunnel: (client: Socket, host: string, port: number, reached: (ok: boolean) => void) => void,
) => Promise<void>

const answerConnect: Answer = async (client, read, { login, refuse }, asked, tunnel) => {
  let head = ''
  while (!head.endsWith('\r\n\r\n')) head += (await read(1)).toString('latin1')
  const say = (status: number, more = ''): boolean =>
    client.write(`HTTP/1.1 ${status} x\r\n${more}content-length: 0\r\n\r\n`)
  const [, host = '', port = ''] =
    /^CONNECT \[?([^\s\]]+?)\]?:(\d+) HTTP\/1\.1\r\n/.exec(head) ?? []
  if (host === '') return void say(405)
  asked.push(`${host}:${port}`)
  const basic = Buffer.from(`${login?.user}:${login?.password}`).toString('base64')
  const [, said] = /\r\nproxy-authorization: Basic (\S+)\r\n/i.exec(head) ?? []
  if (login !== undefined && said !== basic)
    return void say(407, 'proxy-authenticate: Basic realm="test"\r\n')
  if (refuse !== undefined) return void say(refuse)
  tunnel(client, host, Number(port), (ok) =>
    ok ? client.write('HTTP/1.1 200 Connection established\r\n\r\n') : say(502),
  )
}

const answerSocks: Answer = async (client, read, { login, refuse }, asked, tunnel) => {
  const say = (...bytes: readonly number[]): boolean => client.write(Uint8Array.from(bytes))
  const [version, count = 0] = await read(2)
  if (version !== 5) return void client.destroy()
  const method = login === undefined ? 0 : 2
  if (!(await read(count)).includes(method)) return void say(5, 255)
  say(5, method)
  if (login !== undefined) {
    const user = (await read((await read(2))[1] ?? 0)).toString()
    const password = (await read((await read(1))[0] ?? 0)).toString()
    const isRight = user === login.user && password === login.password
    say(1, isRight ? 0 : 1)
    if (!isRight) return
  }
  const [, command, , kind] = await read(4)
  const bytes = await read(kind === 1 ? 4 : kind === 4 ? 16 : ((await read(1))[0] ?? 0))
  const host =
    kind === 1
      ? bytes.join('.')
      : kind === 4
        ? (bytes.toString('hex').match(/.{4}/g) ?? []).join(':')
        : bytes.toString()
  const port = (await read(2)).readUInt16BE()
  // A name that is an address would be a client's mistake.
  asked.push(kind === 3 && isIP(host) !== 0 ? `name ${host}:${port}` : `${host}:${port}`)
  const reply = (code: number): boolean => say(5, code, 0, 1, 0, 0, 0, 0, 0, 0)
  if (refuse !== undefined || command !== 1) return void reply(refuse ?? 7)
  tunnel(client, host, port, (ok) => reply(ok ? 0 : 5))
}
