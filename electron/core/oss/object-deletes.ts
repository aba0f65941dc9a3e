import type { DeleteMarker } from '../../../shared/contract/models-places.ts'
import type { ObjectRef } from '../../../shared/contract/models.ts'
import { xmlOf } from './answers.ts'
import type { Oss } from './client.ts'
import { nameOfTarget, planDelete, type DeleteBatch, type DeleteTarget } from './delete-batch.ts'
import { badAnswer } from './list-pages.ts'
import { currentObject, versionQuery } from './object-ref.ts'
import { all, textAt, urlDecoded } from './oss-xml.ts'

/** The id of a version in a bucket whose versioning is suspended. The next write replaces it. */
const NO_ID = 'null'

/**
 * Deletes one version for good, or, where `versionId` is null, the current object. A bucket with
 * versioning then gets a delete marker. Resolves also when there was no such object: OSS does not
 * tell.
 */
export async function deleteVersion(oss: Oss, ref: ObjectRef, signal: AbortSignal): Promise<void> {
  const { bucket, key, versionId } = ref
  const action = versionId === null ? 'oss:DeleteObject' : 'oss:DeleteObjectVersion'
  await oss.call({ method: 'DELETE', bucket, key, query: versionQuery(versionId), action }, signal)
}

/** Deletes the current object of a key; see {@link deleteVersion}. */
export const deleteObject = (
  oss: Oss,
  bucket: string,
  key: string,
  signal: AbortSignal,
): Promise<void> => deleteVersion(oss, currentObject(bucket, key), signal)

/**
 * Deletes the current objects of any number of keys. Resolves with the keys that OSS did not
 * confirm. `onMarker`: hears of each delete marker that now stands in place of an object. See
 * {@link deleteVersions}.
 */
export async function deleteObjects(
  oss: Oss,
  bucket: string,
  keys: readonly string[],
  signal: AbortSignal,
  onMarker?: (marker: DeleteMarker) => void,
): Promise<readonly string[]> {
  const targets = keys.map((key) => ({ key, versionId: null }))
  return (await deleteVersions(oss, bucket, targets, signal, onMarker)).map(({ key }) => key)
}

/**
 * Deletes any number of objects or versions, a thousand a request. Resolves with those that OSS did
 * not confirm. A key without an object counts as deleted: OSS does not tell. Rejects with Failure
 * 'bad-answer' when OSS names one that was not asked.
 */
export async function deleteVersions(
  oss: Oss,
  bucket: string,
  targets: readonly DeleteTarget[],
  signal: AbortSignal,
  onMarker?: (marker: DeleteMarker) => void,
): Promise<readonly DeleteTarget[]> {
  const { batches, single } = planDelete(targets)
  const left: DeleteTarget[] = []
  for (const batch of batches)
    left.push(...(await deleteBatch(oss, bucket, batch, signal, onMarker)))
  for (const target of single) await deleteVersion(oss, { bucket, ...target }, signal)
  return left
}

async function deleteBatch(
  oss: Oss,
  bucket: string,
  { targets, body, md5 }: DeleteBatch,
  signal: AbortSignal,
  onMarker: ((marker: DeleteMarker) => void) | undefined,
): Promise<readonly DeleteTarget[]> {
  const asked = { action: 'oss:DeleteObject', bucket, key: null }
  const headers = { 'content-md5': md5, 'content-type': 'application/xml' }
  const answer = await oss.call(
    { ...asked, method: 'POST', query: { delete: '', 'encoding-type': 'url' }, headers, body },
    signal,
  )
  const xml = xmlOf(answer, 'DeleteResult', asked)
  const name = textAt(xml, 'EncodingType') === 'url' ? urlDecoded : (text: string) => text
  const wanted = new Set(targets.map(nameOfTarget))
  const gone = new Set<string>()
  for (const one of all(xml, 'Deleted')) {
    const key = name(textAt(one, 'Key'))
    const exact = nameOfTarget({ key, versionId: textAt(one, 'VersionId') || null })
    const deleted = wanted.has(exact) ? exact : nameOfTarget({ key, versionId: null })
    if (!wanted.has(deleted)) throw badAnswer('not-asked', key, bucket)
    gone.add(deleted)
    const marker = textAt(one, 'DeleteMarkerVersionId')
    if (deleted === nameOfTarget({ key, versionId: null }) && marker !== '' && marker !== NO_ID)
      onMarker?.({ key, versionId: marker })
  }
  return targets.filter((target) => !gone.has(nameOfTarget(target)))
}
