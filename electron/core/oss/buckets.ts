import type { Bucket } from '../../../shared/contract/models.ts'
import { isoTime, xmlOf } from './answers.ts'
import type { Oss } from './client.ts'
import { plainRegion } from '../../../shared/contract/regions.ts'
import { all, textAt } from './oss-xml.ts'

const PAGE = '1000'

/** Every bucket of the account, in the order OSS gives them (by name). */
export async function listBuckets(oss: Oss, signal: AbortSignal): Promise<readonly Bucket[]> {
  const asked = { action: 'oss:ListBuckets', bucket: null, key: null }
  const buckets: Bucket[] = []
  let marker = ''
  do {
    const query = { 'max-keys': PAGE, ...(marker === '' ? {} : { marker }) }
    const xml = xmlOf(await oss.call({ ...asked, method: 'GET', query }, signal), 'ListAllMyBucketsResult', asked)
    for (const list of all(xml, 'Buckets')) {
      for (const bucket of all(list, 'Bucket')) {
        const region = textAt(bucket, 'Region') || plainRegion(textAt(bucket, 'Location'))
        buckets.push({ name: textAt(bucket, 'Name'), region, created: isoTime(textAt(bucket, 'CreationDate')) })
      }
    }
    const next = textAt(xml, 'IsTruncated') === 'true' ? textAt(xml, 'NextMarker') : ''
    // A server that names the same marker again would be asked for ever.
    marker = next === marker ? '' : next
  } while (marker !== '')
  return buckets
}

/** Region of a bucket, such as cn-hangzhou. */
export async function bucketRegion(oss: Oss, bucket: string, signal: AbortSignal): Promise<string> {
  const asked = { action: 'oss:GetBucketLocation', bucket, key: null }
  const answer = await oss.call({ ...asked, method: 'GET', query: { location: '' } }, signal)
  return plainRegion((xmlOf(answer, 'LocationConstraint', asked)).text.trim())
}
