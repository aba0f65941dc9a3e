import { Failure, valueOf } from '../../../../shared/contract/errors.ts'
import type { TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import { readHeaders, recognise } from '../../../../shared/format/recognise.ts'
import type { PutResult } from '../../oss/answers.ts'
import { freeKeys } from '../../oss/free-keys.ts'
import { mayRelay, wayOf } from './copy-way.ts'
import { sendOnce, watchUnsure } from '../../oss/lost-answer.ts'
import { copyObject } from '../../oss/object-copy.ts'
import { headIfThere, versionIfThere, type ObjectHead } from '../../oss/objects.ts'
import { tagsOf } from '../../oss/tags.ts'
import {
  carriedHeaders,
  isCopy,
  isItself,
  proveCopy,
  removeSource,
  sameEtag,
  storedIn,
  withoutEnvelope,
  type SourceSpot,
  type Spot,
} from './copy-proof.ts'
import type { CopyJob } from '../run/jobs.ts'
import { copyCheckpoint, dropStartedCopy, movedCheckpoint } from './copy-notes.ts'
import { withSealedTags } from './copy-seal.ts'
import { relayPlan, withSizesOf } from './relay-plan.ts'
import { relay, type RelayResult } from './relay.ts'
import type { Running } from '../run/running.ts'

/** A copy before anything is written. */
interface CopyTask {
  readonly job: CopyJob
  readonly running: Running
  readonly from: SourceSpot
  readonly to: Spot
  readonly source: ObjectHead
}

/**
 * Copies one object or version as it is stored, or moves it. A move deletes its source only when
 * size, headers and CRC-64 of the copy are proven. The source must also still be the one that was
 * copied. Throws
 * Failure: 'object-exists', 'object-changed', 'name-taken' for an object onto itself, 'checksum',
 * 'copy-differs', 'source-kept', and what OSS refuses. After a failure or a cancellation nothing
 * damaged stays, and the source does.
 */
export async function copyObjectJob(job: CopyJob, running: Running): Promise<TransferOutcome> {
  const { cancelled } = running.control
  const from: SourceSpot = { ...job.from, oss: valueOf(await job.from.oss()) }
  const to: Spot = { ...job.to, oss: valueOf(await job.to.oss()) }
  const source = await versionIfThere(from.oss, from, cancelled)
  if (source === null) return confirmMoved(job, running, to)
  running.tell({ t: 'planned', total: source.size, parts: 1, keyName: null })
  const task: CopyTask = { job, running, from, to, source }
  // The name of an earlier attempt may be one that was found for it.
  const startedKey = running.saved?.last()?.to.key ?? null
  const at: Spot = { ...to, key: startedKey ?? to.key }
  const there = await headIfThere(at.oss, at.bucket, at.key, cancelled)
  assertNotItself(task, at, there)
  const copy =
    there !== null && isFinishedCopy(task, there, startedKey !== null)
      ? await adoptFoundCopy({ ...task, to: at }, there)
      : await writeByRule(task, there !== null, startedKey)
  const outcome = {
    encrypted: recognise(readHeaders(source.headers)).kind !== 'plain',
    tag: 'none',
    savedAs: null,
  } as const
  if (copy === null) return { ...outcome, checksum: 'absent', skipped: true }
  running.tell({ t: 'finishing' })
  if (job.removeSource) await removeCopiedSource(task, copy)
  const { key, inside, checksum } = copy
  return { ...outcome, checksum, skipped: false, copied: { key, inside } }
}

/**
 * Throws Failure 'name-taken' where source and target are one object. Two profiles may reach one
 * bucket, and an object that is moved onto itself would be gone.
 */
function assertNotItself({ from, source }: CopyTask, at: Spot, there: ObjectHead | null): void {
  if (there !== null && isItself(from, source, at, there))
    throw new Failure({ code: 'name-taken', name: at.key })
}

/** Tells whether an attempt that was cut off left this very copy, so that nothing is written. */
function isFinishedCopy(
  { job, source }: CopyTask,
  there: ObjectHead,
  wasStarted: boolean,
): boolean {
  const expected = withSizesOf(there.headers, carriedHeaders(source), source.size)
  return (
    (wasStarted || (job.removeSource && job.existing !== 'skip')) && isCopy(source, expected, there)
  )
}

/** Deletes the source of a move. A proven copy is noted before. Throws Failure 'source-kept'. */
async function removeCopiedSource(
  { running, from, to, source }: CopyTask,
  { key, etag, checksum }: ProvenCopy,
): Promise<void> {
  await running.control.untilMoving()
  if (checksum === 'matches') await running.saved?.note(movedCheckpoint({ ...to, key }, etag))
  await removeSource(from, source, checksum, running.control.cancelled)
}

/**
 * Confirms that a source that is gone was moved: its copy was noted before the source was deleted,
 * and is still there. Throws Failure 'not-found'.
 */
async function confirmMoved(
  { from, removeSource: moves, to: { profileId } }: CopyJob,
  { saved, control, tell }: Running,
  to: Spot,
): Promise<TransferOutcome> {
  const last = saved?.last() ?? null
  const { key, etag } =
    moves && last?.stage === 'proven'
      ? { key: last.to.key, etag: last.what.etag }
      : { key: null, etag: null }
  const there = key === null ? null : await headIfThere(to.oss, to.bucket, key, control.cancelled)
  if (key === null || etag === null || there === null || !sameEtag(there, { etag }))
    throw new Failure({ code: 'not-found', what: 'object', name: from.key })
  tell({ t: 'planned', total: there.size, parts: 1, keyName: null })
  const encrypted = recognise(readHeaders(there.headers)).kind !== 'plain'
  return {
    encrypted,
    checksum: 'matches',
    tag: 'none',
    savedAs: null,
    skipped: false,
    copied: { key, inside: from.profileId === profileId },
  }
}

/** A copy that was compared with its source. */
interface ProvenCopy {
  readonly key: string
  readonly etag: string
  readonly inside: boolean
  readonly checksum: TransferOutcome['checksum']
}

/** Takes over the copy of an earlier attempt. An upload that did not become it is dropped. */
async function adoptFoundCopy(
  { job, running, to, source }: CopyTask,
  { etag }: ObjectHead,
): Promise<ProvenCopy> {
  await dropStartedCopy({ job, running, to })
  return {
    key: to.key,
    etag,
    inside: wayOf(job.from, job.to, source.size) === 'inside',
    checksum: 'matches',
  }
}

/**
 * Writes the copy under the name it was started with, or under the one that the rule for existing
 * names gives. A name that is taken meanwhile counts as one that was there. Null: skipped.
 */
async function writeByRule(
  task: CopyTask,
  taken: boolean,
  startedKey: string | null,
): Promise<ProvenCopy | null> {
  const { job, to, running } = task
  const { existing } = job
  const tried = new Set<string>()
  for (let [exists, name] = [taken, startedKey]; ; [exists, name] = [true, null]) {
    const key =
      name ??
      (exists && existing === 'rename'
        ? await freeNameBeside(to, tried, running.control.cancelled)
        : to.key)
    try {
      if (exists && existing !== 'replace' && (existing !== 'rename' || name !== null))
        throw new Failure({ code: 'object-exists', key })
      const named = { ...task, to: { ...to, key } }
      return await withSealedTags(named, (tags) => writeCopy(named, tags))
    } catch (cause) {
      if (!(cause instanceof Failure) || cause.error.code !== 'object-exists') throw cause
      if (existing === 'skip' || existing === 'rename') await dropStartedCopy({ job, running, to })
      if (existing === 'skip') return null
      // A bucket may forbid every overwriting, also one that was asked for.
      if (existing !== 'rename') throw cause
    }
  }
}

async function freeNameBeside(
  { oss, bucket, key }: Spot,
  taken: Set<string>,
  signal: AbortSignal,
): Promise<string> {
  return (await freeKeys(oss, bucket, [key], taken, signal)).get(key) ?? key
}

/** Writes the copy. `sealed`: its tags with its seal; null: those of the source. */
async function writeCopy(task: CopyTask, sealed: string | null): Promise<ProvenCopy> {
  const { job, running, from, to, source } = task
  const last = running.saved?.last() ?? null
  // OSS refused to copy this object before. Asking again would forget the parts that were relayed.
  const isRelayed = last?.way === 'parts'
  if (!isRelayed && wayOf(job.from, job.to, source.size) === 'inside') {
    try {
      return await copyInside(task, sealed)
    } catch (cause) {
      if (!(cause instanceof Failure) || !mayRelay(cause.error, from.bucket === to.bucket))
        throw cause
    }
  }
  const plan = relayPlan(source.size, carriedHeaders(source), job)
  running.tell({ t: 'planned', total: source.size, parts: plan.parts.length, keyName: null })
  const isTagged = Number(source.headers.get('x-oss-tagging-count') ?? 0) > 0
  const tags = sealed ?? (isTagged ? await tagsOf(from.oss, from, running.control.cancelled) : '')
  const besides = {
    'x-oss-storage-class': source.storageClass,
    ...(tags !== '' && { 'x-oss-tagging': tags }),
  }
  const relayed = await relay({
    job,
    running,
    from,
    source,
    to,
    plan,
    besides,
    replace: job.existing === 'replace',
  })
  return {
    key: to.key,
    etag: relayed.stored.etag,
    inside: false,
    checksum: await proven(task, relayed, plan.headers),
  }
}

async function copyInside(task: CopyTask, tags: string | null): Promise<ProvenCopy> {
  const { running, to, source } = task
  await running.control.untilMoving()
  await running.saved?.note(copyCheckpoint(to, source, carriedHeaders(source), null))
  const stored = await askOssToCopy(task, tags)
  const checksum = await proven(task, { stored, summed: null }, carriedHeaders(source))
  running.tell({ t: 'part-done', part: 1, bytes: source.size })
  return { key: to.key, etag: stored.etag, inside: true, checksum }
}

async function askOssToCopy(
  { job, running, from, to, source }: CopyTask,
  tags: string | null,
): Promise<PutResult> {
  const { cancelled } = running.control
  const { bucket, key, versionId } = from
  // OSS replaces the headers of an object that is copied onto its own name.
  const isOwnName = bucket === to.bucket && key === to.key
  const copy = {
    bucket,
    key,
    versionId,
    toBucket: to.bucket,
    toKey: to.key,
    forbidOverwrite: job.existing !== 'replace',
    ifMatch: source.etag,
    storageClass: source.storageClass,
    ...(tags !== null && { tags }),
    ...(isOwnName && { headers: withoutEnvelope(carriedHeaders(source)) }),
  }
  return sendOnce((onUnsure) => copyObject(watchUnsure(to.oss, onUnsure), copy, cancelled), {
    proof: 'equal',
    async find() {
      const head = await headIfThere(to.oss, to.bucket, to.key, cancelled)
      return head !== null && isCopy(source, carriedHeaders(source), head) ? storedIn(head) : null
    },
  })
}

function proven(
  { job, running, from, to, source }: CopyTask,
  { stored, summed }: RelayResult,
  expected: Readonly<Record<string, string>>,
): Promise<TransferOutcome['checksum']> {
  return proveCopy({
    running,
    from,
    source,
    to,
    stored,
    expected,
    summed,
    readAgain: job.removeSource,
  })
}
