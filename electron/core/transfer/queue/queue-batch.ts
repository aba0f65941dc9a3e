import type { TransferId } from '../../../../shared/contract/models.ts'
import type { AppError } from '../../../../shared/contract/errors.ts'
import type {
  Transfer,
  TransferOutcome,
  TransferPhase,
} from '../../../../shared/contract/models-transfers.ts'
import { TROUBLE } from '../../../../shared/contract/transfer-phases.ts'
import type { BatchJob } from '../run/jobs.ts'
import type { Kept } from './read-notes.ts'
import type { KindOf } from './job-kind.ts'
import type { QueueCore } from './queue-parts.ts'
import { LEAST_PLACES, placesOf, type Batch, type Entry } from './queue-entry.ts'
import { newState, next, snapshot, type Step } from '../run/transfer-state.ts'
import { waitsFor } from './waits-for.ts'

/**
 * More files in trouble than this, and the rest waits for the user: they all have a row, and the
 * reason is mostly one.
 */
const MOST_TROUBLE = 1000
/** What one of many waits for, and all the others would too. */
const MEANS_ALL: ReadonlySet<TransferPhase> = new Set([
  'needs-network',
  'needs-credentials',
  'needs-master-key',
])
/** Files that are passed over without a try, before the app has time for everything else. */
const PASSED_AT_ONCE = 256

/** `kept`: what another start of the app did of it. */
export function newBatch(
  id: TransferId,
  job: BatchJob,
  order: number,
  at: number,
  kept: Kept | null = null,
): Batch {
  const batch: Batch = {
    id,
    job,
    state: newState(id, job, job.shown, order, at),
    children: new Set(),
    done: kept?.files?.done.count() ?? 0,
    skipped: kept?.files?.skipped ?? 0,
    unsummed: kept?.files?.unsummed ?? false,
    lost: 0,
    firstLost: null,
    lostToAll: 0,
    handedOut: false,
    paused: kept?.phase === 'paused',
    released: false,
    off: () => undefined,
  }
  const bytes = kept?.files?.bytes ?? 0
  for (const step of [countsOf(batch), { t: 'part-done', part: -1, bytes } as const])
    batch.state = next(batch.state, step, at)
  return batch
}

/** How many files there are, and how they are. */
function countsOf({ job, children, done, skipped, lost }: Batch): Extract<Step, { t: 'counted' }> {
  const { files, bytes, counting } = job.found()
  let failed = lost
  for (const child of children) failed += failedRows(child)
  return { t: 'counted', total: bytes, files: { total: files, counting, done, skipped, failed } }
}

/** Rows of a unit in trouble that are not done. */
function failedRows({ state: { shown }, count }: Entry): number {
  if (!TROUBLE.has(shown.phase)) return 0
  return shown.error?.code === 'not-deleted' ? shown.error.count : count
}

/** The next file that no earlier start of the app has dealt with. Null: none for now. */
function nextFile(batch: Batch, kept: Kept | null): ReturnType<BatchJob['next']> {
  const done = kept?.files?.done
  const file = batch.job.next(done === undefined ? undefined : done.has)
  if (file === null) batch.handedOut = !batch.job.found().counting
  return file
}

interface Drawing {
  readonly core: QueueCore
  readonly kindOf: KindOf
  /** What an earlier start of the app did. */
  readonly kept: Kept | null
  now(): number
  room(places: number): boolean
  /** See the queue's options. */
  readonly notSent?: (transfer: Transfer) => void
  begin(entry: Entry): void
}

/**
 * Starts one file, and puts the many at the end of their line: so a few do not wait for a million.
 * False: all places are taken.
 */
export function drawFrom(batch: Batch, drawing: Drawing): boolean {
  const { core, kindOf, kept, now, room, begin, notSent } = drawing
  if (notSent !== undefined && batch.lostToAll >= MOST_TROUBLE)
    return passOver(batch, drawing, notSent)
  if (!room(LEAST_PLACES)) return false
  core.batchLine.delete(batch)
  const file = nextFile(batch, kept)
  if (file === null) {
    core.settle(batch)
    return true
  }
  core.batchLine.add(batch)
  const entry = entryOf(batch, file, kindOf, now())
  core.entries.set(entry.id, entry)
  batch.children.add(entry)
  const fits = room(placesOf(entry.job, kindOf))
  if (fits) begin(entry)
  // Where only a small one would have fitted, a large one is next; and nothing is drawn before it
  // has begun.
  else core.line.add(entry)
  return fits
}

function entryOf(
  batch: Batch,
  file: NonNullable<ReturnType<BatchJob['next']>>,
  kindOf: KindOf,
  at: number,
): Entry {
  const job = file.job()
  const id = `${batch.id}.${file.index}`
  return {
    id,
    job,
    state: newState(id, job, kindOf(job.kind).shown(job), batch.state.shown.order, at, batch.id),
    live: null,
    released: false,
    batch,
    index: file.index,
    count: file.count,
  }
}

