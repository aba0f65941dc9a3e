import type { Oss } from '../../oss/client.ts'
import { headIfThere } from '../../oss/objects.ts'

/**
 * Might an upload replace an object unasked? For one of many files whose names were not compared
 * before. OSS itself refuses to replace, so it is not asked: that would cost a request for each
 * file. Other servers may replace without a word, so there the name is looked for. Throws Failure
 * of that request.
 */
export async function mayReplace(
  oss: Oss,
  bucket: string,
  key: string,
  signal: AbortSignal,
): Promise<boolean> {
  return (
    !new URL(oss.origin).hostname.endsWith('.aliyuncs.com') &&
    (await headIfThere(oss, bucket, key, signal)) !== null
  )
}
