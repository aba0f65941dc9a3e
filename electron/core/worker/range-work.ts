import type { Writable } from 'node:stream'
import { fileFailure } from '../base/system-failure.ts'
import { openCipher } from '../cipher/content-cipher.ts'
import { NO_FRAME, takeCrc64 } from '../cipher/crc64-sum.ts'
import { openSource } from '../files/file-source.ts'
import { openTarget, type OpenTarget } from '../files/file-target.ts'
import type { HttpClient } from '../net/http-client.ts'
import { networkFailure } from '../net/net-error.ts'
import type { JobAnswer, JobTarget, RangeJob, RangeResult } from './job.ts'
import { openIntake, pumpAcross, pumpOut, type ByteListener, type Stages } from './pump.ts'
import { openMemoryTarget, type MemoryTarget } from './memory-target.ts'
import { pumpThrough } from './pump-through.ts'
import { openLeaves } from './job-leaves.ts'
import { assertRange, openBody, readAnswerText, sendBody, takeBody } from './requests.ts'
import { openPrints } from './sent-prints.ts'
import type { SpeedLimit } from './speed-limit.ts'

/** All that a job on a range needs besides itself. */
export interface RangeContext {
  readonly http: HttpClient
  readonly limit: SpeedLimit
  /** Aborted when the job is to end. */
  readonly stop: AbortSignal
  readonly moved: ByteListener
  /** Hears all prints of a part, once, at the end of the job that sends it. */
  readonly prints: (records: Uint8Array) => void
}

type Work<Kind extends RangeJob['kind']> = (
  job: Extract<RangeJob, { kind: Kind }>,
  context: WorkContext,
) => Promise<JobAnswer | null>

interface WorkContext extends RangeContext {
  readonly stages: Stages
  /** Takes the bytes of a job that reads into memory. */
  readonly memory: MemoryTarget
}

/** Runs one job on a range, and wipes its data key however it ends. Throws Failure. */
export async function runRange(job: RangeJob, context: RangeContext): Promise<RangeResult> {
  let crc: Stages['crc'] = null
  using leaves = job.leaves === undefined ? null : openLeaves(job.leaves)
  try {
    crc = job.checksum ? await takeCrc64() : null
    const cipher = job.cipher === null ? null : openCipher(job.cipher)
    const memory = openMemoryTarget(job.kind === 'read' ? job.length : 0)
    const stages = { cipher, crc, leaves, limit: context.limit }
    const answer = await work(job, { ...context, stages, memory })
    const isGood = answer === null || answer.status < 300
    const crc64 = isGood ? (crc?.value() ?? null) : null
    const end = cipher?.end() ?? { tag: null, edges: null }
    return {
      answer,
      crc64,
      ...end,
      ...(isGood && leaves !== null && { leaves: leaves.end() }),
      ...(job.kind === 'read' && { bytes: memory.bytes() }),
    }
  } finally {
    job.cipher?.dataKey.fill(0)
    job.leaves?.dataKey.fill(0)
    crc?.release()
  }
}

/** Null: the job has no request. */
function work(job: RangeJob, context: WorkContext): Promise<JobAnswer | null> {
  switch (job.kind) {
    case 'send':
      return send(job, context)
    case 'receive':
      return receive(job, context)
    case 'read':
      return receiveTo(context.memory, rethrow, job, context)
    case 'relay':
      return relay(job, context)
    case 'recode':
      return recode(job, context)
    case 'sum':
      return sum(job, context)
  }
}

