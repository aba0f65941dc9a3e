import { setMaxListeners } from 'node:events'
import { Failure, isRetryable, type AppError } from '../../../../shared/contract/errors.ts'
import type { Part } from '../../../../shared/format/part-plan.ts'
import { withRetry } from '../../net/retry.ts'
import type { Oss, SignedRequest, ToSign } from '../../oss/client.ts'
import type { FailedAnswer } from '../../oss/oss-error.ts'
import type { JobAnswer, RangeJob, RangeResult } from '../../worker/job.ts'
import type { Control } from './control.ts'
import type { WorkerPool } from '../../worker/pool.ts'
import type { Saved } from './saved.ts'
import type { Step } from './transfer-state.ts'

/** Attempts at one part in a row without any part of the transfer getting done. */
const ATTEMPTS = 8

/**
 * Times a part is signed anew for its clock: one server of many may be wrong, and what it taught
 * has to be unlearnt.
 */
const CLOCK_LEARNINGS = 2

/** What a transfer is given while it runs. */
export interface Running {
  readonly pool: WorkerPool
  readonly control: Control
  /** Parts at the same time, as the settings say now. */
  parallel(): number
  /** Headers that every request for content carries, as the settings say now. */
  traffic(): Readonly<Record<string, string>>
  tell(step: Step): void
  /**
   * Null: nothing of this transfer outlives a failure, and what it leaves behind is removed at
   * once.
   */
  readonly saved: Saved | null
  /**
   * Offers a failure to the queue. True: it is paused until what is missing is there (a network,
   * credentials, room on the disk), and what it has, its data key too, stays; so
   * `control.untilMoving` is next. False: it has failed.
   */
  stall(cause: unknown): boolean
}

/**
 * Runs `work` on every part, some at a time, in order of their numbers. The first failure stops the
 * others and is thrown once all of them stand still. True: all are done; false: a pause came, and
 * `work` has succeeded for some.
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
  // Every part under way listens to it.
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
 * Runs `work`, which is one request or a few, and waits out each failure that
 * {@link Running.stall} takes: a network that is gone, credentials, a full disk.
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

/** What is done over and over until it is done. */
interface Trying {
  readonly part: Part
  readonly oss: Oss
  /**
   * One attempt, signed for itself because dates age. A thrown retryable Failure makes it a bad
   * one.
   */
  readonly once: () => Promise<void>
  /** Told when an attempt failed and OSS may have carried it out all the same. */
  readonly onUnsure?: (() => void) | undefined
}

/**
 * One part until it succeeds. A clock that OSS complained of is learnt from its answer, and the
 * part is tried again. What an attempt had moved is taken back before the next one.
 */
export async function untilTaken(
  running: Running,
  progress: { done: number },
  { part, oss, once, onUnsure }: Trying,
  signal: AbortSignal,
): Promise<void> {
  let offset = oss.clockOffsetMs()
  let learnings = 0
  const retryable = (error: AppError): boolean => {
    if (error.code !== 'clock') return isRetryable(error)
    const learnt = oss.clockOffsetMs() !== offset && learnings < CLOCK_LEARNINGS
    offset = oss.clockOffsetMs()
    learnings += 1
    return learnt
  }
  await withRetry(
    async (_attempt, progressed) => {
      const before = progress.done
      try {
        await once()
      } catch (cause) {
        if (progress.done > before) progressed()
        running.tell({ t: 'moved', part: part.number, bytes: 0 })
        throw cause
      }
    },
    {
      signal,
      attempts: ATTEMPTS,
      retryable,
      onRetry: () => (onUnsure?.(), running.tell({ t: 'retried' })),
    },
  )
  progress.done += 1
  running.tell({ t: 'part-done', part: part.number, bytes: part.length })
}

export interface Attempt extends Omit<Trying, 'once'> {
  readonly toSign: ToSign
  /** OSS's name of the permission. */
  readonly action: string
  readonly job: (request: SignedRequest) => RangeJob | Promise<RangeJob>
  /** Judges a good answer; a thrown retryable Failure makes it a bad one. */
  readonly accept: (result: RangeResult, answer: JobAnswer) => void | Promise<void>
  /** See the pool. */
  readonly onPrinted?: (records: Uint8Array | null) => void
  /**
   * The error that an answer of the source of a relay is: it may be of another account than `oss`.
   */
  readonly ofSource?: (answer: FailedAnswer) => AppError
}

/** One part through the pool until it succeeds. */
export async function runPart(
  running: Running,
  progress: { done: number },
  attempt: Attempt,
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

/** The answer, unless it is an error: then that is thrown as a Failure. */
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
