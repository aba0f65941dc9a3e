import type { Writable } from 'node:stream'
import { Failure } from '../../../shared/contract/errors.ts'
import { sumStored, type ByteListener, type Stages } from './pump.ts'

/**
 * Writes a body to a socket as it is, and does not end the socket. True: all of it was written;
 * false: `over` was aborted first, by an early answer. `out` null: the body is only summed. Throws
 * the errors of the body, and Failure 'size-differs' for another length.
 */
export async function pumpThrough(
  body: AsyncIterable<Uint8Array>,
  length: number,
  stages: Stages,
  out: Writable | null,
  over: AbortSignal,
  moved: ByteListener,
): Promise<boolean> {
  let passed = 0
  for await (const chunk of body) {
    if (over.aborted) return false
    if (passed + chunk.length > length)
      throw new Failure({
        code: 'size-differs',
        expected: length,
        actual: passed + chunk.length,
        told: 'server',
      })
    await stages.limit?.take(chunk.length, over)
    sumStored(stages, chunk)
    out?.write(chunk)
    if (out !== null) await untilDrained(out, over)
    passed += chunk.length
    moved(chunk.length)
  }
  if (passed < length)
    throw new Failure({ code: 'size-differs', expected: length, actual: passed, told: 'server' })
  return !over.aborted
}

function untilDrained(out: Writable, over: AbortSignal): Promise<void> {
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
