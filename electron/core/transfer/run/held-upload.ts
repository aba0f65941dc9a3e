import { Failure } from '../../../../shared/contract/errors.ts'
import type { PartsCheckpoint } from './checkpoint.ts'
import { ENVELOPE_PREFIX } from '../../../../shared/format/envelope/envelope.ts'
import type { Oss } from '../../oss/client.ts'
import { listParts, type HeldUpload, type Upload } from '../../oss/multipart.ts'
import type { FoundUpload } from './resume.ts'

/** What OSS holds of an upload; null when it knows of none. Throws Failure. */
export async function heldOf(
  oss: Oss,
  upload: Upload,
  signal: AbortSignal,
): Promise<HeldUpload | null> {
  try {
    return await listParts(oss, upload, signal)
  } catch (cause) {
    if (
      cause instanceof Failure &&
      cause.error.code === 'oss' &&
      cause.error.ossCode === 'NoSuchUpload'
    )
      return null
    throw cause
  }
}

/** OSS tells it of format V2 only; what it leaves out it does not say is another. */
export function envelopeOf(
  held: HeldUpload | null,
  { headers, partSize }: Pick<PartsCheckpoint, 'headers' | 'partSize'>,
): FoundUpload['envelope'] {
  if (held === null || held.envelope === null) return 'unknown'
  const { wrappedDataKey, wrappedCounter, partSize: theirs } = held.envelope
  const same =
    wrappedDataKey === headers[`${ENVELOPE_PREFIX}key`] &&
    wrappedCounter === headers[`${ENVELOPE_PREFIX}start`] &&
    (theirs ?? partSize) === partSize
  return same ? 'same' : 'other'
}
