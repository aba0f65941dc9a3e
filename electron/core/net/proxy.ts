import { BlockList, isIP } from 'node:net'
import { Failure } from '../../../shared/contract/errors.ts'
import { isLoopback, type Target } from './target.ts'

/**
 * The settings that say which connections go through a proxy. They are plain data, for every
 * thread. The URLs may hold a password: they reach no log, no error and no argument of a program.
 */
export interface ProxySettings {
  /** URL of the proxy for https; '' for none. */
  readonly https: string
  /** URL of the proxy for http; '' for none. */
  readonly http: string
  /**
   * Hosts that are reached directly, as NO_PROXY lists them: names with their subdomains,
   * addresses, address ranges (CIDR). Each may have a port. `*` stands for all hosts.
   */
  readonly except: string
  /** Origins that are always reached directly: the app's own practice server. */
  readonly direct: readonly string[]
}

/** A proxy, ready to be asked. */
export interface ProxyServer {
  readonly kind: 'http' | 'https' | 'socks5'
  /** Name or address, IPv6 without brackets. */
  readonly host: string
  readonly port: number
  readonly login: { readonly user: string; readonly password: string } | null
}

/** Host and port, for errors. Never the login. */
export const proxyName = ({ host, port }: ProxyServer): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`

const KINDS: Readonly<Record<string, readonly [ProxyServer['kind'], number]>> = {
  'http:': ['http', 80],
  'https:': ['https', 443],
  'socks5:': ['socks5', 1080],
  'socks5h:': ['socks5', 1080],
}

/**
 * Returns the proxy for `target`; null if the target is reached directly.
 * Throws Failure 'proxy' for a setting that is not a proxy. The same holds for an http target
 * behind a proxy on another computer, because the request would travel without TLS.
 */
export function proxyFor(settings: ProxySettings, target: Target): ProxyServer | null {
  const url = target.secure ? settings.https : settings.http
  if (url.trim() === '' || isDirect(settings, target)) return null
  const proxy = readProxy(url, target.host)
  if (!target.secure && !isLoopback(proxy.host))
    throw new Failure({
      code: 'proxy',
      problem: 'insecure',
      proxy: proxyName(proxy),
      host: target.host,
      detail: '',
    })
  return proxy
}

/**
 * Reads a proxy as people write it; without a scheme it is an HTTP proxy.
 * Throws Failure 'proxy', which quotes nothing: a password could stand anywhere in the text.
 */
function readProxy(text: string, host: string): ProxyServer {
  const bad = new Failure({ code: 'proxy', problem: 'setting', proxy: '', host, detail: '' })
  const typed = text.trim()
  let url: URL
  try {
    // The parser knows default ports and names only of http: other schemes are read as one.
    const scheme = /^([a-z][a-z0-9+.-]*:)\/\//i.exec(typed)?.[1]?.toLowerCase()
    const [kind, port] = KINDS[scheme ?? 'http:'] ?? []
    if (kind === undefined || port === undefined) throw bad
    url = new URL(`http://${scheme === undefined ? typed : typed.slice(scheme.length + 2)}`)
    if (url.hostname === '' || url.pathname !== '/' || url.search !== '' || url.hash !== '')
      throw bad
    const [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)]
    // A login of SOCKS5 has one byte for each length.
    if (Buffer.byteLength(user) > 255 || Buffer.byteLength(password) > 255) throw bad
    const hasPort = /:\d+\/?$/.test(typed)
    return {
      kind,
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port !== '' ? Number(url.port) : hasPort ? 80 : port,
      login: user === '' && password === '' ? null : { user, password },
    }
  } catch {
    throw bad
  }
}

function isDirect({ except, direct }: ProxySettings, target: Target): boolean {
  const own = direct.some((origin) => {
    const url = new URL(origin)
    const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
    return url.hostname.replace(/^\[|\]$/g, '') === target.host && port === target.port
  })
  return own || except.split(/[\s,]+/).some((entry) => isExcepted(entry.toLowerCase(), target))
}

function isExcepted(entry: string, { host, port }: Target): boolean {
  if (entry === '') return false
  if (entry === '*') return true
  const [, name = '', range, itsPort] =
    /^(\[[^\]]*\]|[^/:]*(?::[^/:]*){2,}|[^/:]*)(?:\/(\d{1,3}))?(?::(\d{1,5}))?$/.exec(entry) ?? []
  if (itsPort !== undefined && Number(itsPort) !== port) return false
  const plain = name.replace(/^\[|\]$/g, '')
  const family = isIP(plain)
  if (family !== 0) return isInRange(plain, family, range, host)
  if (isIP(host) !== 0) return false
  const suffix = plain.replace(/^\*?\./, '').replace(/\.$/, '')
  const asked = host.toLowerCase().replace(/\.$/, '')
  return suffix !== '' && (asked === suffix || asked.endsWith(`.${suffix}`))
}

/** `range`: bits of the network; without it the addresses must be the same. */
function isInRange(
  address: string,
  family: number,
  range: string | undefined,
  host: string,
): boolean {
  if (isIP(host) !== family) return false
  const most = family === 4 ? 32 : 128
  const bits = range === undefined ? most : Number(range)
  if (bits > most) return false
  const type = family === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  list.addSubnet(address, bits, type)
  return list.check(host, type)
}
