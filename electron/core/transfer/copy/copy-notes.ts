import type { ObjectHead } from '../../oss/objects.ts'
import type { CopyCheckpoint } from '../run/checkpoint.ts'
import { dropNotedUpload } from '../run/multipart-uploads.ts'
import type { Running } from '../run/running.ts'
import type { Spot } from './copy-proof.ts'
import type { RelayPlan } from './relay-plan.ts'

/** Makes the note of a copy before anything is sent. `plan` null: OSS copies by itself. */
export function copyCheckpoint(
  { key }: Pick<Spot, 'key'>,
  { etag, size }: ObjectHead,
  headers: Readonly<Record<string, string>>,
  plan: RelayPlan | null,
): CopyCheckpoint {
  return {
    kind: 'copy',
    key,
    etag,
    size,
    uploadId: '',
    headers,
    partSize: plan?.inParts === true ? (plan.parts[0]?.length ?? 0) : 0,
    parts: [],
  }
}

/** Drops what an earlier attempt at a copy started and noted, and its note. Never fails. */
export async function dropStartedCopy({
  job,
  running: { saved },
  to,
}: {
  readonly job: object
  readonly running: Running
  readonly to: Spot
}): Promise<void> {
  const last = saved?.last() ?? null
  if (last?.kind === 'copy') await dropNotedCopy(to, last, job)
  saved?.drop()
}

/** Drops the upload of a copy that was noted. Never fails. */
export async function dropNotedCopy(
  { oss, bucket }: Pick<Spot, 'oss' | 'bucket'>,
  { key, uploadId, headers, partSize }: CopyCheckpoint,
  job: object,
): Promise<void> {
  if (partSize > 0)
    await dropNotedUpload(oss, { bucket, key, uploadId: uploadId || null, headers }, job)
}
