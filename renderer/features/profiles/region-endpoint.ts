import { regionOfEndpoint } from '../../../shared/contract/regions.ts'
import { regionNamed } from './regions.ts'

/** Returns the public endpoint of a region by its id or name; '' if the text is no region. */
export function endpointOf(region: string): string {
  const name = region.trim() === '' ? null : regionNamed(region)
  return name === null ? '' : `https://oss-${name}.aliyuncs.com`
}

/**
 * Bucket names of OSS: 3 to 63 small letters, digits and hyphens, without a hyphen at either end.
 */
export const isBucketName = (name: string): boolean =>
  /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name)

/**
 * The parts of an address: `region` and `endpoint` are '' if missing, `bucket` is null if it has
 * none.
 */
export interface Address {
  readonly region: string
  readonly endpoint: string
  readonly bucket: string | null
}

/**
 * Reads an address of a bucket as the console and other tools show it. The address is a domain with
 * or without a scheme and a key, or an `oss://` path. Null for every other text, and for an
 * endpoint without a bucket.
 */
export function addressIn(text: string): Address | null {
  const path = /^oss:\/\/([^/\s]+)(?:\/.*)?$/i.exec(text.trim())?.[1]
  if (path !== undefined)
    return isBucketName(path) ? { region: '', endpoint: '', bucket: path } : null
  const [, bucket, host] =
    /^(?:https?:\/\/)?([a-z0-9][a-z0-9-]*)\.(oss-[a-z0-9-]+\.aliyuncs\.com)(?::\d+)?(?:\/.*)?$/i.exec(
      text.trim(),
    ) ?? []
  if (bucket === undefined || host === undefined || !isBucketName(bucket.toLowerCase())) return null
  const endpoint = `https://${host.toLowerCase()}`
  const region = regionOfEndpoint(endpoint) ?? ''
  return {
    region,
    endpoint: endpoint === endpointOf(region) ? '' : endpoint,
    bucket: bucket.toLowerCase(),
  }
}
