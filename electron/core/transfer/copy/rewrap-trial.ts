import { Failure } from '../../../../shared/contract/errors.ts'
import { ENVELOPE_PREFIX } from '../../../../shared/format/envelope/envelope.ts'
import { deleteVersion } from '../../oss/object-deletes.ts'
import { headObject, putSmall } from '../../oss/objects.ts'
import { CLEANUP_MS } from '../run/stored-object.ts'
import { otherHeader, type Spot } from './copy-proof.ts'
import { trialKey } from './edit-headers.ts'

/** Sizes of the object, which an empty object does not have. */
const SIZES = ['data-size', 'part-size'].map((name) => ENVELOPE_PREFIX + name)

/** Proves that a server stores the headers of an envelope, see {@link openTrial}. */
export type Trial = (
  spot: Spot,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
) => Promise<void>

/**
 * Opens a proof that is made once for all objects of a change. A server or a proxy may take a body
 * and leave its headers out. An object that is replaced there could be opened by nobody. So an
 * empty object of a name of its own is stored with the headers first, compared, and removed. Throws
 * Failure 'copy-differs' where a header is lost, and what OSS refuses.
 */
export function openTrial(): Trial {
  let proven: Promise<void> | null = null
  return (spot, headers, signal) => {
    proven ??= prove(spot, headers, signal).catch((cause: unknown) => {
      // A failure may pass, so the next object tries again.
      proven = null
      throw cause
    })
    return proven
  }
}

async function prove(
  { oss, bucket, key: of }: Spot,
  all: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const headers = Object.fromEntries(Object.entries(all).filter(([name]) => !SIZES.includes(name)))
  const key = trialKey(of)
  const body = new Uint8Array(0)
  const { versionId } = await putSmall(
    oss,
    { bucket, key, headers, body, forbidOverwrite: true },
    signal,
  )
  try {
    const made = await headObject(oss, bucket, key, signal)
    // OSS gives a content type to an object that has none.
    const expected = { 'content-type': made.contentType, ...headers }
    const what = otherHeader(expected, made)
    if (what !== null) throw new Failure({ code: 'copy-differs', key: of, what })
  } finally {
    const late = AbortSignal.timeout(CLEANUP_MS)
    await deleteVersion(oss, { bucket, key, versionId }, late).catch(() => undefined)
  }
}
