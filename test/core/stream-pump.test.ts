import { createCipheriv, randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import fc from 'fast-check'
import { createCRC64 } from 'hash-wasm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCipher } from '../../electron/core/cipher/content-cipher.ts'
import { takeCrc64 } from '../../electron/core/cipher/crc64-sum.ts'
import { fileCalls } from '../../electron/core/files/file-calls.ts'
import { identify, openSource } from '../../electron/core/files/file-source.ts'
import { openTarget } from '../../electron/core/files/file-target.ts'
import { openIntake, pumpAcross, pumpOut, type Stages } from '../../electron/core/worker/pump.ts'
import { BUFFER_BYTES } from '../../electron/core/files/spare-buffers.ts'
import {
  openSpeedLimit,
  setSpeedLimit,
  speedLimitMemory,
} from '../../electron/core/worker/speed-limit.ts'
import { crc64FromHex } from '../../shared/format/crc64.ts'
import { errorOf, never } from './oss-practice.ts'

const [KEY, COUNTER] = [randomBytes(32), randomBytes(16)]
const PLAIN = randomBytes(5 * BUFFER_BYTES + 4321)
const CIPHERTEXT = createCipheriv('aes-256-ctr', KEY, COUNTER).update(PLAIN)
const table = await createCRC64()
const sumOf = (bytes: Uint8Array): bigint => crc64FromHex(table.init().update(bytes).digest('hex'))

let dir: string
let path: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'cipherbucket-pump-'))
  path = join(dir, 'source')
  await writeFile(path, PLAIN)
})
afterAll(() => rm(dir, { recursive: true, force: true }))

const stagesOf = async (encrypted: boolean): Promise<Stages> => ({
  cipher: encrypted
    ? openCipher({
        kind: 'ctr',
        dataKey: Uint8Array.from(KEY),
        counter: COUNTER,
        at: 0,
        resplit: null,
      })
    : null,
  crc: await takeCrc64(),
  leaves: null,
  limit: null,
})
const open = async (mayBlock: boolean) => openSource(path, await identify(path), mayBlock)

/** A socket that holds what it is given for a while, and looks at it only then. */
function holding(pauseMs: number): { readonly out: Writable; readonly got: Buffer[] } {
  const got: Buffer[] = []
  const out = new Writable({
    write(chunk: Buffer, _encoding, done) {
      setTimeout(() => {
        got.push(Buffer.from(chunk))
        done()
      }, pauseMs)
    },
  })
  return { out, got }
}

describe('out', () => {
  test.each([
    { encrypted: true, mayBlock: true, length: PLAIN.length },
    { encrypted: true, mayBlock: false, length: PLAIN.length },
    { encrypted: false, mayBlock: true, length: PLAIN.length },
    { encrypted: true, mayBlock: true, length: BUFFER_BYTES + 1 },
    { encrypted: true, mayBlock: true, length: 0 },
  ])(
    'a socket that is slow to look gets each byte once: $encrypted, $mayBlock, $length',
    async ({ encrypted, mayBlock, length }) => {
      const [stages, source, { out, got }] = [
        await stagesOf(encrypted),
        await open(mayBlock),
        holding(3),
      ]
      let moved = 0
      expect(
        await pumpOut(source, 0, length, stages, out, never, (bytes) => (moved += bytes), null),
      ).toBe(true)
      await source.close()
      const expected = (encrypted ? CIPHERTEXT : PLAIN).subarray(0, length)
      expect(Buffer.concat(got).equals(expected)).toBe(true)
      expect(stages.crc?.value()).toBe(sumOf(expected))
      expect(moved).toBe(length)
      stages.crc?.release()
    },
  )

  test('no more is read than the socket and two buffers hold, and an early answer ends it', async () => {
    const [stages, source, over] = [await stagesOf(true), await open(true), new AbortController()]
    let moved = 0
    const out = new Writable({ write: () => undefined })
    const pumped = pumpOut(
      source,
      0,
      PLAIN.length,
      stages,
      out,
      over.signal,
      (bytes) => (moved += bytes),
      null,
    )
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(out.writableLength).toBe(2 * BUFFER_BYTES)
    over.abort()
    expect(await pumped).toBe(false)
    expect(moved).toBe(0)
    await source.close()
    stages.crc?.release()
    // The memory that this socket still holds is not given to the next one.
    const { out: next, got } = holding(0)
    const [again, anew] = [await open(true), await stagesOf(true)]
    await pumpOut(again, 0, PLAIN.length, anew, next, never, () => undefined, null)
    expect(Buffer.concat(got).equals(CIPHERTEXT)).toBe(true)
    await again.close()
    anew.crc?.release()
  })
})

