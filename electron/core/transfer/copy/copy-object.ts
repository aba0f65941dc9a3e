import { Failure, valueOf } from '../../../../shared/contract/errors.ts'
import type { TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import { readHeaders, recognise } from '../../../../shared/format/recognise.ts'
import type { Stored } from '../../oss/answers.ts'
import { freeKeys } from '../../oss/free-keys.ts'
import { mayRelay, wayOf } from './copy-way.ts'
import { sendOnce, watchUnsure } from '../../oss/lost-answer.ts'
import { copyObject } from '../../oss/object-copy.ts'
import { headIfThere, type ObjectHead } from '../../oss/objects.ts'
import { tagsOf } from '../../oss/tags.ts'
import {
  carriedHeaders,
  isCopy,
  isItself,
  proveCopy,
  removeSource,
  sameEtag,
  storedIn,
  type Spot,
} from './copy-proof.ts'
import type { CopyJob } from '../run/jobs.ts'
import { copyCheckpoint, dropStartedCopy } from './copy-notes.ts'
import { relayPlan, withSizesOf } from './relay-plan.ts'
import { relay, type Relayed } from './relay.ts'
import type { Running } from '../run/running.ts'

/** What is known of a copy before anything is written. */
interface Work {
  readonly job: CopyJob
  readonly running: Running
  readonly from: Spot
  readonly to: Spot
  readonly source: ObjectHead
}

/**
 * Copies one object as it is stored, or moves it: the source goes only when size, headers and
 * CRC-64 of the copy are proven, and only if it is still the one that was copied. Throws Failure:
 * 'object-exists', 'object-changed', 'name-taken' for an object onto itself, 'checksum',
 * 'copy-differs', 'source-kept', and what OSS refuses. Of what failed or was cancelled nothing
 * damaged stays, and the source does.
 */
export async function copyObjectJob(job: CopyJob, running: Running): Promise<TransferOutcome> {
  const { cancelled } = running.control
  const from: Spot = { ...job.from, oss: valueOf(await job.from.oss()) }
  const to: Spot = { ...job.to, oss: valueOf(await job.to.oss()) }
  const source = await headIfThere(from.oss, from.bucket, from.key, cancelled)
  if (source === null) return wasMoved(job, running, to)
  running.tell({ t: 'planned', total: source.size, parts: 1, keyName: null })
  const last = running.saved?.last() ?? null
  // Begun before: its name may be one that was found for it.
  const begun = last?.kind === 'copy' || last?.kind === 'moved' ? last.key : null
  const at: Spot = { ...to, key: begun ?? to.key }
  const there = await headIfThere(at.oss, at.bucket, at.key, cancelled)
  // Two profiles may reach one bucket: moved onto itself, the object would be gone.
  if (there !== null && isItself(from, source, at, there))
    throw new Failure({ code: 'name-taken', name: at.key })
  const outcome = {
    encrypted: recognise(readHeaders(source.headers)).kind !== 'plain',
    tag: 'none',
    savedAs: null,
  } as const

  const work: Work = { job, running, from, to, source }
  // What was cut off left this very copy: nothing is to be written any more.
  const half =
    there !== null &&
    (begun !== null || (job.removeSource && job.existing !== 'skip')) &&
    isCopy(source, withSizesOf(there.headers, carriedHeaders(source), source.size), there)
  const made: Made | null = half
    ? await asFound({ ...work, to: at }, there)
    : await byRule(work, there !== null, begun)
  if (made === null) return { ...outcome, checksum: 'absent', skipped: true }
  running.tell({ t: 'finishing' })
  if (job.removeSource) {
    await running.control.untilMoving()
    if (made.checksum === 'matches')
      await running.saved?.note({ kind: 'moved', key: made.key, etag: made.etag })
    await removeSource(from, source, made.checksum, cancelled)
  }
  return {
    ...outcome,
    checksum: made.checksum,
    skipped: false,
    copied: { key: made.key, inside: made.inside },
  }
}

/**
 * A source that is not there was moved already, if its copy was noted before it was deleted and
 * still is the one. Throws Failure 'not-found'.
 */
async function wasMoved(
  { from, removeSource: moves, to: { profileId } }: CopyJob,
  { saved, control, tell }: Running,
  to: Spot,
): Promise<TransferOutcome> {
  const last = saved?.last() ?? null
  const moved = moves && last?.kind === 'moved' ? last : null
  const there =
    moved === null ? null : await headIfThere(to.oss, to.bucket, moved.key, control.cancelled)
  if (moved === null || there === null || !sameEtag(there, moved))
    throw new Failure({ code: 'not-found', what: 'object', name: from.key })
  tell({ t: 'planned', total: there.size, parts: 1, keyName: null })
  const encrypted = recognise(readHeaders(there.headers)).kind !== 'plain'
  return {
    encrypted,
    checksum: 'matches',
    tag: 'none',
    savedAs: null,
    skipped: false,
    copied: { key: moved.key, inside: from.profileId === profileId },
  }
}

interface Made {
  readonly key: string
  readonly etag: string
  readonly inside: boolean
  readonly checksum: TransferOutcome['checksum']
}

/** It was made by an earlier try. An upload that did not become it is dropped. */
async function asFound({ job, running, to, source }: Work, { etag }: ObjectHead): Promise<Made> {
  await dropStartedCopy({ job, running, to })
  return {
    key: to.key,
    etag,
    inside: wayOf(job.from, job.to, source.size) === 'inside',
    checksum: 'matches',
  }
}

/**
 * Under the name that it was `begun` with, or that the rule for existing names gives. Null:
 * skipped. A name that is taken meanwhile is one that was there.
 */
async function byRule(work: Work, taken: boolean, begun: string | null): Promise<Made | null> {
  const { job, to, running } = work
  const { existing } = job
  const tried = new Set<string>()
  for (let [exists, name] = [taken, begun]; ; [exists, name] = [true, null]) {
    const key =
      name ??
      (exists && existing === 'rename'
        ? await freeBeside(to, tried, running.control.cancelled)
        : to.key)
    try {
      if (exists && existing !== 'replace' && (existing !== 'rename' || name !== null))
        throw new Failure({ code: 'object-exists', key })
      return await write({ ...work, to: { ...to, key } })
    } catch (cause) {
      if (!(cause instanceof Failure) || cause.error.code !== 'object-exists') throw cause
      if (existing === 'skip' || existing === 'rename') await dropStartedCopy({ job, running, to })
      if (existing === 'skip') return null
      // A bucket may forbid every overwriting, also one that was asked for.
      if (existing !== 'rename') throw cause
    }
  }
}

async function freeBeside(
  { oss, bucket, key }: Spot,
  taken: Set<string>,
  signal: AbortSignal,
): Promise<string> {
  return (await freeKeys(oss, bucket, [key], taken, signal)).get(key) ?? key
}

async function write(work: Work): Promise<Made> {
  const { job, running, from, to, source } = work
  const last = running.saved?.last() ?? null
  // OSS refused it then: what is there of it is gone on with, and must not be forgotten for another
  // attempt.
  const isRelayed = last?.kind === 'copy' && last.partSize > 0
  if (!isRelayed && wayOf(job.from, job.to, source.size) === 'inside') {
    try {
      return await copyInside(work)
    } catch (cause) {
      if (!(cause instanceof Failure) || !mayRelay(cause.error, from.bucket === to.bucket))
        throw cause
    }
  }
  const plan = relayPlan(source.size, carriedHeaders(source), job)
  running.tell({ t: 'planned', total: source.size, parts: plan.parts.length, keyName: null })
  const tags =
    Number(source.headers.get('x-oss-tagging-count') ?? 0) > 0
      ? await tagsOf(from.oss, from.bucket, from.key, running.control.cancelled)
      : ''
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
    checksum: await proven(work, relayed, plan.headers),
  }
}

async function copyInside(work: Work): Promise<Made> {
  const { running, to, source } = work
  await running.control.untilMoving()
  await running.saved?.note(copyCheckpoint(to, source, carriedHeaders(source), null))
  const stored = await copiedByOss(work)
  const checksum = await proven(work, { stored, summed: null }, carriedHeaders(source))
  running.tell({ t: 'part-done', part: 1, bytes: source.size })
  return { key: to.key, etag: stored.etag, inside: true, checksum }
}

async function copiedByOss({ job, running, from, to, source }: Work): Promise<Stored> {
  const { cancelled } = running.control
  const { bucket, key } = from
  const copy = {
    bucket,
    key,
    toBucket: to.bucket,
    toKey: to.key,
    forbidOverwrite: job.existing !== 'replace',
    ifMatch: source.etag,
    storageClass: source.storageClass,
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
  { job, running, from, to, source }: Work,
  { stored, summed }: Relayed,
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