/** One of many failed, and is not kept for another try: it is told of, and counted. */
export function loseOne(
  entry: Entry,
  batch: Batch,
  core: QueueCore,
  at: number,
  notSent: (transfer: Transfer) => void,
): void {
  const { phase, error } = entry.state.shown
  if (error === null) throw new Error('a loss without its reason')
  notSent(snapshot(entry.state, at))
  batch.lost += failedRows(entry)
  batch.firstLost ??= { phase, error }
  if (MEANS_ALL.has(waitsFor(error))) batch.lostToAll += 1
  core.leave(entry)
  core.release(entry)
}

/**
 * So many failed for what the others would meet too: these are not tried, and each is told of with
 * the reason of the first.
 */
function passOver(
  batch: Batch,
  { core, kindOf, kept, now }: Drawing,
  notSent: (transfer: Transfer) => void,
): boolean {
  for (let count = 0; count < PASSED_AT_ONCE; count++) {
    const file = nextFile(batch, kept)
    if (file === null) {
      core.batchLine.delete(batch)
      core.settle(batch)
      return true
    }
    const entry = entryOf(batch, file, kindOf, now())
    const { phase = 'failed', error = null } = batch.firstLost ?? {}
    if (error !== null)
      entry.state = next(entry.state, { t: 'failed', phase, error, retryAt: null }, now())
    loseOne(entry, batch, core, now(), notSent)
  }
  setImmediate(core.fill)
  return false
}

/** Tells how the many are, and that they are over when they are. */
export function settleBatch(batch: Batch, core: QueueCore, { ended, mayWait }: Settling): void {
  if (!core.batches.has(batch.id) || batch.state.shown.phase === 'done') return
  const counts = countsOf(batch)
  core.tellBatch(batch, counts)
  if (batch.paused) return
  const children = [...batch.children]
  const still = !children.some((child) => core.active.has(child) || core.line.has(child))
  if (core.isDown(batch)) {
    // Each file that would be tried now would only wait as well.
    core.batchLine.delete(batch)
    const { error = null, retryAt = null } = troubled(children, 'needs-network') ?? {}
    if (error !== null && still)
      core.tellBatch(batch, { t: 'stalled', phase: 'needs-network', error, retryAt })
    return
  }
  const tooMany = counts.files.failed - batch.lost >= MOST_TROUBLE
  if (tooMany) core.batchLine.delete(batch)
  if (!still || !(batch.handedOut || tooMany)) return
  const trouble = troubled(children) ?? batch.firstLost
  if (trouble !== null && trouble.error !== null)
    return core.tellBatch(batch, {
      t: 'failed',
      phase: trouble.phase,
      error: trouble.error,
      retryAt: null,
    })
  const { error, counting } = batch.job.found()
  if (error !== null) return core.tellBatch(batch, whyNotFound(batch, core, error, mayWait))
  // More rows may come: what was found and done so far is not all that was asked for.
  if (counting) return
  const { files } = batch.job.found()
  const outcome: TransferOutcome = {
    encrypted: true,
    checksum: batch.unsummed ? 'absent' : 'matches',
    tag: 'none',
    savedAs: null,
    skipped: files > 0 && batch.skipped === files,
    many: { objects: files, skipped: batch.skipped },
  }
  core.tellBatch(batch, { t: 'done', outcome })
  ended(outcome)
  core.release(batch)
}

interface Settling {
  /** Called when the many ended well. */
  ended(outcome: TransferOutcome): void
  /** A network that is away is waited for. */
  readonly mayWait: boolean
}

/** The step of many whose rows could not all be found. */
function whyNotFound(batch: Batch, core: QueueCore, error: AppError, mayWait: boolean): Step {
  const waits = waitsFor(error)
  if (waits !== 'needs-network') return { t: 'failed', phase: waits, error, retryAt: null }
  return mayWait
    ? { t: 'stalled', phase: waits, error, retryAt: core.wentDown(batch) }
    : { t: 'failed', phase: 'failed', error, retryAt: null }
}

function troubled(
  children: readonly Entry[],
  wanted?: TransferPhase,
): {
  readonly phase: TransferPhase
  readonly error: AppError | null
  readonly retryAt: number | null
} | null {
  const found = children.find(({ state: { shown } }) =>
    wanted === undefined ? TROUBLE.has(shown.phase) : shown.phase === wanted,
  )
  return found === undefined
    ? null
    : {
        phase: found.state.shown.phase,
        error: found.state.shown.error,
        retryAt: found.state.retryAt,
      }
}
