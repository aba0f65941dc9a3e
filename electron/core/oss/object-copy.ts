import { Failure } from '../../../shared/contract/errors.ts'
import { bareEtag, overwriteRule, storedOf, xmlOf, type PutResult } from './answers.ts'
import type { Oss } from './client.ts'
import { textAt } from './oss-xml.ts'
import { versionQuery } from './object-ref.ts'
import { encodeKey, encodeQuery } from './sign-v4.ts'
import { TAG_HEADER } from './tags.ts'

/** Milliseconds for which OSS may be silent while it copies an object of any size. */
const COPY_IDLE_MS = 5 * 60_000

export interface ObjectCopy {
  readonly bucket: string
  readonly key: string
  /** Version of the source; null or left out: the current one. */
  readonly versionId?: string | null
  /** Left out: the same bucket. */
  readonly toBucket?: string
  readonly toKey: string
  readonly forbidOverwrite: boolean
  /** ETag that the source must have, without quotes. */
  readonly ifMatch?: string
  /** Storage class of the copy; left out: that of its bucket. */
  readonly storageClass?: string
  /** Headers of the copy; left out: those of the source. */
  readonly headers?: Readonly<Record<string, string>>
  /** Tags of the copy, as the header `x-oss-tagging` has them; left out: those of the source. */
  readonly tags?: string
  /** ACL of the copy; left out: that of its bucket. */
  readonly acl?: string
}

/**
 * Copies an object inside OSS. With new headers, the copy still has the envelope of the source, and
 * OSS refuses another one.
 * Errors: Failure; 'not-found' and 'object-changed' name the source.
 */
export async function copyObject(
  oss: Oss,
  copy: ObjectCopy,
  signal: AbortSignal,
): Promise<PutResult> {
  const headers = {
    'x-oss-copy-source': sourceOf(copy),
    ...copy.headers,
    'x-oss-metadata-directive': copy.headers === undefined ? 'COPY' : 'REPLACE',
    ...(copy.acl === undefined || copy.acl === 'default' ? {} : { 'x-oss-object-acl': copy.acl }),
    ...(copy.ifMatch === undefined ? {} : { 'x-oss-copy-source-if-match': `"${copy.ifMatch}"` }),
    ...(copy.storageClass === undefined ? {} : { 'x-oss-storage-class': copy.storageClass }),
    ...(copy.tags === undefined
      ? {}
      : { [TAG_HEADER]: copy.tags, 'x-oss-tagging-directive': 'Replace' }),
    ...overwriteRule(copy.forbidOverwrite),
  }
  const asked = { bucket: copy.toBucket ?? copy.bucket, key: copy.toKey, action: 'oss:PutObject' }
  try {
    const answer = await oss.call(
      { ...asked, method: 'PUT', headers, idleMs: COPY_IDLE_MS },
      signal,
    )
    const etag = bareEtag(textAt(xmlOf(answer, 'CopyObjectResult', asked), 'ETag'))
    return { ...storedOf(answer.headers), etag }
  } catch (cause) {
    // The source is missing or has changed, not the name that is written.
    if (cause instanceof Failure && cause.error.code === 'object-changed')
      throw new Failure({ code: 'object-changed', key: copy.key })
    if (
      cause instanceof Failure &&
      cause.error.code === 'not-found' &&
      cause.error.what === 'object'
    )
      throw new Failure({ ...cause.error, name: copy.key })
    throw cause
  }
}

function sourceOf({ bucket, key, versionId = null }: ObjectCopy): string {
  const query = encodeQuery(versionQuery(versionId))
  return `/${bucket}/${encodeKey(key)}${query === '' ? '' : `?${query}`}`
}
