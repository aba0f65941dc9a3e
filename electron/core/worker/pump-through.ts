import type { Writable } from 'node:stream'
import { Failure } from '../../../shared/contract/errors.ts'
import type { Moved, Stages } from './pump.ts'

/**
 * A body into a socket, as it is. True: all of it was written; false: `over` was aborted before, by
 * an early answer. `out` null: it is only summed. Does not end `out`. `body` failing, or having
 * another length, is a Failure.
 */
export async function pumpThrough(
  body: AsyncIterable<Uint8Array>,
  length: number,
  { crc, limit }: Stages,
  out: Writable | null,
  over: AbortSignal,
  moved: Moved,
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
    await limit?.take(chunk.length, over)
    crc?.update(chunk)
    out?.write(chunk)
    if (out !== null) await drained(out, over)
    passed += chunk.length
    moved(chunk.length)
  }
  if (passed < length)
    throw new Failure({ code: 'size-differs', expected: length, actual: passed, told: 'server' })
  return !over.aborted
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
