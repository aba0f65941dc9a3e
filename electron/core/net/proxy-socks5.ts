import { isIP } from 'node:net'
import type { ProxyProblem } from '../../../shared/contract/errors.ts'
import type { ProxyServer } from './proxy.ts'
import type { ProxyDialogue } from './proxy-dialogue.ts'
import type { Target } from './target.ts'

const VERSION = 5
const NO_LOGIN = 0
const WITH_PASSWORD = 2
const CONNECT = 1
const IPV4 = 1
const NAME = 3
const IPV6 = 4

/** Reply codes; any other one is a refusal. Source RFC 1928 section 6. */
const REPLIES: Readonly<Record<number, ProxyProblem>> = {
  1: 'no-way',
  3: 'no-way',
  4: 'no-way',
  5: 'no-way',
  6: 'no-way',
}

/**
 * Asks a SOCKS5 proxy for a tunnel to `target`. A target with a name is asked for by its name.
 * Throws Failure 'proxy'. Source RFC 1928, RFC 1929.
 */
export async function openSocks5(
  dialogue: ProxyDialogue,
  { login }: ProxyServer,
  { host, port }: Target,
): Promise<void> {
  const { write, read, failure } = dialogue
  const notSocks = () => failure('not-a-proxy', 'EPROTO')
  write(
    Uint8Array.from([VERSION, ...(login === null ? [1, NO_LOGIN] : [2, NO_LOGIN, WITH_PASSWORD])]),
  )
  // One byte at a time shows soonest that the server speaks another protocol.
  if ((await read(1))[0] !== VERSION) throw notSocks()
  const [method] = await read(1)
  if (method === WITH_PASSWORD && login !== null) await logIn(dialogue, login)
  else if (method !== NO_LOGIN) throw failure('login', method ?? '')

  write(Buffer.concat([Uint8Array.from([VERSION, CONNECT, 0]), addressOf(host), portOf(port)]))
  const [version, reply = 0, , kind = 0] = await read(4)
  if (version !== VERSION) throw notSocks()
  if (reply !== 0) throw failure(REPLIES[reply] ?? 'refused', reply)
  // Nothing here needs the address that the proxy connects from.
  if (kind !== IPV4 && kind !== IPV6 && kind !== NAME) throw notSocks()
  const bytes = kind === IPV4 ? 4 : kind === IPV6 ? 16 : ((await read(1))[0] ?? 0)
  await read(bytes + 2)
}

async function logIn(
  { write, read, failure }: ProxyDialogue,
  { user, password }: NonNullable<ProxyServer['login']>,
): Promise<void> {
  const [name, secret] = [Buffer.from(user), Buffer.from(password)]
  write(
    Buffer.concat([
      Uint8Array.from([1, name.length]),
      name,
      Uint8Array.from([secret.length]),
      secret,
    ]),
  )
  const [, status] = await read(2)
  if (status !== 0) throw failure('login', status ?? '')
}

function addressOf(host: string): Buffer {
  const family = isIP(host)
  if (family === 4) return Buffer.from([IPV4, ...host.split('.').map(Number)])
  if (family === 6) return Buffer.from([IPV6, ...bytesOfIpv6(host)])
  const name = Buffer.from(host)
  return Buffer.concat([Uint8Array.from([NAME, name.length]), name])
}

/** `address` as the URL parser writes it: lower-case, compressed, never with an IPv4 ending. */
function bytesOfIpv6(address: string): readonly number[] {
  const [before = '', after] = address.split('::')
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'))
  const [head, tail] = [groups(before), groups(after ?? '')]
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0')
  return [...head, ...zeros, ...tail].flatMap((group) => {
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 255]
  })
}

const portOf = (port: number): Uint8Array => Uint8Array.from([port >> 8, port & 255])
