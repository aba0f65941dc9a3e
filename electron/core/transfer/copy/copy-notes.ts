import type { ObjectHead } from '../../oss/objects.ts'
import { newCheckpoint, type Checkpoint } from '../run/checkpoint.ts'
import { dropNotedUpload, uploadOf } from '../run/multipart-uploads.ts'
import type { Running } from '../run/running.ts'
import type { Spot } from './copy-proof.ts'
import type { RelayPlan } from './relay-plan.ts'

/** Makes the note of a copy before anything is sent. `plan` null: OSS copies by itself. */
export function copyCheckpoint(
  { bucket, key }: Pick<Spot, 'bucket' | 'key'>,
  { etag, size }: ObjectHead,
  headers: Readonly<Record<string, string>>,
  plan: RelayPlan | null,
): Checkpoint {
  const partSize = plan?.inParts === true ? (plan.parts[0]?.length ?? null) : null
  return newCheckpoint({
    way: partSize === null ? 'whole' : 'parts',
    to: { bucket, key },
    source: { kind: 'object', etag, size },
    what: { headers },
    pieces: { bytes: partSize, done: [] },
  })
}

/** Makes the note of a copy that was proven, before its source is deleted. `etag`: of the copy. */
export function movedCheckpoint(
  { bucket, key }: Pick<Spot, 'bucket' | 'key'>,
  etag: string,
): Checkpoint {
  return newCheckpoint({ way: 'whole', stage: 'proven', to: { bucket, key }, what: { etag } })
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
  if (last !== null) await dropNotedUpload(to.oss, uploadOf(last, to), job)
  saved?.drop()
}
