import { xmlOf } from './answers.ts'
import type { Oss } from './client.ts'
import { all, textAt } from './oss-xml.ts'
import { encodeQuery } from './sign-v4.ts'

/** The tags of an object as the header `x-oss-tagging` takes them; '' for none. Throws Failure. */
export async function tagsOf(
  oss: Oss,
  bucket: string,
  key: string,
  signal: AbortSignal,
): Promise<string> {
  const asked = { action: 'oss:GetObjectTagging', bucket, key }
  const xml = xmlOf(
    await oss.call({ ...asked, method: 'GET', query: { tagging: '' } }, signal),
    'Tagging',
    asked,
  )
  const tags = all(xml, 'TagSet')
    .flatMap((set) => all(set, 'Tag'))
    .map((tag) => [textAt(tag, 'Key'), textAt(tag, 'Value')] as const)
  return encodeQuery(Object.fromEntries(tags))
}
