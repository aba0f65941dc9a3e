import { parentPort, workerData } from 'node:worker_threads'
import { openHttpClient } from '../net/http-client.ts'
import { openHeldFiles } from './held-files.ts'
import type { RangeJob, WorkerJob } from './job.ts'
import {
  jobError,
  type FromWorker,
  type JobEnd,
  type ToWorker,
  type WorkerData,
} from './message.ts'
import { openOutbox } from './outbox.ts'
import { runRange } from './range-work.ts'
import { ERROR_BYTES } from './requests.ts'
import { openSpeedLimit } from './speed-limit.ts'

/** The entry of a worker thread: takes jobs from messages and answers each with its end. */

/** Milliseconds between two reports of one job's progress, at least. */
const REPORT_MS = 125

const { speedLimit, proxy } = workerData as WorkerData
/** All connections of this thread. */
const http = openHttpClient({ proxy, textLimit: ERROR_BYTES })
const limit = openSpeedLimit(speedLimit)
const held = openHeldFiles(http, limit)
const outbox = openOutbox((message: FromWorker) => parentPort?.postMessage(message))
/** For every job that can be stopped: the function that stops it. */
const stops = new Map<number, () => void>()

parentPort?.on('message', ({ jobs, stop, release }: ToWorker) => {
  for (const id of release) held.release(id)
  for (const { id, job } of jobs) start(id, job)
  for (const id of stop) stops.get(id)?.()
})

function end(jobEnd: JobEnd): void {
  stops.delete(jobEnd.id)
  outbox.ended(jobEnd)
}

function start(id: number, job: WorkerJob): void {
  switch (job.kind) {
    case 'hold':
      return void held.encrypt(id, job, end)
    case 'send-held': {
      let isOver = false
      const stop = held.send(id, job, (jobEnd) => {
        isOver = true
        end(jobEnd)
      })
      if (!isOver) stops.set(id, stop)
      return
    }
    default:
      return void startRange(id, job)
  }
}

async function startRange(id: number, job: RangeJob): Promise<void> {
  const control = new AbortController()
  stops.set(id, () => control.abort())
  const progress = reportProgress(id)
  try {
    const range = await runRange(job, {
      http,
      limit,
      stop: control.signal,
      moved: progress.moved,
      prints: (records) => outbox.prints({ id, records }),
    })
    end({ id, range })
  } catch (cause) {
    if (control.signal.aborted) end({ id, error: { code: 'cancelled' } })
    else end({ id, ...jobError(cause) })
  } finally {
    progress.stop()
  }
}

/** Reports the bytes of one job, at most every {@link REPORT_MS}, and never after `stop`. */
function reportProgress(id: number): { moved(bytes: number): void; stop(): void } {
  let bytes = 0
  let timer: NodeJS.Timeout | null = null
  return {
    moved(more) {
      bytes += more
      timer ??= setTimeout(() => {
        timer = null
        outbox.moved({ id, bytes })
      }, REPORT_MS)
    },
    stop: () => clearTimeout(timer ?? undefined),
  }
}