const send: Work<'send'> = async (job, { http, stages, stop, moved, prints: hear }) => {
  const source = await openSource(job.source.path, job.source.identity, true)
  const prints = job.prints === undefined ? null : openPrints(job.prints, job.source.path)
  try {
    // Before anything is sent: bytes behind the size of the file would be left out of the object.
    if (job.offset + job.length === job.source.identity.size) await source.ends()
    const { before, after } = job.frame ?? NO_FRAME
    const bytes = before.length + job.length + after.length
    return await sendBody(http, { ...job.request, signal: stop }, bytes, async (request, over) => {
      stages.crc?.update(before)
      if (before.length > 0) request.write(before)
      const { offset, length } = job
      if (!(await pumpOut(source, offset, length, stages, request, over, moved, prints)))
        return false
      stages.crc?.update(after)
      if (after.length > 0) request.write(after)
      return true
    })
  } finally {
    if (prints !== null) hear(prints.records())
    prints?.close()
    await source.close()
  }
}

const receive: Work<'receive'> = (job, context) =>
  withTarget(job.target, job.at, (file, throwFileError) =>
    receiveTo(file, throwFileError, job, context),
  )

/** Writes the body of a good answer to `target`. `throwError` throws an error of the target. */
async function receiveTo(
  target: OpenTarget,
  throwError: (cause: unknown) => never,
  job: Extract<RangeJob, { kind: 'receive' | 'read' }>,
  { http, stages, stop, moved }: WorkContext,
): Promise<JobAnswer> {
  const intake = openIntake(job.length, stages, target, stop, moved)
  const answer = await takeBody(http, job.request, stop, {
    accepts({ status, headers }) {
      if (status < 300) assertRange(job, status, headers)
      return status < 300
    },
    // An error in here is the target's, and must not look like the network's.
    receive(bytes) {
      try {
        return intake.take(bytes)?.catch(throwError) ?? null
      } catch (cause) {
        return throwError(cause)
      }
    },
  })
  if (answer.status < 300) await intake.end()
  return answer
}

const rethrow = (cause: unknown): never => {
  throw cause
}

const relay: Work<'relay'> = async (job, { http, stages, stop, moved }) => {
  const got = await openBody(http, job.request, stop)
  if (got.status >= 300) return { ...(await readAnswerText(got)), ofSource: true }
  const pass = (request: Writable | null, over: AbortSignal): Promise<boolean> =>
    pumpThrough(got.body, job.length, stages, request, over, moved)
  try {
    assertRange(job, got.status, got.headers)
    if (job.into === null) {
      await pass(null, stop)
      return { status: got.status, headers: got.headers, body: '', ofSource: true }
    }
    return await sendBody(http, { ...job.into, signal: stop }, job.length, pass)
  } catch (cause) {
    // The rest of the body is not waited for.
    got.body.destroy()
    throw networkFailure(cause, new URL(job.request.url).hostname)
  }
}

const recode: Work<'recode'> = async (job, { stages, stop, moved }) => {
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

const sum: Work<'sum'> = async (job, { stages, stop, moved }) => {
  const { before, after } = job.frame ?? NO_FRAME
  const source = await openSource(job.source.path, job.source.identity, true)
  try {
    stages.crc?.update(before)
    await pumpAcross(source, job.offset, job.length, stages, null, stop, moved)
    stages.crc?.update(after)
  } finally {
    await source.close()
  }
  return null
}

/**
 * Opens the temporary file of a job at byte `at`, and closes it after `write`. `throwFileError`
 * throws the error of the file that its argument is; an error of the network passes as it is.
 */
async function withTarget<T>(
  target: JobTarget,
  at: number,
  write: (file: OpenTarget, throwFileError: (cause: unknown) => never) => Promise<T>,
): Promise<T> {
  const throwFileError = (cause: unknown): never => {
    const call = (cause as NodeJS.ErrnoException).syscall
    throw call === undefined || SOCKET_CALLS.has(call)
      ? cause
      : fileFailure(cause, target.path, target.bytes)
  }
  let file: OpenTarget | null = null
  try {
    file = await openTarget(target.temporary, at)
    return await write(file, throwFileError)
  } catch (cause) {
    return throwFileError(cause)
  } finally {
    await file?.close()
  }
}

/** Every other system call is one on a file. */
const SOCKET_CALLS: ReadonlySet<string> = new Set(['connect', 'getaddrinfo'])
