import { fail, ok, Failure, type Result } from '../../../shared/contract/errors.ts'
import { isBucketName } from '../../../shared/contract/bucket-names.ts'
import { plainRegion, regionOfEndpoint } from '../../../shared/contract/regions.ts'
import { readOrigin } from '../net/origin.ts'
import { encodeKey } from './sign-v4.ts'

/** The address of an account. */
export interface Endpoint {
  /** Scheme and authority: `https://oss-cn-hangzhou.aliyuncs.com`. */
  readonly origin: string
  /** For signing: `cn-hangzhou`. */
  readonly region: string
  /** 'path' puts the bucket into the path (addresses, localhost), 'host' before the host name. */
  readonly style: 'path' | 'host'
}

const REGION = /^[a-z][a-z0-9-]*$/
const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:.]+\])$/

/**
 * Reads an endpoint as people write it. The scheme (https) and the slash at the end may be left
 * out. With `region` '', the region is that of the host name:
 * `oss-cn-hangzhou-internal.aliyuncs.com` is in cn-hangzhou.
 * Errors: 'bad-endpoint' for other texts, for one with a bucket or a path, and for one without a
 * region; 'insecure-endpoint' for http to another computer.
 */
export function readEndpoint(typed: string, region: string): Result<Endpoint> {
  const read = readOrigin(typed)
  if (!read.ok) return read
  // A name that ends in a dot is the same name; certificates leave the dot out.
  const hostname = read.value.hostname.replace(/\.$/, '')
  const origin = read.value.origin.replace(/\.(?=(:\d+)?$)/, '')
  const bad = fail({ code: 'bad-endpoint', endpoint: typed } as const)
  // An endpoint that begins with a bucket would be asked for every bucket below that one.
  if (/^[^.]+\.(oss-[a-z0-9-]+|[a-z0-9-]+\.oss)\.aliyuncs\.com$/.test(hostname)) return bad
  const named = region.trim() === '' ? regionOfEndpoint(hostname) : plainRegion(region.trim())
  if (named === null) return fail({ code: 'bad-endpoint', endpoint: typed, problem: 'no-region' })
  if (!REGION.test(named)) return bad
  return ok({
    origin,
    region: named,
    style: ADDRESS.test(hostname) || hostname === 'localhost' ? 'path' : 'host',
  })
}

/**
 * Returns the URL of an account (`bucket` null), a bucket or an object, without a query.
 * Errors: Failure 'not-found' for a name that no server can have.
 */
export function urlOf(endpoint: Endpoint, bucket: string | null, key: string | null): string {
  if (bucket === null) return `${endpoint.origin}/`
  // This check also keeps other texts out of the host part of the URL.
  if (!isBucketName(bucket)) throw new Failure({ code: 'not-found', what: 'bucket', name: bucket })
  const path = key === null ? '' : encodedKey(key)
  if (endpoint.style === 'path') return `${endpoint.origin}/${bucket}/${path}`
  return `${endpoint.origin.replace('://', `://${bucket}.`)}/${path}`
}

function encodedKey(key: string): string {
  try {
    return encodeKey(key)
  } catch {
    // Half a surrogate pair has no UTF-8.
    throw new Failure({ code: 'not-found', what: 'object', name: key })
  }
}
