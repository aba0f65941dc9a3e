import { Failure } from '../../../../shared/contract/errors.ts'
import type { Oss } from '../../oss/client.ts'
import { headIfThere } from '../../oss/objects.ts'
import { versioningOf } from '../../oss/versions.ts'

/**
 * The time after which the bucket's state is read again, in milliseconds. Somebody may enable
 * versioning during a long upload.
 */
const STATE_MS = 60_000

/**
 * Returns whether an upload would replace an object that it must not replace. It is for one file of
 * a batch whose names were not compared before the start.
 * OSS refuses to replace, so that no file needs a request. But OSS replaces on a bucket whose
 * versioning is enabled or suspended, and other servers may replace. For such a bucket the name is
 * looked up.
 * Errors: Failure of that request.
 */
export async function mayReplace(
  oss: Oss,
  bucket: string,
  key: string,
  signal: AbortSignal,
): Promise<boolean> {
  const isAlibaba = new URL(oss.origin).hostname.endsWith('.aliyuncs.com')
  if (isAlibaba && !(await ignoresForbid(oss, bucket, signal))) return false
  return (await headIfThere(oss, bucket, key, signal)) !== null
}

interface KnownState {
  readonly ignores: boolean
  /** Milliseconds of the monotonic clock. */
  readonly until: number
}

const known = new WeakMap<Oss, Map<string, KnownState>>()

/**
 * Returns whether OSS ignores `x-oss-forbid-overwrite` on a bucket. The answer is true for an
 * account that may not read the bucket's versioning. Source: OSS's documentation of PutObject.
 */
async function ignoresForbid(oss: Oss, bucket: string, signal: AbortSignal): Promise<boolean> {
  const states = known.get(oss) ?? new Map<string, KnownState>()
  known.set(oss, states)
  const last = states.get(bucket)
  if (last !== undefined && last.until > performance.now()) return last.ignores
  const ignores = await versioningOf(oss, bucket, signal).then(
    (state) => state !== 'never',
    (cause: unknown) => {
      if (cause instanceof Failure && cause.error.code === 'access-denied') return true
      throw cause
    },
  )
  states.set(bucket, { ignores, until: performance.now() + STATE_MS })
  return ignores
}
