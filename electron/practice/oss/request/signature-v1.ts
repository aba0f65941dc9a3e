import { createHmac } from 'node:crypto'
import { binary } from './binary.ts'
import type { HeaderMap, Place, QueryParam } from './exchange.ts'

/** Parameters that are signed. Source: OSS's documentation of signatures in the header (V1). */
const SUBRESOURCES: ReadonlySet<string> = new Set([
  'accelerate',
  'acl',
  'append',
  'asyncFetch',
  'bucketInfo',
  'callback',
  'callback-var',
  'cname',
  'comp',
  'continuation-token',
  'cors',
  'delete',
  'encryption',
  'endTime',
  'group',
  'img',
  'inventory',
  'inventoryId',
  'lifecycle',
  'link',
  'live',
  'location',
  'logging',
  'metaQuery',
  'objectInfo',
  'objectMeta',
  'partNumber',
  'policy',
  'position',
  'qos',
  'qosInfo',
  'referer',
  'regionList',
  'replication',
  'replicationLocation',
  'replicationProgress',
  'requestPayment',
  'response-cache-control',
  'response-content-disposition',
  'response-content-encoding',
  'response-content-language',
  'response-content-type',
  'response-expires',
  'restore',
  'security-token',
  'sequential',
  'startTime',
  'stat',
  'status',
  'style',
  'styleName',
  'symlink',
  'tagging',
  'transferAcceleration',
  'udf',
  'udfApplication',
  'udfApplicationLog',
  'udfImage',
  'udfImageDesc',
  'udfName',
  'uploadId',
  'uploads',
  'versionId',
  'versioning',
  'versions',
  'vod',
  'website',
  'worm',
  'wormExtend',
  'wormId',
  'x-oss-ac-forward-allow',
  'x-oss-ac-source-ip',
  'x-oss-ac-subnet-mask',
  'x-oss-ac-vpc-id',
  'x-oss-enable-md5',
  'x-oss-enable-sha1',
  'x-oss-enable-sha256',
  'x-oss-hash-ctx',
  'x-oss-md5-ctx',
  'x-oss-process',
  'x-oss-request-payer',
  'x-oss-traffic-limit',
])

/**
 * Returns the text that signature V1 covers, one byte a character. `date`: the x-oss-date or Date
 * header, or the expiry of a signed URL.
 */
export function stringToSignV1(
  method: string,
  place: Place,
  params: readonly QueryParam[],
  headers: HeaderMap,
  date: string,
): string {
  const oss = [...headers]
    .filter(([name]) => name.startsWith('x-oss-'))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}:${value.trim()}\n`)
  const resource = place.bucket === '' ? '/' : `/${place.bucket}/${binary(place.key)}`
  const signed = params
    .filter(({ name }) => SUBRESOURCES.has(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, value }) => (value === '' ? name : `${name}=${binary(value)}`))
  const query = signed.length === 0 ? '' : `?${signed.join('&')}`
  return [
    method,
    headers.get('content-md5') ?? '',
    headers.get('content-type') ?? '',
    date,
    `${oss.join('')}${resource}${query}`,
  ].join('\n')
}

export function signV1(secret: string, stringToSign: string): string {
  return createHmac('sha1', secret).update(Buffer.from(stringToSign, 'latin1')).digest('base64')
}
