import { xmlOf } from './answers.ts'
import type { Oss } from './client.ts'
import { all, textAt } from './oss-xml.ts'

/**
 * The ACL of an object, `default` for that of its bucket: a copy does not take it along. Throws
 * Failure.
 */
export async function aclOf(
  oss: Oss,
  bucket: string,
  key: string,
  signal: AbortSignal,
): Promise<string> {
  const asked = { action: 'oss:GetObjectAcl', bucket, key }
  const xml = xmlOf(
    await oss.call({ ...asked, method: 'GET', query: { acl: '' } }, signal),
    'AccessControlPolicy',
    asked,
  )
  return (
    all(xml, 'AccessControlList')
      .map((list) => textAt(list, 'Grant'))
      .find((grant) => grant !== undefined) ?? 'default'
  )
}
