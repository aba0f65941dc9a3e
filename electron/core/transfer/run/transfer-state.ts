import { unreachable, type AppError } from '../../../../shared/contract/errors.ts'
import type { TransferId } from '../../../../shared/contract/models.ts'
import type {
  Restart,
  Transfer,
  TransferFiles,
  TransferOutcome,
  TransferPhase,
} from '../../../../shared/contract/models-transfers.ts'
import { isBatch, type BatchJob, type ChildJob } from './jobs.ts'

/** The milliseconds of which the shown speed is the mean. */
const WINDOW_MS = 5000
/** A reading replaces the last one when fewer milliseconds lie between them. */
const READING_MS = 250

/** The state of one transfer: what is shown, and the values behind the numbers. */
export interface TransferState {
  /** All but the numbers and `changed`, which {@link snapshot} works out. */
  readonly shown: Omit<Transfer, 'done' | 'speed' | 'secondsLeft' | 'changed' | 'retryAt'>
  /** Bytes of finished parts. */
  readonly settled: number
  /** Part number → bytes of its present attempt. */
  readonly moving: ReadonlyMap<number, number>
  /** Bytes done at a time, oldest first, over the last {@link WINDOW_MS}. */
  readonly readings: readonly { readonly at: number; readonly done: number }[]
  /** Milliseconds since 1970 of the last step. */
  readonly at: number
  /** The time of the next automatic try, in the same unit; null without such a try. */
  readonly retryAt: number | null
}

/** An event of a transfer. */
export type Step =
  | { readonly t: 'started' }
  /** The size and the number of parts are known. The count starts at 0. */
  | {
      readonly t: 'planned'
      readonly total: number
      readonly parts: number
      readonly keyName: string | null
    }
  /** `bytes` of this attempt at the part are sent; 0 takes a failed attempt back. */
  | { readonly t: 'moved'; readonly part: number; readonly bytes: number }
  | { readonly t: 'part-done'; readonly part: number; readonly bytes: number }
  | { readonly t: 'retried' }
  /** The transfer could not continue and started over. */
  | { readonly t: 'restarted'; readonly why: Restart }
  | { readonly t: 'finishing' }
  | { readonly t: 'paused' }
  /** The transfer waits for a place again. */
  | { readonly t: 'waiting' }
  /** The transfer stands still until the thing that it needs is there. `retryAt`: see the state. */
  | {
      readonly t: 'stalled'
      readonly phase: TransferPhase
      readonly error: AppError
      readonly retryAt: number | null
    }
  /** The files of a batch by their state. `total`: bytes of all files. */
  | { readonly t: 'counted'; readonly files: TransferFiles; readonly total: number }
  | {
      readonly t: 'failed'
      readonly phase: TransferPhase
      readonly error: AppError
      readonly retryAt: number | null
    }
  | { readonly t: 'done'; readonly outcome: TransferOutcome }

/**
 * Makes the state of a new transfer, which waits. `order` counts up over the life of the queue.
 * `batchId`: the batch that the transfer belongs to.
 */
export function newState(
  id: TransferId,
  job: BatchJob | ChildJob,
  { kind, bucket, key }: BatchJob['shown'],
  order: number,
  at: number,
  batchId: TransferId | null = null,
): TransferState {
  const { name, target, profileId, keyName } = job
  const files = isBatch(job) ? NO_FILES : null
  return {
    shown: {
      id,
      kind,
      phase: 'waiting',
      name,
      target,
      profileId,
      bucket,
      key,
      total: job.size ?? 0,
      partsDone: 0,
      parts: 0,
      retries: 0,
      keyName,
      outcome: null,
      error: null,
      restarted: null,
      files,
      batchId,
      order,
    },
    settled: 0,
    moving: new Map(),
    readings: [],
    at,
    retryAt: null,
  }
}

const NO_FILES: TransferFiles = { total: 0, counting: true, done: 0, skipped: 0, failed: 0 }

