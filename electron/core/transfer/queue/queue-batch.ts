import type { TransferId } from '../../../../shared/contract/models.ts'
import type { AppError } from '../../../../shared/contract/errors.ts'
import type {
  Transfer,
  TransferOutcome,
  TransferPhase,
} from '../../../../shared/contract/models-transfers.ts'
import { TROUBLE } from '../../../../shared/contract/transfer-phases.ts'
import type { BatchJob } from '../run/jobs.ts'
import type { StoredTransfer } from './read-notes.ts'
import type { KindOf } from './job-kind.ts'
import type { QueueCore } from './queue-parts.ts'
import { LEAST_PLACES, placesOf, type Batch, type Entry } from './queue-entry.ts'
import { newState, next, snapshot, type Step } from '../run/transfer-state.ts'
import { waitsFor } from './waits-for.ts'

/**
 * After this many failed files, the other files of a batch wait for the user. Each failed file has
 * a row, and most of them have the same reason.
 */
const MOST_TROUBLE = 1000
/** Phases of a failed unit that every other unit of the batch would reach too. */
const MEANS_ALL: ReadonlySet<TransferPhase> = new Set([
  'needs-network',
  'needs-credentials',
  'needs-master-key',
])
/** Units that are passed over without a try before the rest of the app gets a turn. */
const PASSED_AT_ONCE = 256

/** Makes the entry of a batch. `kept`: its state in the journal; null for a new batch. */
export function newBatch(
  id: TransferId,
  job: BatchJob,
  order: number,
  at: number,
  kept: StoredTransfer | null = null,
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

/** Counts the files of a batch by their state. */
function countsOf({ job, children, done, skipped, lost }: Batch): Extract<Step, { t: 'counted' }> {
  const { files, bytes, counting } = job.found()
  let failed = lost
  for (const child of children) failed += failedRows(child)
  return { t: 'counted', total: bytes, files: { total: files, counting, done, skipped, failed } }
}

/** Counts the failed rows of a unit; 0 for a unit that is not in trouble. */
function failedRows({ state: { shown }, count }: Entry): number {
  if (!TROUBLE.has(shown.phase)) return 0
  return shown.error?.code === 'not-deleted' ? shown.error.count : count
}

/** Takes the next unit that no earlier start of the app finished. Null: no unit is ready. */
function nextFile(batch: Batch, kept: StoredTransfer | null): ReturnType<BatchJob['next']> {
  const done = kept?.files?.done
  const file = batch.job.next(done === undefined ? undefined : done.has)
  if (file === null) batch.handedOut = !batch.job.found().counting
  return file
}

interface Drawing {
  readonly core: QueueCore
  readonly kindOf: KindOf
  /** The state of the batch in the journal; null for a batch of this start of the app. */
  readonly kept: StoredTransfer | null
  now(): number
  room(places: number): boolean
  /** See `QueueOptions`. */
  readonly unitEnded?: (transfer: Transfer) => void
  begin(entry: Entry): void
}

/**
 * Starts one unit of a batch, or puts it in line when it needs more places than are free. The batch
 * moves to the end of its line, so that a small batch does not wait for a large one. Returns false
 * when no further unit can start.
 */
export function drawFrom(batch: Batch, drawing: Drawing): boolean {
  const { core, kindOf, kept, now, room, begin, unitEnded } = drawing
  if (unitEnded !== undefined && batch.lostToAll >= MOST_TROUBLE)
    return passOver(batch, drawing, unitEnded)
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
  // The free places are enough for a small unit, but this unit is large. No other unit is drawn
  // before it starts.
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

/** Reports a failed unit, counts it and removes it, because nobody can try it again. */
export function loseOne(
  entry: Entry,
  batch: Batch,
  core: QueueCore,
  at: number,
  unitEnded: (transfer: Transfer) => void,
): void {
  const { phase, error } = entry.state.shown
  if (error === null) throw new Error('a loss without its reason')
  unitEnded(snapshot(entry.state, at))
  batch.lost += failedRows(entry)
  batch.firstLost ??= { phase, error }
  if (MEANS_ALL.has(waitsFor(error))) batch.lostToAll += 1
  core.leave(entry)
  core.release(entry)
}

/**
 * Reports further units without a try, with the reason of the first failed unit. So many units
 * have failed for a shared reason that no other unit can succeed. Returns true when the batch has
 * no unit ready, and false when it goes on in a later turn.
 */
function passOver(
  batch: Batch,
  { core, kindOf, kept, now }: Drawing,
  unitEnded: (transfer: Transfer) => void,
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
    loseOne(entry, batch, core, now(), unitEnded)
  }
  setImmediate(core.fill)
  return false
}

/** Updates the counts of a batch. Updates its phase when no unit runs or waits for a place. */
export function settleBatch(batch: Batch, core: QueueCore, { ended, mayWait }: Settling): void {
  if (!core.batches.has(batch.id) || batch.state.shown.phase === 'done') return
  const counts = countsOf(batch)
  core.tellBatch(batch, counts)
  if (batch.paused) return
  const children = [...batch.children]
  const still = !children.some((child) => core.active.has(child) || core.line.has(child))
  if (core.isDown(batch)) {
    // Each further unit would only wait for the host.
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
  // The search for rows still runs, so the batch is not done yet.
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
  /** Called when the batch ended well. */
  ended(outcome: TransferOutcome): void
  /** True: the batch waits for a network that is away. False: it fails. */
  readonly mayWait: boolean
}

/** Returns the step of a batch for which the search for rows failed. */
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
