import { Worker } from 'node:worker_threads'
import { Failure } from '../../../shared/contract/errors.ts'
import { DatabaseError } from './database.ts'
import type { FromIndexThread, OpenedIndex, OpenIndex, ToIndexThread } from './index-message.ts'
import type { RowIndex } from './port.ts'

/** The methods of an index in another thread. */
export type RemoteIndex = {
  readonly [N in Exclude<keyof RowIndex, 'prepare'>]: (
    ...args: Parameters<RowIndex[N]>
  ) => Promise<Awaited<ReturnType<RowIndex[N]>>>
}

/** The thread of all indexes. It starts with the first call at the latest. */
export interface IndexThread {
  /** Starts the thread, so that the first call does not wait for it. */
  start(): void
  open(index: string, how: OpenIndex): Promise<OpenedIndex>
  /** Calls a method. Rejects with Failure, or with {@link DatabaseError}. */
  call<N extends keyof RowIndex>(
    index: string,
    name: N,
    args: Parameters<RowIndex[N]>,
  ): Promise<ReturnType<RowIndex[N]>>
  /** Ends the thread. The caller closes the indexes before. */
  close(): Promise<void>
}

/** MiB of young heap: pages of rows come and go. */
const YOUNG_MB = 16

/** Opens the thread of `workerUrl`, the bundled index worker. */
export function openIndexThread(workerUrl: URL): IndexThread {
  interface Waiting {
    readonly resolve: (value: never) => void
    readonly reject: (cause: unknown) => void
  }
  const waiting = new Map<number, Waiting>()
  let worker: Worker | null = null
  let nextId = 1

  const end = (cause: unknown): void => {
    worker = null
    for (const { reject } of waiting.values()) reject(cause)
    waiting.clear()
  }
  const start = (): Worker => {
    const made = new Worker(workerUrl, {
      name: 'cipherbucket index',
      env: {},
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    })
    made.on('message', (message: FromIndexThread) => {
      const call = waiting.get(message.id)
      waiting.delete(message.id)
      if (call === undefined) return
      if ('value' in message) call.resolve(message.value as never)
      else if ('failure' in message) call.reject(new Failure(message.failure))
      else if ('database' in message) call.reject(new DatabaseError(message.database, 'index'))
      else call.reject(new Error(message.stack))
    })
    made.on('error', (cause) => {
      if (worker === made) end(cause)
    })
    made.on('exit', () => {
      if (worker === made) end(new Failure({ code: 'cancelled' }))
    })
    // The index alone does not hold the process.
    made.unref()
    return made
  }
  const send = <T>(message: Omit<ToIndexThread, 'id'>): Promise<T> =>
    new Promise((resolve, reject) => {
      const id = nextId++
      worker ??= start()
      worker.ref()
      const done = (): void => {
        if (waiting.size === 0) worker?.unref()
      }
      waiting.set(id, {
        resolve: (value: never) => (resolve(value), done()),
        reject: (cause) => (reject(cause), done()),
      })
      worker.postMessage({ ...message, id })
    })
  return {
    start: () => void (worker ??= start()),
    open: (index, how) => send({ index, open: how } as Omit<ToIndexThread, 'id'>),
    call: (index, name, args) => send({ index, call: name, args } as Omit<ToIndexThread, 'id'>),
    async close() {
      const running = worker
      worker = null
      await running?.terminate()
      for (const { reject } of waiting.values()) reject(new Failure({ code: 'cancelled' }))
      waiting.clear()
    },
  }
}
