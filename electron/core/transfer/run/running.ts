import { setMaxListeners } from 'node:events'
import { Failure, type AppError } from '../../../../shared/contract/errors.ts'
import type { Part } from '../../../../shared/format/part-plan.ts'
import type { Oss, SignedRequest, ToSign } from '../../oss/client.ts'
import { retryRequest } from '../../oss/retry-request.ts'
import type { FailedAnswer } from '../../oss/oss-error.ts'
import type { JobAnswer, RangeJob, RangeResult } from '../../worker/job.ts'
import type { Control } from './control.ts'
import type { WorkerPool } from '../../worker/pool.ts'
import type { CheckpointStore } from './checkpoint-store.ts'
import type { Step } from './transfer-state.ts'

/** Attempts at one part in a row while no part of the transfer gets done. */
const ATTEMPTS = 8

/** Everything that the queue gives to a transfer while it runs. */
export interface Running {
  readonly pool: WorkerPool
  readonly control: Control
  /** Parts at the same time, as the settings say now. */
  parallel(): number
  /** Headers that every request for content carries, as the settings say now. */
  traffic(): Readonly<Record<string, string>>
  tell(step: Step): void
  /** Null: nothing of this transfer outlives a failure. */
  readonly saved: CheckpointStore | null
  /**
   * Offers a failure to the queue. True: the transfer is paused until a network, credentials or
   * room on the disk are there. It keeps its data key, and waits for `control.untilMoving`. False:
   * the transfer has failed.
   */
  stall(cause: unknown): boolean
}

/**
 * Runs `work` on every part, some at a time, in order. The first failure stops the other parts, and
 * is thrown when all of them have stopped. Resolves with true when all are done, with false when a
 * pause came first.
 */
export async function eachPart<P extends Part>(
  parts: readonly P[],
  running: Running,
  work: (part: P, signal: AbortSignal) => Promise<void>,
): Promise<boolean> {
  const { control } = running
  if (control.isPaused()) return false
  const moving = control.moving()
  const halt = new AbortController()
  // Every part that is being sent listens to this signal.
  setMaxListeners(0, halt.signal)
  const stop = (): void => halt.abort()
  moving.addEventListener('abort', stop, { once: true })
  if (moving.aborted) stop()
  const failures: unknown[] = []
  const underWay = new Set<Promise<void>>()
  const rest = parts[Symbol.iterator]()
  for (
    let { value, done } = rest.next();
    done !== true && !halt.signal.aborted;
    { value, done } = rest.next()
  ) {
    const one: Promise<void> = work(value as P, halt.signal)
      .catch((cause: unknown) => {
        if (!halt.signal.aborted) failures.push(cause)
        stop()
      })
      .finally(() => underWay.delete(one))
    underWay.add(one)
    while (underWay.size >= Math.max(1, running.parallel())) await Promise.race(underWay)
  }
  await Promise.all(underWay)
  moving.removeEventListener('abort', stop)
  if (control.cancelled.aborted && failures.length === 0) throw new Failure({ code: 'cancelled' })
  if (failures.length === 0) return !moving.aborted
  if (running.stall(failures[0])) return false
  throw failures[0]
}

/**
 * Runs `work` on every part that remains, again after each pause, until none remains. Resolves with
 * false where `afterPause` says that the source is another than before the pause. Throws what
 * `work` and `afterPause` throw.
 */
export async function allParts<P extends Part>(
  running: Running,
  remaining: () => readonly P[],
  work: (part: P, signal: AbortSignal) => Promise<void>,
  afterPause: () => Promise<boolean> = async () => true,
): Promise<boolean> {
  while (!(await eachPart(remaining(), running, work))) {
    await running.control.untilMoving()
    if (!(await afterPause())) return false
  }
  return true
}

/**
 * Runs `work`, which is one request or a few. Waits out each failure that {@link Running.stall}
 * takes: a network that is away, credentials, a full disk.
 */
export async function retryWhileOffline<T>(running: Running, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (cause) {
      if (!running.stall(cause)) throw cause
      await running.control.untilMoving()
    }
  }
}

