import { parentPort } from 'node:worker_threads'
import { Failure } from '../../../shared/contract/errors.ts'
import { pieceOf } from '../net/content-range.ts'
import { networkFailure } from '../net/net-error.ts'
import { openAgents, startRequest, type Answer } from '../net/http.ts'
import { takeCrc64 } from '../stream/crc64-sum.ts'
import { openCipher } from '../stream/content-cipher.ts'
import { openSource } from '../stream/file-source.ts'
import { openTarget, type OpenTarget } from '../stream/file-target.ts'
import type { Frame, FromWorker, JobTarget, PartAnswer, PartJob, PartResult, ToWorker } from '../stream/part-job.ts'
import { fileFailure } from '../stream/place-file.ts'
import { pumpAcross, pumpIn, pumpOut, type Moved, type Stages } from '../stream/pump.ts'

/** Progress of one job is told at most this often. */
const REPORT_MS = 125
/** An error answer is a page of XML; more than this is none of ours. */
const ERROR_BYTES = 64 * 1024

const agents = openAgents()
const running = new Map<number, AbortController>()

type Work<Kind extends PartJob['kind']> = (job: Extract<PartJob, { kind: Kind }>, stages: Stages, stop: AbortSignal, moved: Moved) => Promise<PartAnswer | null>

const send: Work<'send'> = async (job, stages, stop, moved) => {
  const source = await openSource(job.source.path, job.source.identity, true)
  try {
    const { before, after } = job.frame ?? NO_FRAME
    const headers = { ...job.request.headers, 'content-length': String(before.length + job.length + after.length) }
    const { request, answer } = startRequest(agents, { ...job.request, headers, signal: stop })
    const over = new AbortController()
    answer.finally(() => over.abort()).catch(() => undefined)
    let whole = false
    try {
      stages.crc?.update(before)
      if (before.length > 0) request.write(before)
      whole = await pumpOut(source, job.offset, job.length, stages, request, over.signal, moved)
      if (whole) {
        stages.crc?.update(after)
        if (after.length > 0) request.write(after)
        request.end()
      }
      return await answered(await answer, whole)
    } finally {
      // Less than Content-Length was sent: the server keeps nothing of it, and the connection is good for nothing.
      if (!whole) request.destroy()
    }
  } finally {
    await source.close()
  }
}

const receive: Work<'receive'> = async (job, stages, stop, moved) => {
  const { request, answer } = startRequest(agents, { ...job.request, signal: stop })
  request.end()
  const got = await answer
  if (got.status >= 300) return answered(got, true)
  try {
    const piece = pieceOf(got.status, got.headers)
    // A server that ignores the range sends the whole object: right for one range of it all, wrong for every other.
    if (piece.offset !== job.offset || piece.length !== job.length) throw new Failure({ code: 'size-differs', expected: job.length, actual: piece.length })
    await into(job.target, job.at, (file) => pumpIn(got.body, job.length, stages, file, moved))
  } catch (cause) {
    got.body.destroy()
    throw networkFailure(cause, new URL(job.request.url).hostname)
  }
  return { status: got.status, headers: got.headers, body: '' }
}

const recode: Work<'recode'> = async (job, stages, stop, moved) => {
  const source = await openSource(job.source.path, job.source.identity, true)
  try {
    await into(job.target, job.at, (file) => pumpAcross(source, job.offset, job.length, stages, file, stop, moved))
  } finally {
    await source.close()
  }
  return null
}

const sum: Work<'sum'> = async (job, stages, stop, moved) => {
  const { before, after } = job.frame ?? NO_FRAME
  const source = await openSource(job.source.path, job.source.identity, true)
  stages.crc?.update(before)
  await pumpAcross(source, job.offset, job.length, stages, null, stop, moved).finally(() => source.close())
  stages.crc?.update(after)
  return null
}

const NO_FRAME: Frame = { before: new Uint8Array(0), after: new Uint8Array(0) }

/** `whole`: all was sent. A server that is content with less is none that keeps what it is given. */
async function answered({ status, headers, text }: Answer, whole: boolean): Promise<PartAnswer> {
  if (!whole && status < 300) throw new Failure({ code: 'oss', status, ossCode: '', ec: '', message: 'answered before the body', requestId: '', retryAfterMs: 0 })
  return { status, headers, body: await text(ERROR_BYTES) }
}

async function into(target: JobTarget, at: number, write: (file: OpenTarget) => Promise<void>): Promise<void> {
  let file: OpenTarget | null = null
  try {
    file = await openTarget(target.temporary, at)
    await write(file)
  } catch (cause) {
    // Only file calls have a `syscall` other than the network's; networkFailure sorts out the rest.
    throw SOCKET_CALLS.has((cause as NodeJS.ErrnoException).syscall ?? 'none') ? cause : fileFailure(cause, target.path, target.bytes)
  } finally {
    await file?.close()
  }
}
const SOCKET_CALLS: ReadonlySet<string> = new Set(['none', 'connect', 'getaddrinfo'])

async function run(id: number, job: PartJob): Promise<void> {
  const control = new AbortController()
  running.set(id, control)
  const report = reporter(id)
  const crc = job.checksum ? await takeCrc64() : null
  try {
    const cipher = job.cipher === null ? null : openCipher(job.cipher)
    const answer = await work(job, { cipher, crc }, control.signal, report.moved)
    const good = answer === null || answer.status < 300
    post({ t: 'done', id, result: { answer, crc64: good ? (crc?.value() ?? null) : null, ...(cipher?.end() ?? { tag: null, edges: null }) } satisfies PartResult })
  } catch (cause) {
    if (control.signal.aborted) post({ t: 'failed', id, error: { code: 'cancelled' } })
    else if (cause instanceof Failure) post({ t: 'failed', id, error: cause.error })
    else post({ t: 'broke', id, stack: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) })
  } finally {
    job.cipher?.dataKey.fill(0)
    crc?.release()
    report.stop()
    running.delete(id)
  }
}

function work(job: PartJob, stages: Stages, stop: AbortSignal, moved: Moved): Promise<PartAnswer | null> {
  switch (job.kind) {
    case 'send': return send(job, stages, stop, moved)
    case 'receive': return receive(job, stages, stop, moved)
    case 'recode': return recode(job, stages, stop, moved)
    case 'sum': return sum(job, stages, stop, moved)
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

parentPort?.on('message', (message: ToWorker) => {
  if (message.t === 'run') void run(message.id, message.job)
  else running.get(message.id)?.abort()
})
