import { Failure } from '../../../shared/contract/errors.ts'
import type { TransferOutcome } from '../../../shared/contract/models-transfers.ts'
import { crc64FromDecimal } from '../../../shared/format/crc64.ts'
import { ENVELOPE_PREFIX } from '../../../shared/format/envelope.ts'
import type { Stored } from '../oss/answers.ts'
import type { Oss } from '../oss/client.ts'
import { headObject, type ObjectHead } from '../oss/objects.ts'

/** Cleaning up goes on after the user's cancel, but not for ever. */
export const CLEANUP_MS = 20_000

/** Does OSS's sum agree with ours? Throws Failure 'checksum' when it does not; 'absent' when OSS gave none. */
export function compareCrc64(theirs: string | null, ours: bigint): TransferOutcome['checksum'] {
  const sum = theirs === null ? null : crc64FromDecimal(theirs.trim())
  if (sum === null) return 'absent'
  if (sum !== ours) throw new Failure({ code: 'checksum' })
  return 'matches'
}

/**
 * The object under this key, if it was written with these envelope headers: no two uploads share a wrapped data key.
 * Null for anybody else's object, and for none.
 */
export async function ownObject(oss: Oss, bucket: string, key: string, envelope: Readonly<Record<string, string>>, signal: AbortSignal): Promise<ObjectHead | null> {
  try {
    const head = await headObject(oss, bucket, key, signal)
    return head.headers.get(`${ENVELOPE_PREFIX}key`) === envelope[`${ENVELOPE_PREFIX}key`] ? head : null
  } catch (cause) {
    if (cause instanceof Failure && cause.error.code === 'not-found') return null
    throw cause
  }
}

/**
 * Removes an object we have just written and OSS stored wrongly: it would look whole and decrypt to rubbish. With a
 * version id exactly that version goes. Without one, the object goes if its envelope is still the one of this very upload.
 * (OSS knows no conditional delete, so an object that replaces ours between the two calls would be lost; but whatever
 * was under the key before is gone already, and rubbish under a good name would be believed.) Best effort.
 */
export async function removeDamaged(oss: Oss, bucket: string, key: string, stored: Stored, envelope: Readonly<Record<string, string>>): Promise<void> {
  const signal = AbortSignal.timeout(CLEANUP_MS)
  try {
    if (stored.versionId === null && (await ownObject(oss, bucket, key, envelope, signal)) === null) return
    const query = stored.versionId === null ? {} : { versionId: stored.versionId }
    await oss.call({ method: 'DELETE', bucket, key, query, action: 'oss:DeleteObject' }, signal)
  } catch {
    // The 'checksum' failure is told in any case; this one would only hide it.
  }
}
