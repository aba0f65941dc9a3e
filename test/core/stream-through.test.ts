import { PassThrough, Writable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { takeCrc64 } from '../../electron/core/cipher/crc64-sum.ts'
import { pumpThrough } from '../../electron/core/worker/pump-through.ts'
import { errorOf } from './oss-practice.ts'

/**
 * The pump from one socket to another. The other pumps are tested with files: stream-files.test.ts.
 */

const never = new AbortController().signal
const body = async function* (chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks
}
const sumOf = async (bytes: Uint8Array): Promise<bigint> => {
  const crc = await takeCrc64()
  crc.update(bytes)
  const sum = crc.value()
  crc.release()
  return sum
}

describe('a body passed on', () => {
  test('arrives as it is, however it is cut, and is summed and told', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 }),
        async (chunks) => {
          const whole = Buffer.concat(chunks)
          const out = new PassThrough({ highWaterMark: 16 })
          const arrived = buffer(out)
          const crc = await takeCrc64()
          let told = 0
          expect(
            await pumpThrough(
              body(chunks),
              whole.length,
              { cipher: null, crc, leaves: null, limit: null },
              out,
              never,
              (bytes) => void (told += bytes),
            ),
          ).toBe(true)
          out.end()
          expect([(await arrived).equals(whole), told, crc.value()]).toEqual([
            true,
            whole.length,
            await sumOf(whole),
          ])
          crc.release()
        },
      ),
      { numRuns: 50 },
    ))

  test.each([
    ['shorter', 4],
    ['longer', 2],
  ] as const)('%s than it should be is a failure', async (_name, length) => {
    expect(
      await errorOf(
        pumpThrough(
          body([new Uint8Array(3)]),
          length,
          { cipher: null, crc: null, leaves: null, limit: null },
          null,
          never,
          () => undefined,
        ),
      ),
    ).toEqual({ code: 'size-differs', expected: length, actual: 3, told: 'server' })
  })

  test('stops when nobody takes it any more', async () => {
    const over = new AbortController()
    // It never takes anything.
    const out = new Writable({ highWaterMark: 1, write: () => undefined })
    const pumping = pumpThrough(
      body([new Uint8Array(10), new Uint8Array(10)]),
      20,
      { cipher: null, crc: null, leaves: null, limit: null },
      out,
      over.signal,
      () => undefined,
    )
    while (out.writableLength === 0) await new Promise(setImmediate)
    over.abort()
    expect(await pumping).toBe(false)
    expect(out.writableLength).toBe(10)
  })
})
