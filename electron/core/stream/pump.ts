import type { FileHandle } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { Failure } from '../../../shared/contract/errors.ts'
import type { Crc64 } from './crc64-sum.ts'
import type { ContentCipher } from './content-cipher.ts'
import { slices } from './ctr.ts'
import type { OpenSource } from './file-source.ts'
import type { SpeedLimit } from './speed-limit.ts'

/** Read at once. Small enough for dozens of jobs side by side, large enough that a read costs nothing (feasibility 13). */
export const BATCH_BYTES = 1024 * 1024

/** Where a line is so slow that a batch takes this long, batches shrink: progress is told in steps of one. */
const SLOW_MS = 250
const LEAST_BATCH_BYTES = 64 * 1024

/**
 * What bytes pass on their way: `crc` sums ciphertext, which comes after the cipher on the way up and before it on the way down. `limit`
 * holds for sockets, not for files.
 */
export interface Stages {
  readonly cipher: ContentCipher | null
  readonly crc: Crc64 | null
  readonly limit: SpeedLimit | null
}

/** Told after bytes were taken by the other side; `bytes` since the last call. */
export type Moved = (bytes: number) => void

/**
 * A range of a source into a socket. True: all of it was written; false: `over` was aborted before, by an early answer.
 * The source is checked after every read and before those bytes leave: an attempt before this one may have sent the old
 * bytes under the same key stream, and two texts under one key stream give each other away.
 * Does not end `out`. Errors Failure 'source-changed', 'source-unreadable'.
 */
export async function pumpOut(
  source: OpenSource, offset: number, length: number, stages: Stages, out: Writable, over: AbortSignal, moved: Moved,
): Promise<boolean> {
  const buffer = Buffer.allocUnsafeSlow(Math.min(BATCH_BYTES, length))
  const end = offset + length
  let batchBytes = BATCH_BYTES / 4
  const read = async (at: number): Promise<Uint8Array> => {
    const bytes = Math.min(batchBytes, end - at)
    const batch = buffer.subarray(0, stages.limit?.step(bytes) ?? bytes)
    await source.read(batch, at)
    await source.check()
    return batch
  }
  if (length === 0) {
    await source.check()
    return true
  }
  let batch = await read(offset)
  for (let at = offset; !over.aborted; ) {
    // Less than was read where a limit has come since; the rest follows.
    const some = batch.subarray(0, stages.limit?.step(batch.length) ?? batch.length)
    const rest = batch.subarray(some.length)
    await stages.limit?.take(some.length, over)
    if (over.aborted) return false
    // One system call for the whole batch instead of one per slice.
    out.cork()
    for (const slice of slices(some)) {
      // Less than a socket's buffer may wait in there while the next bytes are read into ours.
      const sent = stages.cipher?.update(slice) ?? (some.length < LEAST_BATCH_BYTES ? Buffer.from(slice) : slice)
      stages.crc?.update(sent)
      out.write(sent)
    }
    process.nextTick(() => out.uncork())
    at += some.length
    // The cipher made copies, so the buffer is free for the next read while the socket takes those.
    const next = stages.cipher !== null && rest.length === 0 && at < end ? read(at) : null
    const began = performance.now()
    const [ahead] = await Promise.all([next, drained(out, over)])
    moved(some.length)
    const slow = performance.now() - began > SLOW_MS
    batchBytes = slow ? Math.max(LEAST_BATCH_BYTES, batchBytes / 2) : Math.min(BATCH_BYTES, batchBytes * 2)
    if (at === end) return true
    batch = rest.length > 0 ? rest : (ahead ?? (await read(at)))
  }
  return false
}

/**
 * A body into a socket, as it is. True: all of it was written; false: `over` was aborted before, by an early answer. `out` null: it is only
 * summed. Does not end `out`. `body` failing, or having another length, is a Failure.
 */
export async function pumpThrough(body: AsyncIterable<Uint8Array>, length: number, { crc, limit }: Stages, out: Writable | null, over: AbortSignal, moved: Moved): Promise<boolean> {
  let passed = 0
  for await (const chunk of body) {
    if (over.aborted) return false
    if (passed + chunk.length > length) throw new Failure({ code: 'size-differs', expected: length, actual: passed + chunk.length })
    await limit?.take(chunk.length, over)
    crc?.update(chunk)
    out?.write(chunk)
    if (out !== null) await drained(out, over)
    passed += chunk.length
    moved(chunk.length)
  }
  if (passed < length) throw new Failure({ code: 'size-differs', expected: length, actual: passed })
  return !over.aborted
}

