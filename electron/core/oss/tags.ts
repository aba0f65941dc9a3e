import type { ObjectRef } from '../../../shared/contract/models.ts'
import { xmlOf } from './answers.ts'
import type { Oss } from './client.ts'
import { versionQuery } from './object-ref.ts'
import { all, textAt } from './oss-xml.ts'
import { encodeQuery } from './sign-v4.ts'

/**
 * Returns the tags of an object in the form of the header `x-oss-tagging`; '' for none.
 * Errors: Failure, 'not-found' among them.
 */
export async function tagsOf(oss: Oss, ref: ObjectRef, signal: AbortSignal): Promise<string> {
  const { bucket, key, versionId } = ref
  const action = versionId === null ? 'oss:GetObjectTagging' : 'oss:GetObjectVersionTagging'
  const asked = { action, bucket, key }
  const query = { tagging: '', ...versionQuery(versionId) }
  const answer = await oss.call({ ...asked, method: 'GET', query }, signal)
  const tags = all(xmlOf(answer, 'Tagging', asked), 'TagSet')
    .flatMap((set) => all(set, 'Tag'))
    .map((tag) => [textAt(tag, 'Key'), textAt(tag, 'Value')] as const)
  return encodeQuery(Object.fromEntries(tags))
}
