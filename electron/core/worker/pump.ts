import type { Writable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { Failure } from '../../../shared/contract/errors.ts'
import type { Crc64 } from '../cipher/crc64-sum.ts'
import type { ContentCipher } from '../cipher/content-cipher.ts'
import { slices } from '../cipher/ctr.ts'
import type { OpenSource } from '../files/file-source.ts'
import type { OpenTarget } from '../files/file-target.ts'
import { giveBack } from '../files/give-back.ts'
import type { Prints } from './sent-prints.ts'
import type { SpeedLimit } from './speed-limit.ts'
import { BUFFER_BYTES, forFiles, forSockets } from '../files/spare-buffers.ts'

/** Read at once where a file becomes another one: what fits into the cache of a processor. */
const ACROSS_BYTES = 256 * 1024

/**
 * Where a line is so slow that a batch takes this long, batches shrink: progress is told in steps
 * of one.
 */
const SLOW_MS = 250
const LEAST_BATCH_BYTES = 64 * 1024

/**
 * What bytes pass on their way: `crc` sums ciphertext, which comes after the cipher on the way up
 * and before it on the way down. `limit` holds for sockets, not for files.
 */
export interface Stages {
  readonly cipher: ContentCipher | null
  readonly crc: Crc64 | null
  readonly limit: SpeedLimit | null
}

/** Told after bytes were taken by the other side; `bytes` since the last call. */
export type Moved = (bytes: number) => void

/**
 * A range of a source into a socket. True: all of it was written; false: `over` was aborted before,
 * by an early answer. The source is checked after every read and before those bytes leave, and so
 * are `prints`: an attempt before this one may have sent the old bytes under the same key stream,
 * and two texts under one key stream give each other away. With `prints` a sum is needed. Does not
 * end `out`. Errors Failure 'source-changed', 'source-unreadable'.
 */
export async function pumpOut(
  source: OpenSource,
  offset: number,
  length: number,
  stages: Stages,
  out: Writable,
  over: AbortSignal,
  moved: Moved,
  prints: Prints | null,
): Promise<boolean> {
  if (length === 0) await source.check()
  const plain = stages.cipher === null ? null : forFiles.take(length)
  const end = offset + length
  let batchBytes = BUFFER_BYTES
  const lanes: Lane[] = []
  try {
    for (let [at, turn] = [offset, 0]; at < end; turn = 1 - turn) {
      // The second one is made only where one is not enough.
      const lane = (lanes[turn] ??= openLane(out, over, end - at))
      const waited = await lane.free()
      if (over.aborted) return false
      // Where a line is slow, batches shrink: progress is told in steps of one.
      batchBytes =
        waited > SLOW_MS
          ? Math.max(LEAST_BATCH_BYTES, batchBytes / 2)
          : Math.min(BUFFER_BYTES, batchBytes * 2)
      const most = Math.min(batchBytes, end - at)
      // What was read before is read in the same pieces, so that it can be compared before any of
      // it leaves.
      const batch = (plain ?? lane.buffer).subarray(
        0,
        prints?.next() ?? stages.limit?.step(most) ?? most,
      )
      await source.read(batch, at)
      await source.check()
      encrypt(batch, lane.buffer, stages)
      prints?.pass(batch.length, sumIn(stages))
      for (let sent = 0; sent < batch.length;) {
        // Less than was read where a limit has come since.
        const some = lane.buffer.subarray(
          sent,
          sent + (stages.limit?.step(batch.length - sent) ?? batch.length - sent),
        )
        await stages.limit?.take(some.length, over)
        if (sent > 0) await lane.free()
        if (over.aborted) return false
        sent += some.length
        lane.send(some, () => moved(some.length))
      }
      at += batch.length
      // A socket that takes all at once, from a quick disk: nothing here waits, and others want
      // their turn.
      await setImmediate()
    }
    await Promise.all(lanes.map((lane) => lane.free()))
    return true
  } finally {
    if (plain !== null) forFiles.giveBack(plain)
    for (const lane of lanes) lane.close()
  }
}

/** One of two buffers on their way into a socket: while it takes one, the other is filled. */
interface Lane {
  readonly buffer: Uint8Array
  /**
   * Resolves when the buffer may be written to, or there is no point in it any more. Answers with
   * milliseconds.
   */
  free(): Promise<number>
  /** `bytes`: of the buffer. */
  send(bytes: Uint8Array, taken: () => void): void
  close(): void
}

function openLane(out: Writable, over: AbortSignal, bytes: number): Lane {
  const buffer = forSockets.take(Math.max(0, bytes))
  let idle: Promise<void> | null = null
  let isWithSocket = false
  let release = (): void => undefined
  over.addEventListener('abort', () => release(), { once: true })
  return {
    buffer,
    async free() {
      const began = performance.now()
      await idle
      return performance.now() - began
    },
    send(bytes, taken) {
      idle = new Promise((resolve) => (release = resolve))
      isWithSocket = true
      out.write(bytes, (cause) => {
        // After a failure the system may still be reading from it.
        isWithSocket = cause !== null && cause !== undefined
        if (!isWithSocket) taken()
        release()
      })
    },
    close() {
      if (!isWithSocket) forSockets.giveBack(buffer)
    },
  }
}

/** A batch through the cipher, and its sum. Without a cipher it was read into that very place. */
function encrypt(batch: Uint8Array, into: Uint8Array, { cipher, crc }: Stages): void {
  if (cipher === null) return crc?.update(batch)
  let bytes = 0
  for (const slice of slices(batch)) {
    const sent = cipher.update(slice)
    crc?.update(sent)
    into.set(sent, bytes)
    bytes += sent.length
    giveBack(sent)
  }
}

function sumIn({ crc }: Stages): bigint {
  if (crc === null) throw new Error('prints without a sum')
  return crc.value()
}

/** Those of `chunk` that a sum counts, when `before` bytes came before them. */
function counted({ cipher }: Stages, chunk: Uint8Array, before: number): Uint8Array {
  return cipher === null || before >= cipher.lead ? chunk : chunk.subarray(cipher.lead - before)
}

/** Where the bytes of a body go, in order. */
export interface Intake {
  /**
   * Null: taken. Else when the promise is kept; until then the bytes must stay what they are, and
   * nothing more is given.
   */
  take(bytes: Uint8Array): Promise<void> | null
  /** After the last byte. */
  end(): Promise<void>
}

/**
 * A body of `length` bytes into a file. Less or more than that is a Failure 'size-differs', other
 * errors are those of the target. `stop` ends only a wait for the speed limit; whoever aborts it
 * ends the body too.
 */
export function openIntake(
  length: number,
  stages: Stages,
  target: OpenTarget,
  stop: AbortSignal,
  moved: Moved,
): Intake {
  let received = 0
  const differs = (actual: number): Failure =>
    new Failure({ code: 'size-differs', expected: length, actual, told: 'server' })
  /** Much may have come at once; it is told of as if the line were as slow as the limit. */
  const inTurns = async (limit: SpeedLimit, bytes: number): Promise<void> => {
    for (let left = bytes; left > 0;) {
      const some = limit.step(left)
      await limit.take(some, stop)
      moved(some)
      left -= some
    }
  }
  return {
    take(bytes) {
      if (received + bytes.length > length) throw differs(received + bytes.length)
      stages.crc?.update(counted(stages, bytes, received))
      received += bytes.length
      const writing =
        stages.cipher === null ? target.append(bytes) : through(stages.cipher, bytes, target)
      const { limit } = stages
      if (limit !== null && limit.step(Infinity) !== Infinity)
        return Promise.all([inTurns(limit, bytes.length), writing]).then(() => undefined)
      if (writing !== null) return writing.then(() => moved(bytes.length))
      moved(bytes.length)
      return null
    },
    async end() {
      await target.finish()
      if (received < length) throw differs(received)
    },
  }
}

/**
 * A chunk through its cipher into the target. Null: taken. Else it is taken when the promise is
 * kept.
 */
function through(
  cipher: ContentCipher,
  chunk: Uint8Array,
  target: OpenTarget,
): Promise<void> | null {
  const rest = slices(chunk)
  const goOn = (): Promise<void> | null => {
    // No for-of: to leave one ends the generator.
    for (let next = rest.next(); next.done !== true; next = rest.next()) {
      const output = cipher.update(next.value)
      const writing = target.append(output)
      if (writing !== null) return writing.then(() => (giveBack(output), goOn() ?? undefined))
      giveBack(output)
    }
    return null
  }
  return goOn()
}

/**
 * A range of one file into another; `crc` sums what is read. Without a `target` only the sum is
 * wanted, of what the range is as ciphertext: of what comes out of the cipher. Errors of the source
 * are Failures, those of `target` the system's.
 */
export async function pumpAcross(
  source: OpenSource,
  offset: number,
  length: number,
  stages: Stages,
  target: OpenTarget | null,
  stop: AbortSignal,
  moved: Moved,
): Promise<void> {
  const buffer = forFiles.take(length)
  try {
    for (let done = 0; done < length;) {
      const batch = buffer.subarray(0, Math.min(ACROSS_BYTES, length - done))
      await source.read(batch, offset + done)
      for (const slice of slices(batch)) {
        const output = stages.cipher?.update(slice) ?? slice
        stages.crc?.update(target === null ? output : counted(stages, slice, done))
        done += slice.length
        const writing = target?.append(output) ?? null
        if (writing !== null) await writing
        if (output !== slice) giveBack(output)
      }
      moved(batch.length)
      // Nothing here waits where disks are quick, and others want their turn.
      await setImmediate()
      if (stop.aborted) throw new Failure({ code: 'cancelled' })
    }
  } finally {
    // Nobody reads it any more: each read and each write of it was waited for.
    forFiles.giveBack(buffer)
  }
  await target?.finish()
  await source.check()
}