/** Those of `chunk` that a sum counts, when `before` bytes came before them. */
function counted({ cipher }: Stages, chunk: Uint8Array, before: number): Uint8Array {
  return cipher === null || before >= cipher.lead ? chunk : chunk.subarray(cipher.lead - before)
}

/**
 * A body into a file. `body` failing, or its end before `length` bytes, is a Failure; so is more than that. `stop` ends only a wait for the
 * speed limit; whoever aborts it ends the body too.
 */
export async function pumpIn(
  body: AsyncIterable<Uint8Array>, length: number, stages: Stages, file: FileHandle, at: number, stop: AbortSignal, moved: Moved,
): Promise<void> {
  let received = 0
  let told = 0
  let position = at
  let held: Uint8Array[] = []
  let heldBytes = 0
  let writing: Promise<void> = Promise.resolve()
  const flush = async (): Promise<void> => {
    await writing
    const [batch, where, news] = [held, position, received - told]
    position += heldBytes
    told = received
    held = []
    heldBytes = 0
    writing = writeAll(file, batch, where).then(() => moved(news))
    // Awaited in the next round; until then a failure must not count as unhandled.
    writing.catch(() => undefined)
  }
  for await (const chunk of body) {
    if (received + chunk.length > length) throw new Failure({ code: 'size-differs', expected: length, actual: received + chunk.length })
    stages.crc?.update(counted(stages, chunk, received))
    received += chunk.length
    const output = stages.cipher?.update(chunk) ?? chunk
    held.push(output)
    heldBytes += output.length
    if (heldBytes >= (stages.limit?.step(BATCH_BYTES / 2) ?? BATCH_BYTES / 2)) await flush()
    await stages.limit?.take(chunk.length, stop)
  }
  await flush()
  await writing
  if (received < length) throw new Failure({ code: 'size-differs', expected: length, actual: received })
}

/**
 * A range of one file into another at `at`; `crc` sums what is read. Without a `file` only the sum is wanted, of what the
 * range is as ciphertext: of what comes out of the cipher. Errors of the source are Failures, those of `file` the system's.
 */
export async function pumpAcross(
  source: OpenSource, offset: number, length: number, stages: Stages, file: FileHandle | null, at: number, stop: AbortSignal, moved: Moved,
): Promise<void> {
  const buffer = Buffer.allocUnsafeSlow(Math.min(BATCH_BYTES, length))
  let writing: Promise<void> = Promise.resolve()
  let position = at
  for (let done = 0; done < length; ) {
    if (stop.aborted) throw new Failure({ code: 'cancelled' })
    const batch = buffer.subarray(0, Math.min(BATCH_BYTES, length - done))
    await source.read(batch, offset + done)
    const outputs: Uint8Array[] = []
    let seen = done
    for (const slice of slices(batch)) {
      const output = stages.cipher?.update(slice) ?? slice
      stages.crc?.update(file === null ? output : counted(stages, slice, seen))
      seen += slice.length
      if (file !== null) outputs.push(output)
    }
    await writing
    if (file !== null) {
      writing = writeAll(file, outputs, position)
      position += outputs.reduce((sum, { length: bytes }) => sum + bytes, 0)
    }
    // Awaited in the next round; until then a failure must not count as unhandled.
    writing.catch(() => undefined)
    // Bytes passed on as they are share the buffer that is read into next.
    if (stages.cipher === null) await writing
    done += batch.length
    moved(batch.length)
  }
  await writing
  await source.check()
}

async function writeAll(file: FileHandle, buffers: readonly Uint8Array[], position: number): Promise<void> {
  let rest = buffers.filter((buffer) => buffer.length > 0)
  while (rest.length > 0) {
    let { bytesWritten } = await file.writev(rest, position)
    position += bytesWritten
    // A nearly full disk takes part of it; the next call then says why.
    while (rest[0] !== undefined && bytesWritten >= rest[0].length) {
      bytesWritten -= rest[0].length
      rest = rest.slice(1)
    }
    if (rest[0] !== undefined && bytesWritten > 0) rest = [rest[0].subarray(bytesWritten), ...rest.slice(1)]
  }
}

function drained(out: Writable, over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      out.off('drain', done)
      over.removeEventListener('abort', done)
      resolve()
    }
    if (over.aborted || !out.writableNeedDrain) return resolve()
    out.on('drain', done)
    over.addEventListener('abort', done, { once: true })
  })
}
