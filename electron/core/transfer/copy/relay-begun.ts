import { isDeepStrictEqual } from 'node:util'
import type { CopyCheckpoint } from '../run/checkpoint.ts'
import type { Upload } from '../../oss/multipart.ts'
import type { ObjectHead } from '../../oss/objects.ts'
import { abandonUpload, beginUpload, NOT_BEGUN } from '../run/begin-upload.ts'
import type { Spot } from './copy-proof.ts'
import { envelopeOf, heldOf } from '../run/held-upload.ts'
import type { RelayPlan } from './relay-plan.ts'
import { decideUpload, judgeParts } from '../run/resume.ts'
import { patiently, type Running } from '../run/running.ts'
import type { SentParts } from '../run/sent-parts.ts'

/**
 * One state of one object, on its way through this computer: from socket to socket, as it is
 * stored.
 */
export interface Relay {
  /** Whose upload it is, for what an earlier try had to leave in the bucket. */
  readonly job: object
  readonly running: Running
  readonly from: Spot
  readonly source: ObjectHead
  readonly to: Spot
  readonly plan: RelayPlan
  /** Headers of the request alone: storage class and tags. */
  readonly besides: Readonly<Record<string, string>>
  readonly replace: boolean
}

/** A relay in parts that was begun, and what of it is there. */
export interface RelayBegun {
  readonly upload: Upload
  readonly sent: SentParts
  /** Drops the upload and its parts. Never fails. */
  abandon(): Promise<void>
}

/** What a copy notes before it sends anything. `plan` null: OSS copies by itself. */
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
    uploadId: NOT_BEGUN,
    headers,
    partSize: plan?.inParts === true ? (plan.parts[0]?.length ?? 0) : 0,
    parts: [],
  }
}

/**
 * What an earlier try of this very relay left in the bucket, if that is right, else a new upload.
 * The decision is the one of `resume.ts`. There is no file here by which a part could be proven
 * that arrived and was not noted: such a part is sent again.
 */
export async function relayBegun(work: Relay): Promise<RelayBegun> {
  return (await takenUp(work)) ?? begun(work)
}

async function takenUp({ job, running, source, to, plan }: Relay): Promise<RelayBegun | null> {
  const last = running.saved?.last() ?? null
  if (last?.kind !== 'copy' || last.uploadId === NOT_BEGUN) return null
  const upload = { bucket: to.bucket, key: last.key, uploadId: last.uploadId }
  const held = await heldOf(to.oss, upload, running.control.cancelled)
  const same = isDeepStrictEqual(
    { ...last, uploadId: NOT_BEGUN, parts: [] },
    copyCheckpoint(to, source, plan.headers, plan),
  )
  const decision = decideUpload({
    source: same ? 'same' : 'changed',
    upload: held === null ? 'gone' : 'alive',
    envelope: envelopeOf(held, last),
    object: 'other',
    key: 'opens',
  })
  if (decision.act === 'start-over' || held === null) {
    await dropBegun({ job, running, to })
    if (decision.act === 'start-over')
      running.tell({
        t: 'restarted',
        why: decision.why === 'source-changed' ? 'object-changed' : decision.why,
      })
    return null
  }
  const { kept } = judgeParts(plan.parts, last.parts, held.parts)
  for (const { number } of kept)
    running.tell({ t: 'part-done', part: number, bytes: plan.parts[number - 1]?.length ?? 0 })
  return {
    upload,
    sent: new Map(kept.map((part) => [part.number, part])),
    abandon: () => abandonUpload(to.oss, upload, job),
  }
}

async function begun({
  job,
  running,
  source,
  to,
  plan,
  besides,
  replace,
}: Relay): Promise<RelayBegun> {
  await dropBegun({ job, running, to })
  const noted = copyCheckpoint(to, source, plan.headers, plan)
  // Before it is begun, so that a crash leaves no upload that nobody knows of.
  await running.saved?.note(noted)
  const wanted = {
    bucket: to.bucket,
    key: to.key,
    headers: { ...plan.headers, ...besides },
    forbidOverwrite: !replace,
  }
  const { upload, abandon } = await patiently(running, () => beginUpload(to.oss, wanted, job))
  try {
    await running.saved?.note({ ...noted, uploadId: upload.uploadId })
    return { upload, sent: new Map(), abandon }
  } catch (cause) {
    await abandon()
    throw cause
  }
}

/** Drops what an earlier try of a copy began and noted, and its note. Never fails. */
export async function dropBegun({
  job,
  running: { saved },
  to,
}: Pick<Relay, 'job' | 'running' | 'to'>): Promise<void> {
  const last = saved?.last() ?? null
  if (last?.kind === 'copy') await dropCopy(to, last, job)
  saved?.drop()
}

/** Drops what a copy began in the bucket, as it noted. Never fails. */
export async function dropCopy(
  { oss, bucket }: Pick<Spot, 'oss' | 'bucket'>,
  { key, uploadId, headers, partSize }: CopyCheckpoint,
  job: object,
): Promise<void> {
  if (partSize > 0) await abandonUpload(oss, { bucket, key, uploadId }, job, headers)
}
