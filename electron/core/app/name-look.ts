import { Failure } from '../../../shared/contract/errors.ts'
import type { Oss } from '../oss/client.ts'
import { headObject } from '../oss/objects.ts'

/** Has an object this name? Throws Failure, besides where it has none. */
export async function isThere(
  oss: Oss,
  bucket: string,
  key: string,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await headObject(oss, bucket, key, signal)
    return true
  } catch (cause) {
    if (cause instanceof Failure && cause.error.code === 'not-found') return false
    throw cause
  }
}

/**
 * The same before one of many is sent whose names were not compared: OSS refuses to replace by
 * itself and is not asked, since that would cost a request for each; what only speaks like OSS may
 * replace without a word.
 */
export async function mayReplace(
  oss: Oss,
  bucket: string,
  key: string,
  signal: AbortSignal,
): Promise<boolean> {
  return (
    !new URL(oss.origin).hostname.endsWith('.aliyuncs.com') &&
    (await isThere(oss, bucket, key, signal))
  )
}
