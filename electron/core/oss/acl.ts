import type { ObjectRef } from '../../../shared/contract/models.ts'
import { notOss, xmlOf } from './answers.ts'
import type { Oss, OssAnswer, OssRequest } from './client.ts'
import { versionQuery } from './object-ref.ts'
import { all, textAt } from './oss-xml.ts'

/**
 * Returns the ACL of an object; `default` stands for the ACL of its bucket. A copy does not take
 * the ACL along.
 * Errors: Failure, 'not-found' among them.
 */
export async function aclOf(oss: Oss, ref: ObjectRef, signal: AbortSignal): Promise<string> {
  const { bucket, key, versionId } = ref
  const action = versionId === null ? 'oss:GetObjectAcl' : 'oss:GetObjectVersionAcl'
  const asked = { action, bucket, key }
  const query = { acl: '', ...versionQuery(versionId) }
  const answer = await oss.call({ ...asked, method: 'GET', query }, signal)
  return grantIn(answer, asked) ?? 'default'
}

/** Returns the ACL of a bucket. Errors: Failure. */
export async function bucketAclOf(oss: Oss, bucket: string, signal: AbortSignal): Promise<string> {
  const asked = { action: 'oss:GetBucketAcl', bucket, key: null }
  const answer = await oss.call({ ...asked, method: 'GET', query: { acl: '' } }, signal)
  const grant = grantIn(answer, asked)
  if (grant === null) throw notOss(answer, 'the answer has no Grant')
  return grant
}

/** Returns the grant of an ACL; null without one. */
function grantIn(
  answer: OssAnswer,
  asked: Pick<OssRequest, 'action' | 'bucket' | 'key'>,
): string | null {
  const lists = all(xmlOf(answer, 'AccessControlPolicy', asked), 'AccessControlList')
  return lists.map((list) => textAt(list, 'Grant')).find((grant) => grant !== '') ?? null
}
