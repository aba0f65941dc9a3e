import { badAnswer } from './list-pages.ts'
import { xmlOf } from './answers.ts'
import type { Oss } from './client.ts'
import { planDelete, type DeleteBatch } from './delete-batch.ts'
import { deleteObject } from './objects.ts'
import { all, textAt, urlDecoded } from './oss-xml.ts'

/**
 * Deletes objects, a thousand a request, and returns the keys that OSS did not confirm. A key
 * without an object counts as deleted: OSS does not tell. Throws Failure.
 */
export async function deleteObjects(
  oss: Oss,
  bucket: string,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { batches, single } = planDelete(keys)
  const left: string[] = []
  for (const batch of batches) left.push(...(await deleteBatch(oss, bucket, batch, signal)))
  for (const key of single) await deleteObject(oss, bucket, key, signal)
  return left
}

async function deleteBatch(
  oss: Oss,
  bucket: string,
  { keys, body, md5 }: DeleteBatch,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const asked = { action: 'oss:DeleteObject', bucket, key: null }
  const headers = { 'content-md5': md5, 'content-type': 'application/xml' }
  const answer = await oss.call(
    { ...asked, method: 'POST', query: { delete: '', 'encoding-type': 'url' }, headers, body },
    signal,
  )
  const xml = xmlOf(answer, 'DeleteResult', asked)
  const name = textAt(xml, 'EncodingType') === 'url' ? urlDecoded : (text: string) => text
  const gone = new Set(all(xml, 'Deleted').map((one) => name(textAt(one, 'Key'))))
  const wanted = new Set(keys)
  for (const key of gone) if (!wanted.has(key)) throw badAnswer('not-asked', key, bucket)
  return keys.filter((key) => !gone.has(key))
}

/**
 * The time of the server, in milliseconds since 1970: the Date header of a listing of one row. This
 * computer's clock where the answer has none. Throws Failure.
 */
export async function serverTime(oss: Oss, bucket: string, signal: AbortSignal): Promise<number> {
  const query = { 'list-type': '2', 'max-keys': '1' }
  const answer = await oss.call(
    { method: 'GET', bucket, key: null, action: 'oss:ListObjects', query },
    signal,
  )
  const told = Date.parse(answer.headers.get('date') ?? '')
  return Number.isNaN(told) ? Date.now() + oss.clockOffsetMs() : told
}
