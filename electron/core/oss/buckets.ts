import type { Bucket } from '../../../shared/contract/models.ts'
import { isoTime, xmlOf } from './answers.ts'
import type { Oss } from './client.ts'
import { plainRegion } from '../../../shared/contract/regions.ts'
import { isBucketName } from '../../../shared/contract/bucket-names.ts'
import { badAnswer, idlePages } from './list-pages.ts'
import { all, textAt } from './oss-xml.ts'

const PAGE = '1000'

/**
 * Lists every bucket of the account in OSS's order, which is by name.
 * Errors: Failure 'bad-answer' for a name that no bucket can have, and for a list without end.
 */
export async function listBuckets(oss: Oss, signal: AbortSignal): Promise<readonly Bucket[]> {
  const asked = { action: 'oss:ListBuckets', bucket: null, key: null }
  const buckets: Bucket[] = []
  let marker = ''
  const names = new Set<string>()
  let idle = 0
  do {
    const query = { 'max-keys': PAGE, ...(marker === '' ? {} : { marker }) }
    const xml = xmlOf(
      await oss.call({ ...asked, method: 'GET', query }, signal),
      'ListAllMyBucketsResult',
      asked,
    )
    const before = names.size
    for (const list of all(xml, 'Buckets')) {
      for (const bucket of all(list, 'Bucket')) {
        const region = textAt(bucket, 'Region') || plainRegion(textAt(bucket, 'Location'))
        const name = textAt(bucket, 'Name')
        if (!isBucketName(name)) throw badAnswer('name', name, '')
        if (names.has(name)) throw badAnswer('order', name, '')
        names.add(name)
        buckets.push({ name, region, created: isoTime(textAt(bucket, 'CreationDate')) })
      }
    }
    idle = idlePages(idle, names.size - before, '')
    const isCut = textAt(xml, 'IsTruncated') === 'true'
    const next = isCut ? textAt(xml, 'NextMarker') : ''
    // The list breaks off, or the server names the same marker again and would be asked for ever.
    if (isCut && (next === '' || next === marker)) throw badAnswer('endless', '', '')
    marker = next
  } while (marker !== '')
  return buckets
}
