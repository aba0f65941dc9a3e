import { Worker } from 'node:worker_threads'
import { Failure } from '../../../shared/contract/errors.ts'
import { onAbort } from '../net/on-abort.ts'
import type { FromWorker, PartJob, PartResult, ToWorker } from '../stream/part-job.ts'

/** Jobs under way at once, all threads together: each holds about 2 MiB. More of them wait. */
const MOST_JOBS = 48
/** MiB of young heap a thread: what it works on lies outside the heap. */
const WORKER_YOUNG_MB = 8

export interface RunOptions {
  readonly signal: AbortSignal
  /** Bytes of this attempt that the other side has taken so far; at most about eight times a second. */
  readonly onMoved?: (bytes: number) => void
}

/** Threads that do file ↔ cipher ↔ socket, many jobs each. */
export interface PartPool {
  /**
   * Runs one job. Its data key is moved to the thread, which wipes it. Throws Failure for what is expected to go
   * wrong, 'cancelled' once the signal is aborted and the thread has stopped; an Error when the thread died.
   * A function is asked for the job when its turn has come: a signature ages, and the wait can take longer than it lasts.
   */
  run(job: PartJob | (() => Promise<PartJob>), options: RunOptions): Promise<PartResult>
  /** Ends the threads; jobs under way fail as cancelled. */
  close(): Promise<void>
}

interface Pending {
  readonly settle: (result: PartResult) => void
  readonly fail: (cause: unknown) => void
  readonly onMoved: ((bytes: number) => void) | undefined
}

interface Seat {
  readonly worker: Worker
  readonly pending: Map<number, Pending>
}

/** `threads` worker threads of `workerUrl` (the bundled part-worker), each started at its first job and replaced when it dies. */
export function openPool(options: { readonly workerUrl: URL; readonly threads: number }): PartPool {
  const seats = new Map<number, Seat>()
  const queue: (() => void)[] = []
  let active = 0
  let nextId = 1
  let closed = false

  const sit = (number: number): Seat => {
    const worker = new Worker(options.workerUrl, { name: 'cipherbucket part worker', env: {}, resourceLimits: { maxYoungGenerationSizeMb: WORKER_YOUNG_MB } })
    const seat: Seat = { worker, pending: new Map() }
    const died = (cause: unknown): void => {
      if (seats.get(number) === seat) seats.delete(number)
      for (const pending of seat.pending.values()) pending.fail(closed ? new Failure({ code: 'cancelled' }) : cause)
      seat.pending.clear()
    }
    worker.on('message', (message: FromWorker) => heard(seat, message))
    worker.on('error', died)
    worker.on('exit', () => died(new Error('a part worker stopped')))
    seats.set(number, seat)
    return seat
  }

  const leastBusy = (): Seat => {
    let best: Seat | null = null
    for (let number = 0; number < options.threads; number++) {
      const seat = seats.get(number)
      if (seat === undefined) return sit(number)
      if (best === null || seat.pending.size < best.pending.size) best = seat
    }
    if (best === null) throw new RangeError('a pool needs a thread')
    return best
  }

  /** Until somebody gives their place away. Who is cancelled leaves the line at once, whatever the others are doing. */
  const turn = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const wake = (): void => {
        leave()
        resolve()
      }
      const leave = onAbort(signal, () => {
        queue.splice(queue.indexOf(wake), 1)
        resolve()
      })
      queue.push(wake)
    })

  const begin = (job: PartJob, { signal, onMoved }: RunOptions): Promise<PartResult> =>
    new Promise((resolve, reject) => {
      const id = nextId++
      const seat = leastBusy()
      const stop = (): void => seat.worker.postMessage({ t: 'stop', id } satisfies ToWorker)
      const ended = (): void => signal.removeEventListener('abort', stop)
      seat.pending.set(id, {
        settle: (result) => (ended(), resolve(result)),
        fail: (cause) => (ended(), reject(cause)),
        onMoved,
      })
      signal.addEventListener('abort', stop, { once: true })
      seat.worker.postMessage({ t: 'run', id, job } satisfies ToWorker, job.cipher === null ? [] : [job.cipher.dataKey.buffer])
    })

  return {
    async run(job, runOptions) {
      const isOver = (): boolean => runOptions.signal.aborted || closed
      while (active >= MOST_JOBS && !isOver()) await turn(runOptions.signal)
      active += 1
      try {
        const ready = typeof job === 'function' ? (isOver() ? null : await job()) : job
        if (ready !== null && !isOver()) return await begin(ready, runOptions)
        ready?.cipher?.dataKey.fill(0)
        throw new Failure({ code: 'cancelled' })
      } finally {
        active -= 1
        queue.shift()?.()
      }
    },
    async close() {
      closed = true
      for (const wake of queue.splice(0)) wake()
      await Promise.all([...seats.values()].map(({ worker }) => worker.terminate()))
    },
  }
}

function heard(seat: Seat, message: FromWorker): void {
  const pending = seat.pending.get(message.id)
  if (pending === undefined) return
  if (message.t === 'moved') return pending.onMoved?.(message.bytes)
  seat.pending.delete(message.id)
  if (message.t === 'done') pending.settle(message.result)
  else if (message.t === 'failed') pending.fail(new Failure(message.error))
  else pending.fail(new Error(message.stack))
}
