import { regionOfEndpoint } from '../../../shared/contract/regions.ts'
import { regionNamed } from './regions.ts'

/**
 * The public endpoint of a region, by its id or any of its names; '' when the text is no region.
 */
export function endpointOf(region: string): string {
  const name = region.trim() === '' ? null : regionNamed(region)
  return name === null ? '' : `https://oss-${name}.aliyuncs.com`
}

/**
 * Bucket names as OSS takes them: 3 to 63 small letters, digits and hyphens, no hyphen at either
 * end.
 */
export const isBucketName = (name: string): boolean =>
  /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name)

/**
 * What an address says: `region` and `endpoint` '' where it does not, `bucket` null where it names
 * none.
 */
export interface Address {
  readonly region: string
  readonly endpoint: string
  readonly bucket: string | null
}

/**
 * Reads what the console and other tools show of a bucket: its domain with or without a scheme and
 * a key, or an `oss://` path. Null for every other text, an endpoint without a bucket among them.
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
