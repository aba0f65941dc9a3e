import { Worker } from 'node:worker_threads'
import { Failure } from '../../../shared/contract/errors.ts'
import type { FromWorker, PartJob, PartResult, ToWorker, WorkerData } from './part-job.ts'
import { setSpeedLimit, speedLimitMemory } from './speed-limit.ts'
import { openLine } from '../base/line.ts'
import type { ProxySettings } from '../net/proxy.ts'
import { openSmallSeat, type SmallSeat } from './small-seat.ts'

/** Jobs under way at once, all threads together: each holds about 2 MiB. More of them wait. */
const MOST_JOBS = 48
/** MiB of young heap a thread: what it works on lies outside the heap. */
const WORKER_YOUNG_MB = 8

export interface RunOptions {
  readonly signal: AbortSignal
  /**
   * Bytes of this attempt that the other side has taken so far; at most about eight times a second.
   */
  readonly onMoved?: (bytes: number) => void
  /**
   * Told before the end of a job that sends: the prints of its part. Null: the thread died, and
   * nobody knows what was sent.
   */
  readonly onPrinted?: (records: Uint8Array | null) => void
}

/** Threads that do file ↔ cipher ↔ socket, many jobs each. */
export interface PartPool {
  /**
   * Runs one job. Its data key is moved to the thread, which wipes it. Throws Failure for what is
   * expected to go wrong, 'cancelled' once the signal is aborted and the thread has stopped; an
   * Error when the thread died. A function is asked for the job when its turn has come: a signature
   * ages, and the wait can take longer than it lasts.
   */
  run(job: PartJob | (() => Promise<PartJob>), options: RunOptions): Promise<PartResult>
  /**
   * Bytes per second of all sockets of all jobs together, those under way too; 0 for no limit, as
   * at the start.
   */
  limit(bytesPerSecond: number): void
  /**
   * For files that are sealed and sent whole: the thread that has the fewest of them. Null once the
   * pool is closed.
   */
  small(): SmallSeat | null
  /** Ends the threads; jobs under way fail as cancelled. */
  close(): Promise<void>
}

interface Pending {
  readonly settle: (result: PartResult) => void
  readonly fail: (cause: unknown) => void
  readonly onMoved: ((bytes: number) => void) | undefined
  readonly onPrinted: ((records: Uint8Array | null) => void) | undefined
}

interface Seat {
  readonly worker: Worker
  readonly pending: Map<number, Pending>
  readonly small: SmallSeat
}

/**
 * `threads` worker threads of `workerUrl` (the bundled part-worker), each started at its first job
 * and replaced when it dies.
 */
export function openPool(options: {
  readonly workerUrl: URL
  readonly threads: number
  readonly proxy?: ProxySettings | null
}): PartPool {
  const seats = new Map<number, Seat>()
  const memory = speedLimitMemory()
  const line = openLine()
  let active = 0
  let nextId = 1
  let closed = false

  const sit = (number: number): Seat => {
    const worker = new Worker(options.workerUrl, {
      name: 'cipherbucket part worker',
      env: {},
      workerData: { speedLimit: memory, proxy: options.proxy ?? null } satisfies WorkerData,
      resourceLimits: { maxYoungGenerationSizeMb: WORKER_YOUNG_MB },
    })
    const seat: Seat = {
      worker,
      pending: new Map(),
      small: openSmallSeat((letter) =>
        worker.postMessage({ t: 'small', letter } satisfies ToWorker),
      ),
    }
    const died = (cause: unknown): void => {
      if (seats.get(number) === seat) seats.delete(number)
      const why = closed ? new Failure({ code: 'cancelled' }) : cause
      for (const pending of seat.pending.values()) {
        pending.onPrinted?.(null)
        pending.fail(why)
      }
      seat.pending.clear()
      seat.small.died(why)
    }
    worker.on('message', (message: FromWorker) =>
      message.t === 'small' ? seat.small.heard(message.letter) : heard(seat, message),
    )
    worker.on('error', died)
    worker.on('exit', () => died(new Error('a part worker stopped')))
    seats.set(number, seat)
    return seat
  }

  const leastBusy = (load: (seat: Seat) => number = ({ pending }) => pending.size): Seat => {
    let best: Seat | null = null
    for (let number = 0; number < options.threads; number++) {
      const seat = seats.get(number)
      if (seat === undefined) return sit(number)
      if (best === null || load(seat) < load(best)) best = seat
    }
    if (best === null) throw new RangeError('a pool needs a thread')
    return best
  }

  const begin = (job: PartJob, { signal, onMoved, onPrinted }: RunOptions): Promise<PartResult> =>
    new Promise((resolve, reject) => {
      const id = nextId++
      const seat = leastBusy()
      const stop = (): void => seat.worker.postMessage({ t: 'stop', id } satisfies ToWorker)
      const ended = (): void => signal.removeEventListener('abort', stop)
      seat.pending.set(id, {
        settle: (result) => (ended(), resolve(result)),
        fail: (cause) => (ended(), reject(cause)),
        onMoved,
        onPrinted,
      })
      signal.addEventListener('abort', stop, { once: true })
      seat.worker.postMessage(
        { t: 'run', id, job } satisfies ToWorker,
        job.cipher === null ? [] : [job.cipher.dataKey.buffer],
      )
    })

  return {
    async run(job, runOptions) {
      const isOver = (): boolean => runOptions.signal.aborted || closed
      while (active >= MOST_JOBS && !isOver()) await line.wait(runOptions.signal)
      active += 1
      try {
        const ready = typeof job === 'function' ? (isOver() ? null : await job()) : job
        if (ready !== null && !isOver()) return await begin(ready, runOptions)
        ready?.cipher?.dataKey.fill(0)
        throw new Failure({ code: 'cancelled' })
      } finally {
        active -= 1
        line.next()
      }
    },
    limit: (bytesPerSecond) => setSpeedLimit(memory, bytesPerSecond),
    small: () => (closed ? null : leastBusy(({ small }) => small.load()).small),
    async close() {
      closed = true
      line.all()
      await Promise.all([...seats.values()].map(({ worker }) => worker.terminate()))
    },
  }
}

function heard(seat: Seat, message: Exclude<FromWorker, { t: 'small' }>): void {
  const pending = seat.pending.get(message.id)
  if (pending === undefined) return
  if (message.t === 'moved') return pending.onMoved?.(message.bytes)
  if (message.t === 'printed') return pending.onPrinted?.(message.records)
  seat.pending.delete(message.id)
  if (message.t === 'done') pending.settle(message.result)
  else if (message.t === 'failed') pending.fail(new Failure(message.error))
  else pending.fail(new Error(message.stack))
}
