import { Failure } from '../../../shared/contract/errors.ts'
import { bareEtag, overwriteRule, storedOf, xmlOf, type Stored } from './answers.ts'
import type { Oss } from './client.ts'
import { textAt } from './oss-xml.ts'
import { encodeKey } from './sign-v4.ts'

/** Silence OSS is allowed while it copies an object of any size. */
const COPY_IDLE_MS = 5 * 60_000

export interface ObjectCopy {
  readonly bucket: string
  readonly key: string
  /** Default: the same bucket. */
  readonly toBucket?: string
  readonly toKey: string
  readonly forbidOverwrite: boolean
  /** ETag the source must have, without quotes. */
  readonly ifMatch?: string
  /** Of the copy; else the one that the bucket gives it. */
  readonly storageClass?: string
  /** Headers of the copy; without them it has those of the source. */
  readonly headers?: Readonly<Record<string, string>>
  /** ACL of the copy; else that of its bucket. */
  readonly acl?: string
}

/**
 * Server-side copy. With new headers, OSS keeps an envelope that they do not name, and refuses
 * another one.
 */
export async function copyObject(oss: Oss, copy: ObjectCopy, signal: AbortSignal): Promise<Stored> {
  const headers = {
    'x-oss-copy-source': `/${copy.bucket}/${encodeKey(copy.key)}`,
    ...copy.headers,
    'x-oss-metadata-directive': copy.headers === undefined ? 'COPY' : 'REPLACE',
    ...(copy.acl === undefined || copy.acl === 'default' ? {} : { 'x-oss-object-acl': copy.acl }),
    ...(copy.ifMatch === undefined ? {} : { 'x-oss-copy-source-if-match': `"${copy.ifMatch}"` }),
    ...(copy.storageClass === undefined ? {} : { 'x-oss-storage-class': copy.storageClass }),
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
    // It is the source that is missing or changed, not the name we write to.
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
