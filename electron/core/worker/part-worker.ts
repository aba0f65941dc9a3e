import type { Writable } from 'node:stream'
import { parentPort, workerData } from 'node:worker_threads'
import { Failure } from '../../../shared/contract/errors.ts'
import { openHttpClient, type HttpResponse, type RequestOptions } from '../net/http-client.ts'
import { requestHead } from '../net/http-request.ts'
import type { BodyReceiver } from '../net/http-response.ts'
import { onAbort } from '../base/on-abort.ts'
import { networkFailure } from '../net/net-error.ts'
import { takeCrc64, type Frame } from '../cipher/crc64-sum.ts'
import { openCipher } from '../cipher/content-cipher.ts'
import { openSource } from '../files/file-source.ts'
import { withTarget } from './job-target.ts'
import type {
  FromWorker,
  JobRequest,
  PartAnswer,
  PartJob,
  PartResult,
  ToWorker,
  WorkerData,
} from './part-job.ts'
import { answered, checkRange, ERROR_BYTES } from './part-answer.ts'
import { pumpThrough } from './pump-through.ts'
import { openIntake, pumpAcross, pumpOut, type Moved, type Stages } from './pump.ts'
import { openPrints } from './sent-prints.ts'
import { openSpeedLimit } from './speed-limit.ts'
import { openSmallWorker } from './small-worker.ts'

/** Progress of one job is told at most this often. */
const REPORT_MS = 125

const { speedLimit, proxy } = workerData as WorkerData
const http = openHttpClient({ proxy, textLimit: ERROR_BYTES })
const limit = openSpeedLimit(speedLimit)
const running = new Map<number, AbortController>()

type Work<Kind extends PartJob['kind']> = (
  job: Extract<PartJob, { kind: Kind }>,
  stages: Stages,
  stop: AbortSignal,
  moved: Moved,
  id: number,
) => Promise<PartAnswer | null>

const send: Work<'send'> = async (job, stages, stop, moved, id) => {
  const source = await openSource(job.source.path, job.source.identity, true)
  const prints = job.prints === undefined ? null : openPrints(job.prints, job.source.path)
  try {
    // Before anything is sent: what is behind its size would be left out of the object.
    if (job.offset + job.length === job.source.identity.size) await source.ends()
    const { before, after } = job.frame ?? NO_FRAME
    const bytes = before.length + job.length + after.length
    return await sent({ ...job.request, signal: stop }, bytes, async (request, over) => {
      stages.crc?.update(before)
      if (before.length > 0) request.write(before)
      if (!(await pumpOut(source, job.offset, job.length, stages, request, over, moved, prints)))
        return false
      stages.crc?.update(after)
      if (after.length > 0) request.write(after)
      return true
    })
  } finally {
    if (prints !== null) post({ t: 'printed', id, records: prints.records() })
    prints?.close()
    await source.close()
  }
}

const receive: Work<'receive'> = (job, stages, stop, moved) =>
  withTarget(job.target, job.at, async (file, failed) => {
    const intake = openIntake(job.length, stages, file, stop, moved)
    const receiver: BodyReceiver = {
      accepts({ status, headers }) {
        if (status < 300) checkRange(job, status, headers)
        return status < 300
      },
      // What fails here is the file, and must not look like the network.
      receive(bytes) {
        try {
          return intake.take(bytes)?.catch(failed) ?? null
        } catch (cause) {
          return failed(cause)
        }
      },
    }
    const answer = await fetched(job.request, stop, receiver)
    if (answer.status < 300) await intake.end()
    return answer
  })

/** The answer to a request without a body, whose own body `receiver` takes where it is good. */
function fetched(
  { url, method, headers }: JobRequest,
  stop: AbortSignal,
  receiver: BodyReceiver,
): Promise<PartAnswer> {
  return new Promise((resolve, reject) => {
    const cancel = http.send(
      { ...requestHead({ url, method, headers }, null), body: new Uint8Array(0) },
      (result) => {
        off()
        if (result instanceof Error) reject(result)
        else resolve(result)
      },
      { receiver },
    )
    const off = onAbort(stop, () => cancel())
    if (stop.aborted) cancel()
  })
}

const relay: Work<'relay'> = async (job, stages, stop, moved) => {
  const got = await asked(job, stop)
  if (got.status >= 300) return { ...(await answered(got, true)), ofSource: true }
  const pass = (request: Writable | null, over: AbortSignal): Promise<boolean> =>
    pumpThrough(got.body, job.length, stages, request, over, moved)
  return reading(job, got, async () => {
    if (job.into !== null) return sent({ ...job.into, signal: stop }, job.length, pass)
    await pass(null, stop)
    return { status: got.status, headers: got.headers, body: '', ofSource: true }
  })
}

