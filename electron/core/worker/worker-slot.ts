import { Worker } from 'node:worker_threads'
import type { WorkerJob } from './job.ts'
import type { FromWorker, JobEnd, ToWorker, WorkerData } from './message.ts'

/** MiB of young heap a thread: most of what a thread works on lies outside the heap. */
const WORKER_YOUNG_MB = 8

/** Hears of one job. Either `ended` or `failed` is called, once. */
export interface JobListener {
  ended(end: JobEnd): void
  /** The thread is gone. */
  failed(cause: unknown): void
  moved?(bytes: number): void
  /** Null: the thread is gone, and nobody knows what was sent. */
  prints?(records: Uint8Array | null): void
}

/** The place of one worker thread, as the main thread sees it. */
export interface WorkerSlot {
  /** Jobs that have not ended, and held files. */
  load(): number
  /**
   * Hands a job to the thread and returns its number. All jobs of one turn go in one message. The
   * data key of a job is moved to the thread, which wipes it. The caller wipes the key of a job
   * that fails, since it may not have been sent.
   */
  start(job: WorkerJob, listener: JobListener): number
  /** Ends a job early. Its listener hears of it as of every end. */
  stop(id: number): void
  /** The thread forgets the file of the job `id`. */
  release(id: number): void
  /** Ends the thread. Its jobs fail. */
  terminate(): Promise<unknown>
}

/**
 * Starts a thread of `workerUrl`. `gone` is called once when the thread has ended, before its jobs
 * fail; it returns the error they fail with.
 */
export function openSlot(
  workerUrl: URL,
  data: WorkerData,
  gone: (cause: unknown) => unknown,
): WorkerSlot {
  const worker = new Worker(workerUrl, {
    name: 'cipherbucket worker',
    env: {},
    workerData: data,
    resourceLimits: { maxYoungGenerationSizeMb: WORKER_YOUNG_MB },
  })
  const listeners = new Map<number, JobListener>()
  const held = new Set<number>()
  let nextId = 1
  let outbox = emptyOutbox()
  let due = false
  let failure: { readonly cause: unknown } | null = null

  const flush = (): void => {
    due = false
    const message = outbox
    outbox = emptyOutbox()
    if (failure !== null) return
    try {
      worker.postMessage(
        message satisfies ToWorker,
        message.jobs.flatMap(({ job }) => secretsOf(job).map(({ buffer }) => buffer)),
      )
    } catch (cause) {
      for (const { id } of message.jobs) take(id)?.failed(cause)
    }
  }
  const schedule = (): void => {
    if (!due) setImmediate(flush)
    due = true
  }
  const take = (id: number): JobListener | undefined => {
    const listener = listeners.get(id)
    listeners.delete(id)
    return listener
  }
  const fail = (cause: unknown): void => {
    if (failure !== null) return
    failure = { cause: gone(cause) }
    for (const listener of listeners.values()) {
      listener.prints?.(null)
      listener.failed(failure.cause)
    }
    listeners.clear()
    held.clear()
  }
  worker.on('message', ({ moved, prints, ended }: FromWorker) => {
    for (const { id, bytes } of moved) listeners.get(id)?.moved?.(bytes)
    for (const { id, records } of prints) listeners.get(id)?.prints?.(records)
    for (const end of ended) {
      if ('held' in end && end.held !== null) held.add(end.id)
      take(end.id)?.ended(end)
    }
  })
  worker.on('error', fail)
  worker.on('exit', () => fail(new Error('a worker thread stopped')))

  return {
    load: () => listeners.size + held.size,
    start(job, listener) {
      const id = nextId++
      if (failure === null) {
        listeners.set(id, listener)
        outbox.jobs.push({ id, job })
        schedule()
      } else {
        listener.failed(failure.cause)
      }
      return id
    },
    stop(id) {
      if (!listeners.has(id)) return
      outbox.stop.push(id)
      schedule()
    },
    release(id) {
      if (!held.delete(id)) return
      outbox.release.push(id)
      schedule()
    },
    terminate: () => worker.terminate(),
  }
}

type Outbox = { readonly [K in keyof ToWorker]: ToWorker[K][number][] }
const emptyOutbox = (): Outbox => ({ jobs: [], stop: [], release: [] })

/** The secrets of a job: its data key, the copy for the leaves, the writer secret. */
function secretsOf(job: WorkerJob): readonly Uint8Array<ArrayBuffer>[] {
  const all =
    job.kind === 'hold'
      ? [job.seal?.writer]
      : job.kind === 'send-held'
        ? []
        : [job.cipher?.dataKey, job.leaves?.dataKey]
  return all.filter((secret) => secret !== undefined && secret !== null)
}

/** Wipes the secrets of a job. A secret that was moved to a thread is not here any more. */
export function wipeSecrets(job: WorkerJob): void {
  for (const secret of secretsOf(job)) if (secret.length > 0) secret.fill(0)
}
