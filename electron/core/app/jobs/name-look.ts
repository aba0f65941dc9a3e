import { Failure } from '../../../../shared/contract/errors.ts'
import type { Oss } from '../../oss/client.ts'
import { headIfThere } from '../../oss/objects.ts'
import { versioningOf } from '../../oss/versions.ts'

/** Somebody may enable versioning while many files are uploaded. */
const STATE_MS = 60_000

/**
 * Returns whether an upload may replace an object without being asked to. It is for one of many
 * files whose names were not compared before. OSS refuses to replace, so that no request is needed
 * for each file; but it replaces on a bucket whose versioning is enabled or suspended, and other
 * servers may. There the name is looked up.
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
  /** ms of the monotonic clock */
  readonly until: number
}

const known = new WeakMap<Oss, Map<string, KnownState>>()

/**
 * Returns whether OSS ignores `x-oss-forbid-overwrite` on a bucket. Source: OSS's documentation of
 * PutObject. An account that may not ask for the state is answered with yes.
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
