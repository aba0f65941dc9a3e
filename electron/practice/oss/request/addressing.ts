import type { Place, QueryParam } from './exchange.ts'
import { refusal } from '../errors.ts'

/** Bucket, key and query of a request. */
export interface RequestAddress {
  /**
   * The ways to read bucket and key, the likeliest first. There are two when the Host names a
   * bucket. A client with an IP address as endpoint may send such a Host, and the bucket in the
   * path. The signature decides.
   */
  readonly readings: readonly [Place, ...Place[]]
  readonly params: readonly QueryParam[]
}

const VIRTUAL_HOST = /^([a-z0-9][a-z0-9-]*)\.oss-[a-z0-9-]+\.aliyuncs\.com$/

/**
 * Reads the request target (`/bucket/key?query`) under a Host header.
 * Errors: BadRequest for text that does not decode.
 */
export function readTarget(url: string, host: string): RequestAddress {
  const target = url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?]*/i, '') || '/'
  const mark = target.indexOf('?')
  const path = mark < 0 ? target : target.slice(0, mark)
  const params = mark < 0 ? [] : readQuery(target.slice(mark + 1))
  const whole = decode(path).slice(1)
  const bucket = VIRTUAL_HOST.exec(host.replace(/:\d+$/, '').toLowerCase())?.[1]
  const byPath = readPath(whole)
  return bucket === undefined
    ? { readings: [byPath], params }
    : { readings: [{ bucket, key: whole }, byPath], params }
}

function readPath(path: string): Place {
  const slash = path.indexOf('/')
  return slash < 0
    ? { bucket: path, key: '' }
    : { bucket: path.slice(0, slash), key: path.slice(slash + 1) }
}

/** Reads parameters in wire order. `+` is a blank, as several clients write it. */
function readQuery(text: string): readonly QueryParam[] {
  return text
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=')
      const bare = equals < 0
      const decoded = (part: string) => decode(part.replaceAll('+', ' '))
      return {
        name: decoded(bare ? pair : pair.slice(0, equals)),
        value: bare ? '' : decoded(pair.slice(equals + 1)),
        bare,
      }
    })
}

/** Decodes percent-encoded UTF-8. Errors: BadRequest for any other text. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw refusal('BadRequest', {
      message: 'The URI does not decode to UTF-8 text.',
      ec: '0017-00000102',
    })
  }
}

/** Errors: InvalidObjectName. Source: OSS's rules for object names. */
export function checkKey(key: string): void {
  const bytes = Buffer.byteLength(key)
  if (bytes < 1 || bytes > 1023)
    throw refusal('InvalidObjectName', {
      message: 'The length of the object name must be 1 to 1023 bytes.',
    })
  if (key.startsWith('/') || key.startsWith('\\')) throw refusal('InvalidObjectName')
}

/** Errors: InvalidBucketName. Source: OSS's rules for bucket names. */
export function checkBucketName(name: string): void {
  if (!/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name))
    throw refusal('InvalidBucketName', { extra: { BucketName: name } })
}