/** Returns the state after a step. `at`: the time of the step, in milliseconds since 1970. */
export function next(state: TransferState, step: Step, at: number): TransferState {
  const { shown, moving } = state
  const show = (
    change: Partial<TransferState['shown']>,
    rest: Partial<TransferState> = {},
  ): TransferState => ({ ...state, at, retryAt: null, shown: { ...shown, ...change }, ...rest })
  switch (step.t) {
    case 'started':
      return show({ phase: 'running', error: null }, { readings: [{ at, done: doneOf(state) }] })
    case 'planned':
      return show(
        {
          total: step.total,
          parts: step.parts,
          partsDone: 0,
          keyName: step.keyName ?? shown.keyName,
        },
        { settled: 0, moving: new Map(), readings: [{ at, done: 0 }] },
      )
    case 'moved':
      return read({ ...state, at, moving: new Map(moving).set(step.part, step.bytes) })
    case 'part-done': {
      const others = new Map(moving)
      others.delete(step.part)
      return read(
        show(
          { partsDone: shown.partsDone + 1 },
          { settled: state.settled + step.bytes, moving: others },
        ),
      )
    }
    case 'retried':
      return show({ retries: shown.retries + 1 })
    case 'restarted':
      return show({ restarted: step.why })
    case 'stalled':
      return show(
        { phase: step.phase, error: step.error },
        { moving: new Map(), readings: [], retryAt: step.retryAt },
      )
    case 'counted':
      return { ...state, at, shown: { ...shown, files: step.files, total: step.total } }
    case 'finishing':
      // A pause that came too late is shown until the end, which is near.
      return show({ phase: shown.phase === 'paused' ? 'paused' : 'finishing' })
    case 'paused':
      return show({ phase: 'paused' }, { moving: new Map(), readings: [] })
    case 'waiting':
      // A failed transfer counts from nothing until it knows what is left. A paused one keeps its
      // count.
      if (shown.phase === 'failed')
        return show({ phase: 'waiting', error: null, partsDone: 0 }, { settled: 0 })
      return show({ phase: 'waiting', error: null })
    case 'failed':
      return show(
        { phase: step.phase, error: step.error },
        { moving: new Map(), readings: [], retryAt: step.retryAt },
      )
    case 'done':
      return show(
        { phase: 'done', outcome: step.outcome, error: null, partsDone: shown.parts },
        { settled: shown.total, moving: new Map(), readings: [] },
      )
    default:
      return unreachable(step)
  }
}

/**
 * Makes the snapshot that the window gets. `now`: milliseconds since 1970. The speed of a transfer
 * falls while it stands still, without any step.
 */
export function snapshot(state: TransferState, now: number): Transfer {
  const done = doneOf(state)
  const speed = MOVING.has(state.shown.phase) ? speedAt(state, done, now) : null
  const left = state.shown.total - done
  const secondsLeft =
    speed === null || state.shown.phase === 'finishing' ? null : Math.ceil(left / speed)
  return {
    ...state.shown,
    done,
    speed,
    secondsLeft,
    retryAt: state.retryAt === null ? null : new Date(state.retryAt).toISOString(),
    changed: new Date(state.at).toISOString(),
  }
}

const MOVING: ReadonlySet<TransferPhase> = new Set(['running', 'finishing'])

function doneOf(state: TransferState): number {
  let done = state.settled
  for (const bytes of state.moving.values()) done += bytes
  return Math.min(done, state.shown.total)
}

function read(state: TransferState): TransferState {
  const { at, readings } = state
  const last = readings.at(-1)
  const older =
    last !== undefined && readings.length > 1 && at - last.at < READING_MS
      ? readings.slice(0, -1)
      : readings
  // One reading from before the window stays, so that the start of the window is known.
  const firstInside = older.findIndex((reading) => reading.at > at - WINDOW_MS)
  return {
    ...state,
    readings: [...older.slice(Math.max(0, firstInside - 1)), { at, done: doneOf(state) }],
  }
}

function speedAt({ readings }: TransferState, done: number, now: number): number | null {
  const first = readings.find((reading) => reading.at >= now - WINDOW_MS) ?? readings.at(-1)
  if (first === undefined || now - first.at < READING_MS) return null
  const speed = Math.round((done - first.done) / ((now - first.at) / 1000))
  return speed > 0 ? speed : null
}
