import { isBucketName } from '../../../shared/contract/bucket-names.ts'
import { regionOfEndpoint } from '../../../shared/contract/regions.ts'
import { regionNamed } from './regions.ts'

/** Returns the public endpoint of a region by its id or name; '' if the text is no region. */
export function endpointOfRegion(region: string): string {
  const name = region.trim() === '' ? null : regionNamed(region)
  return name === null ? '' : `https://oss-${name}.aliyuncs.com`
}

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
    endpoint: endpoint === endpointOfRegion(region) ? '' : endpoint,
    bucket: bucket.toLowerCase(),
  }
}