/**
 * Returns a signal that is aborted when the app closes, and by no cancel of the user. It is for the
 * few requests that belong together. After a close, the note lets the next start do the rest.
 */
export function closingSignal({ control }: Pick<Running, 'control'>): AbortSignal {
  const closing = new AbortController()
  const look = (): void => {
    if (control.isSuspended()) closing.abort()
  }
  look()
  control.cancelled.addEventListener('abort', look, { once: true })
  return closing.signal
}

/** Work on one part that is repeated until it succeeds. */
interface RepeatedPart {
  readonly part: Part
  /** Makes one attempt, with a signature of its own because dates age. Throws Failure. */
  readonly once: () => Promise<void>
  /** Called when an attempt failed that OSS may have carried out. */
  readonly onUnsure?: (() => void) | undefined
}

/**
 * Repeats the work on one part until it succeeds, by the rule of every request to OSS
 * (`oss/retry-request.ts`). The bytes that a failed attempt had moved are taken back.
 */
export async function untilTaken(
  running: Running,
  progress: { done: number },
  { part, once, onUnsure }: RepeatedPart,
  signal: AbortSignal,
): Promise<void> {
  const retried = (): void => running.tell({ t: 'retried' })
  await retryRequest(
    async (progressed) => {
      const before = progress.done
      try {
        await once()
      } catch (cause) {
        if (progress.done > before) progressed()
        running.tell({ t: 'moved', part: part.number, bytes: 0 })
        throw cause
      }
    },
    { signal, attempts: ATTEMPTS, onRetry: () => (onUnsure?.(), retried()) },
    retried,
  )
  progress.done += 1
  running.tell({ t: 'part-done', part: part.number, bytes: part.length })
}

/** One part that goes through the pool of threads. */
export interface PartRequest extends Omit<RepeatedPart, 'once'> {
  readonly oss: Oss
  readonly toSign: ToSign
  /** OSS's name of the permission. */
  readonly action: string
  readonly job: (request: SignedRequest) => RangeJob | Promise<RangeJob>
  /** Judges a good answer. A Failure that it throws makes the attempt a failed one. */
  readonly accept: (result: RangeResult, answer: JobAnswer) => void | Promise<void>
  /** Gets the prints of an attempt; null: its thread died. */
  readonly onPrinted?: (records: Uint8Array | null) => void
  /** Makes the error of an answer from the source of a relay, which may be of another account. */
  readonly ofSource?: (answer: FailedAnswer) => AppError
}

/** Sends or fetches one part through the pool of threads until it succeeds. Throws Failure. */
export async function runPart(
  running: Running,
  progress: { done: number },
  attempt: PartRequest,
  signal: AbortSignal,
): Promise<void> {
  const { part, oss, toSign, action } = attempt
  const once = async (): Promise<void> => {
    const result = await running.pool.run(
      async () =>
        attempt.job(
          await oss.sign({ ...toSign, headers: { ...toSign.headers, ...running.traffic() } }),
        ),
      {
        signal,
        onMoved: (bytes) => running.tell({ t: 'moved', part: part.number, bytes }),
        ...(attempt.onPrinted !== undefined && { onPrinted: attempt.onPrinted }),
      },
    )
    const { answer } = result
    if (answer === null) throw new Error('a request without an answer')
    if (answer.ofSource === true && answer.status >= 300 && attempt.ofSource !== undefined)
      throw new Failure(
        attempt.ofSource({ status: answer.status, headers: answer.headers, text: answer.body }),
      )
    await attempt.accept(result, goodAnswer(oss, answer, action, toSign))
  }
  await untilTaken(running, progress, { ...attempt, once }, signal)
}

/** Returns an answer that is no error. Throws the error of another one as a Failure. */
export function goodAnswer(
  oss: Oss,
  answer: JobAnswer,
  action: string,
  { bucket, key }: ToSign,
): JobAnswer {
  if (answer.status >= 300)
    throw new Failure(
      oss.failure(
        { status: answer.status, headers: answer.headers, text: answer.body },
        { action, bucket, key },
      ),
    )
  return answer
}
