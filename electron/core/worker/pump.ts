import type { Writable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { Failure } from '../../../shared/contract/errors.ts'
import type { Crc64 } from '../cipher/crc64-sum.ts'
import type { ContentCipher } from '../cipher/content-cipher.ts'
import { slices } from '../cipher/ctr.ts'
import type { OpenSource } from '../files/file-source.ts'
import type { OpenTarget } from '../files/file-target.ts'
import { giveBack } from '../files/give-back.ts'
import type { JobLeafSum } from './job-leaves.ts'
import type { Prints } from './sent-prints.ts'
import type { SpeedLimit } from './speed-limit.ts'
import { BUFFER_BYTES, forFiles, forSockets } from '../files/spare-buffers.ts'

/** Bytes read at once where a file becomes another file: they fit into a processor's cache. */
const ACROSS_BYTES = 256 * 1024

/**
 * A batch that takes longer than this makes the next batches smaller: progress is reported once a
 * batch.
 */
const SLOW_MS = 250
const LEAST_BATCH_BYTES = 64 * 1024

/**
 * The stages that bytes pass. `crc` sums ciphertext, which is behind the cipher on the way up and
 * before it on the way down. `leaves` sums the same bytes. `limit` applies to sockets and not to
 * files.
 */
export interface Stages {
  readonly cipher: ContentCipher | null
  readonly crc: Crc64 | null
  readonly leaves: JobLeafSum | null
  readonly limit: SpeedLimit | null
}

/** Sums bytes as they are stored. A block that belongs to the range before is not among them. */
export function sumStored({ crc, leaves }: Stages, bytes: Uint8Array): void {
  crc?.update(bytes)
  leaves?.update(bytes)
}

/** Hears of bytes that the other side has taken; `bytes` since the last call. */
export type ByteListener = (bytes: number) => void

/**
 * Writes a range of a source to a socket, and does not end the socket. True: all of it was written;
 * false: `over` was aborted first, by an early answer. The source and the prints are checked after
 * every read, before those bytes leave. An earlier attempt may have sent other bytes under the same
 * key stream, and two texts under one key stream give each other away. `prints` need a sum.
 * Throws Failure 'source-changed', 'source-unreadable'.
 */
export async function pumpOut(
  source: OpenSource,
  offset: number,
  length: number,
  stages: Stages,
  out: Writable,
  over: AbortSignal,
  moved: ByteListener,
  prints: Prints | null,
): Promise<boolean> {
  if (length === 0) await source.check()
  const plain = stages.cipher === null ? null : forFiles.take(length)
  const end = offset + length
  let batchBytes = BUFFER_BYTES
  const buffers: SendBuffer[] = []
  try {
    for (let [at, turn] = [offset, 0]; at < end; turn = 1 - turn) {
      // The second buffer is made only where one is not enough.
      const buffer = (buffers[turn] ??= openSendBuffer(out, over, end - at))
      const waited = await buffer.untilFree()
      if (over.aborted) return false
      batchBytes =
        waited > SLOW_MS
          ? Math.max(LEAST_BATCH_BYTES, batchBytes / 2)
          : Math.min(BUFFER_BYTES, batchBytes * 2)
      const most = Math.min(batchBytes, end - at)
      // Bytes that an earlier attempt read are read in the same batches, so that each batch can be
      // compared before any of it leaves.
      const batch = (plain ?? buffer.bytes).subarray(
        0,
        prints?.next() ?? stages.limit?.step(most) ?? most,
      )
      await source.read(batch, at)
      await source.check()
      encrypt(batch, buffer.bytes, stages)
      prints?.pass(batch.length, sumIn(stages))
      for (let sent = 0; sent < batch.length;) {
        // The step is smaller than the batch where a speed limit was set after the read.
        const some = buffer.bytes.subarray(
          sent,
          sent + (stages.limit?.step(batch.length - sent) ?? batch.length - sent),
        )
        await stages.limit?.take(some.length, over)
        if (sent > 0) await buffer.untilFree()
        if (over.aborted) return false
        sent += some.length
        buffer.send(some, () => moved(some.length))
      }
      at += batch.length
      // With a quick disk and a quick socket nothing above waits, and other jobs want a turn.
      await setImmediate()
    }
    await Promise.all(buffers.map((buffer) => buffer.untilFree()))
    return true
  } finally {
    if (plain !== null) forFiles.giveBack(plain)
    for (const buffer of buffers) buffer.close()
  }
}

/** One of two buffers of a socket: while the socket takes one, the other is filled. */
interface SendBuffer {
  readonly bytes: Uint8Array
  /**
   * Resolves when the buffer may be written to, or when an early answer made that pointless.
   * Returns the milliseconds of the wait.
   */
  untilFree(): Promise<number>
  /** Hands bytes of the buffer to the socket; calls `taken` when the socket has taken them. */
  send(bytes: Uint8Array, taken: () => void): void
  /** Gives the memory back. */
  close(): void
}

function openSendBuffer(out: Writable, over: AbortSignal, atMost: number): SendBuffer {
  const memory = forSockets.take(Math.max(0, atMost))
  let idle: Promise<void> | null = null
  let isWithSocket = false
  let release = (): void => undefined
  over.addEventListener('abort', () => release(), { once: true })
  return {
    bytes: memory,
    async untilFree() {
      const began = performance.now()
      await idle
      return performance.now() - began
    },
    send(bytes, taken) {
      idle = new Promise((resolve) => (release = resolve))
      isWithSocket = true
      out.write(bytes, (cause) => {
        // After an error the system may still read from the buffer.
        isWithSocket = cause !== null && cause !== undefined
        if (!isWithSocket) taken()
        release()
      })
    },
    close() {
      if (!isWithSocket) forSockets.giveBack(memory)
    },
  }
}

/**
 * Encrypts a batch into `into` and sums the result. Without a cipher the batch is there already.
 */
function encrypt(batch: Uint8Array, into: Uint8Array, stages: Stages): void {
  const { cipher } = stages
  if (cipher === null) return sumStored(stages, batch)
  let bytes = 0
  for (const slice of slices(batch)) {
    const sent = cipher.update(slice)
    sumStored(stages, sent)
    into.set(sent, bytes)
    bytes += sent.length
    giveBack(sent)
  }
}

function sumIn({ crc }: Stages): bigint {
  if (crc === null) throw new Error('prints without a sum')
  return crc.value()
}

/** The bytes of `chunk` that a sum counts, when `before` bytes came before the chunk. */
function counted({ cipher }: Stages, chunk: Uint8Array, before: number): Uint8Array {
  return cipher === null || before >= cipher.lead ? chunk : chunk.subarray(cipher.lead - before)
}

/** Takes the bytes of a body, in order. */
export interface Intake {
  /**
   * Null: the bytes are taken. A promise resolves when they are; until then they must not change,
   * and no more bytes may come.
   */
  take(bytes: Uint8Array): Promise<void> | null
  /** After the last byte. */
  end(): Promise<void>
}

/**
 * Writes a body of `length` bytes to a file. Throws Failure 'size-differs' for less or more bytes,
 * and the errors of the target. `stop` ends only a wait for the speed limit: the caller who aborts
 * it ends the body too.
 */
export function openIntake(
  length: number,
  stages: Stages,
  target: OpenTarget,
  stop: AbortSignal,
  moved: ByteListener,
): Intake {
  let received = 0
  const differs = (actual: number): Failure =>
    new Failure({ code: 'size-differs', expected: length, actual, told: 'server' })
  /** Reports bytes that came at once as slowly as the limit lets them come. */
  const reportSlowly = async (limit: SpeedLimit, bytes: number): Promise<void> => {
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
      sumStored(stages, counted(stages, bytes, received))
      received += bytes.length
      const writing =
        stages.cipher === null ? target.append(bytes) : decryptTo(stages.cipher, bytes, target)
      const { limit } = stages
      if (limit !== null && limit.step(Infinity) !== Infinity)
        return Promise.all([reportSlowly(limit, bytes.length), writing]).then(() => undefined)
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
 * Passes a chunk through the cipher into the target. Null: the chunk is taken. A promise resolves
 * when it is.
 */
function decryptTo(
  cipher: ContentCipher,
  chunk: Uint8Array,
  target: OpenTarget,
): Promise<void> | null {
  const rest = slices(chunk)
  const writeRest = (): Promise<void> | null => {
    // No for-of: leaving such a loop would end the generator.
    for (let next = rest.next(); next.done !== true; next = rest.next()) {
      const output = cipher.update(next.value)
      const writing = target.append(output)
      if (writing !== null) return writing.then(() => (giveBack(output), writeRest() ?? undefined))
      giveBack(output)
    }
    return null
  }
  return writeRest()
}

/**
 * Writes a range of one file to another; `crc` sums the bytes that are read. `target` null: nothing
 * is written, and `crc` sums what comes out of the cipher. Throws Failure for errors of the source,
 * and the system's errors for those of the target.
 */
export async function pumpAcross(
  source: OpenSource,
  offset: number,
  length: number,
  stages: Stages,
  target: OpenTarget | null,
  stop: AbortSignal,
  moved: ByteListener,
): Promise<void> {
  const buffer = forFiles.take(length)
  try {
    for (let done = 0; done < length;) {
      const batch = buffer.subarray(0, Math.min(ACROSS_BYTES, length - done))
      await source.read(batch, offset + done)
      for (const slice of slices(batch)) {
        const output = stages.cipher?.update(slice) ?? slice
        sumStored(stages, target === null ? output : counted(stages, slice, done))
        done += slice.length
        const writing = target?.append(output) ?? null
        if (writing !== null) await writing
        if (output !== slice) giveBack(output)
      }
      moved(batch.length)
      // With quick disks nothing above waits, and other jobs want a turn.
      await setImmediate()
      if (stop.aborted) throw new Failure({ code: 'cancelled' })
    }
  } finally {
    // Nothing reads the buffer any more: each read and each write of it was awaited.
    forFiles.giveBack(buffer)
  }
  await target?.finish()
  await source.check()
}