describe('in', () => {
  const into = async (
    chunks: Iterable<Uint8Array>,
    length: number,
    mayBlock = true,
  ): Promise<{
    readonly crc: bigint | undefined
    readonly moved: number
    readonly file: Buffer
  }> => {
    const target = join(dir, 'target')
    await writeFile(target, '')
    const [stages, file] = [await stagesOf(true), await openTarget(target, 0, fileCalls(mayBlock))]
    let moved = 0
    try {
      const intake = openIntake(length, stages, file, never, (bytes) => (moved += bytes))
      for (const chunk of chunks) {
        await intake.take(chunk)
        // The memory belongs to the giver again.
        chunk.fill(0)
      }
      await intake.end()
      return { crc: stages.crc?.value(), moved, file: await readFile(target) }
    } finally {
      await file.close()
      stages.crc?.release()
    }
  }
  const cut = function* (bytes: Uint8Array, lengths: readonly number[]): Generator<Uint8Array> {
    // Copies: they are used again.
    for (let at = 0, i = 0; at < bytes.length; i++) {
      const length = lengths[i % lengths.length] ?? 1
      yield Buffer.from(bytes.subarray(at, at + length))
      at += length
    }
  }

  test.each([true, false])(
    'a body is in the file, decrypted, however it comes; quick disk: %s',
    async (mayBlock) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(
            fc.oneof(fc.integer({ min: 1000, max: 200_000 }), fc.constantFrom(16_384, 65_536)),
            { minLength: 1, maxLength: 5 },
          ),
          async (lengths) => {
            const { crc, moved, file } = await into(
              cut(CIPHERTEXT, lengths),
              PLAIN.length,
              mayBlock,
            )
            expect(file.equals(PLAIN)).toBe(true)
            expect([crc, moved]).toEqual([sumOf(CIPHERTEXT), PLAIN.length])
          },
        ),
        { numRuns: 8 },
      )
    },
  )

  test('under a limit much that came at once is told of in steps, and a cancel ends the wait', async () => {
    const target = join(dir, 'limited')
    await writeFile(target, '')
    const memory = speedLimitMemory()
    setSpeedLimit(memory, 1024 * 1024)
    const [stages, file, stop] = [
      { ...(await stagesOf(true)), limit: openSpeedLimit(memory) },
      await openTarget(target, 0),
      new AbortController(),
    ]
    const steps: number[] = []
    const intake = openIntake(
      CIPHERTEXT.length,
      stages,
      file,
      stop.signal,
      (bytes) => void steps.push(bytes),
    )
    await intake.take(CIPHERTEXT.subarray(0, 256 * 1024))
    expect([Math.max(...steps), steps.reduce((sum, bytes) => sum + bytes, 0)]).toEqual([
      64 * 1024,
      256 * 1024,
    ])
    setSpeedLimit(memory, 1)
    setTimeout(() => stop.abort(), 10)
    await intake.take(CIPHERTEXT.subarray(256 * 1024))
    await intake.end()
    await file.close()
    expect((await readFile(target)).equals(PLAIN)).toBe(true)
    stages.crc?.release()
  })

  test('more or less than there should be is a failure', async () => {
    expect(await errorOf(into(cut(CIPHERTEXT, [50_000]), PLAIN.length - 1))).toMatchObject({
      code: 'size-differs',
    })
    expect(await errorOf(into(cut(CIPHERTEXT, [50_000]), PLAIN.length + 1))).toEqual({
      code: 'size-differs',
      expected: PLAIN.length + 1,
      actual: PLAIN.length,
      told: 'server',
    })
  })
})

describe('across', () => {
  test('a cancel is heard though nothing ever waits', async () => {
    const [stages, source, stop] = [await stagesOf(true), await open(true), new AbortController()]
    let moved = 0
    setTimeout(() => stop.abort())
    const pumped = pumpAcross(source, 0, PLAIN.length, stages, null, stop.signal, (bytes) => {
      moved += bytes
      const until = performance.now() + 5
      while (performance.now() < until);
    })
    expect(await errorOf(pumped)).toEqual({ code: 'cancelled' })
    expect(moved).toBeLessThan(PLAIN.length)
    await source.close()
    stages.crc?.release()
  })
})