const recode: Work<'recode'> = async (job, stages, stop, moved) => {
  const source = await openSource(job.source.path, job.source.identity, true)
  try {
    await withTarget(job.target, job.at, (file) =>
      pumpAcross(source, job.offset, job.length, stages, file, stop, moved),
    )
  } finally {
    await source.close()
  }
  return null
}

const sum: Work<'sum'> = async (job, stages, stop, moved) => {
  const { before, after } = job.frame ?? NO_FRAME
  const source = await openSource(job.source.path, job.source.identity, true)
  stages.crc?.update(before)
  await pumpAcross(source, job.offset, job.length, stages, null, stop, moved).finally(() =>
    source.close(),
  )
  stages.crc?.update(after)
  return null
}

/** The answer to a request without a body. */
function asked(
  { request: wanted }: { readonly request: JobRequest },
  stop: AbortSignal,
): Promise<HttpResponse> {
  return http.request({ ...wanted, body: null, signal: stop })
}

/**
 * Does something with the range that a good answer holds. Whatever fails, the rest of its body is
 * not waited for.
 */
async function reading<T>(
  job: { readonly request: JobRequest; readonly offset: number; readonly length: number },
  got: HttpResponse,
  work: () => Promise<T>,
): Promise<T> {
  try {
    checkRange(job, got.status, got.headers)
    return await work()
  } catch (cause) {
    got.body.destroy()
    throw networkFailure(cause, new URL(job.request.url).hostname)
  }
}

/**
 * The answer to a request whose body of `bytes` `write` writes; it answers whether all of it was, or the
 * answer came before.
 */
async function sent(
  options: RequestOptions,
  bytes: number,
  write: (request: Writable, over: AbortSignal) => Promise<boolean>,
): Promise<PartAnswer> {
  const { request, answer } = http.start(options, bytes)
  const over = new AbortController()
  answer.finally(() => over.abort()).catch(() => undefined)
  let whole = false
  try {
    whole = await write(request, over.signal)
    if (whole) request.end()
    return await answered(await answer, whole)
  } finally {
    // Less than Content-Length was sent: the server keeps nothing of it, and the connection is good
    // for nothing.
    if (!whole) request.destroy()
  }
}

const NO_FRAME: Frame = { before: new Uint8Array(0), after: new Uint8Array(0) }

async function run(id: number, job: PartJob): Promise<void> {
  const control = new AbortController()
  running.set(id, control)
  const report = reporter(id)
  const crc = job.checksum ? await takeCrc64() : null
  try {
    const cipher = job.cipher === null ? null : openCipher(job.cipher)
    const answer = await work(job, { cipher, crc, limit }, control.signal, report.moved, id)
    const good = answer === null || answer.status < 300
    post({
      t: 'done',
      id,
      result: {
        answer,
        crc64: good ? (crc?.value() ?? null) : null,
        ...(cipher?.end() ?? { tag: null, edges: null }),
      } satisfies PartResult,
    })
  } catch (cause) {
    if (control.signal.aborted) post({ t: 'failed', id, error: { code: 'cancelled' } })
    else if (cause instanceof Failure) post({ t: 'failed', id, error: cause.error })
    else
      post({
        t: 'broke',
        id,
        stack: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause),
      })
  } finally {
    job.cipher?.dataKey.fill(0)
    crc?.release()
    report.stop()
    running.delete(id)
  }
}

function work(
  job: PartJob,
  stages: Stages,
  stop: AbortSignal,
  moved: Moved,
  id: number,
): Promise<PartAnswer | null> {
  switch (job.kind) {
    case 'send':
      return send(job, stages, stop, moved, id)
    case 'receive':
      return receive(job, stages, stop, moved, id)
    case 'relay':
      return relay(job, stages, stop, moved, id)
    case 'recode':
      return recode(job, stages, stop, moved, id)
    case 'sum':
      return sum(job, stages, stop, moved, id)
  }
}

/** Tells at most every {@link REPORT_MS}, and nothing more after `stop`. */
function reporter(id: number): { readonly moved: Moved; stop(): void } {
  let bytes = 0
  let timer: NodeJS.Timeout | null = null
  return {
    moved(more) {
      bytes += more
      timer ??= setTimeout(() => {
        timer = null
        post({ t: 'moved', id, bytes })
      }, REPORT_MS)
    },
    stop: () => clearTimeout(timer ?? undefined),
  }
}

function post(message: FromWorker): void {
  parentPort?.postMessage(message)
}

const small = openSmallWorker((letter) => post({ t: 'small', letter }), limit, http)

parentPort?.on('message', (message: ToWorker) => {
  if (message.t === 'run') void run(message.id, message.job)
  else if (message.t === 'small') small(message.letter)
  else running.get(message.id)?.abort()
})
