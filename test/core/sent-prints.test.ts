import { readdirSync } from 'node:fs'
import { readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { identify, untilAtRest } from '../../electron/core/files/file-source.ts'
import { sampleOf } from '../../electron/core/files/file-sample.ts'
import { openPrints, RECORD_BYTES, recordsByPart } from '../../electron/core/worker/sent-prints.ts'
import { takeCrc64 } from '../../electron/core/cipher/crc64-sum.ts'
import { savedFile } from '../../electron/core/transfer/upload/checkpoint-notes.ts'
import { newPrints, savedPrints } from '../../electron/core/transfer/upload/part-prints.ts'
import { memorySaved, PRINTS } from './memory-saved.ts'
import { errorOf, never } from './oss-practice.ts'
import { checkpointIn, KEY, resumeKit } from './resume-kit.ts'
import { openIndependently, PART, plaintext } from './transfer-kit.ts'

const { k, withSaved, file, opens, uploads, stopAfter } = resumeKit()
const WRAPPED = 'x-oss-meta-client-side-encryption-key'

async function sumOf(bytes: Uint8Array): Promise<bigint> {
  const crc = await takeCrc64()
  crc.update(bytes)
  const sum = crc.value()
  crc.release()
  return sum
}

describe('prints of one part', () => {
  const [first, second] = [
    { bytes: 70_000, sum: 2n ** 64n - 1n },
    { bytes: 10, sum: 5n },
  ]
  const printed = (...batches: readonly (typeof first)[]): Uint8Array => {
    const prints = openPrints({ part: 7, records: new Uint8Array(0), path: null }, 'x')
    for (const { bytes, sum } of batches) prints.pass(bytes, sum)
    return prints.records()
  }

  test('the next attempt reads what was read, in the same pieces, and then as it likes', () => {
    const again = openPrints({ part: 7, records: printed(first, second), path: null }, 'x')
    expect(again.next()).toBe(first.bytes)
    again.pass(first.bytes, first.sum)
    expect(again.next()).toBe(second.bytes)
    again.pass(second.bytes, second.sum)
    expect(again.next()).toBe(null)
    again.pass(first.bytes, first.sum)
    expect(again.records().length).toBe(3 * RECORD_BYTES)
  })

  test('one bit of a sum, or another length: never passed', async () => {
    for (const other of [
      ...[0n, 1n, 31n, 32n, 63n].map((bit) => ({ ...first, sum: first.sum ^ (1n << bit) })),
      { ...first, bytes: first.bytes - 1 },
    ]) {
      const again = openPrints({ part: 7, records: printed(first), path: null }, '/f')
      expect(await errorOf((async () => again.pass(other.bytes, other.sum))())).toEqual({
        code: 'source-changed',
        path: '/f',
      })
    }
  })

  test('on the disk they are by part, a torn one is none, and what cannot be written to is removed', async () => {
    const prints = await newPrints(k.dir)
    const path = join(k.dir, prints.saved?.file ?? '')
    for (const part of [1, 2, 1]) {
      const one = openPrints({ ...prints.of(part, 'x'), records: new Uint8Array(0) }, 'x')
      one.pass(first.bytes, first.sum)
      one.close()
    }
    await writeFile(path, 'torn', { flag: 'a' })
    expect(
      [...recordsByPart(await readFile(path))].map(([part, records]) => [part, records.length]),
    ).toEqual([
      [1, 2 * RECORD_BYTES],
      [2, RECORD_BYTES],
    ])
    // One that was removed is not made again: it says that something is missing.
    const late = openPrints(prints.of(3, 'x'), 'x')
    await rm(path)
    late.pass(first.bytes, first.sum)
    late.pass(second.bytes, second.sum)
    expect(readdirSync(k.dir)).toEqual([])
    expect(await savedPrints(k.dir, prints.saved)).toBe(null)
  })

  test('a file of prints that is too long for any upload is not read', async () => {
    const prints = await newPrints(k.dir)
    const path = join(k.dir, prints.saved?.file ?? '')
    for (const [bytes, known] of [
      [24, true],
      [512 * 1024 ** 2 + 1, false],
      [2 ** 40, false],
    ] as const) {
      await truncate(path, bytes)
      expect([bytes, (await savedPrints(k.dir, prints.saved)) !== null]).toEqual([bytes, known])
    }
  })

  test('where a thread died nobody knows what was sent: no further attempt', async () => {
    const prints = await newPrints(null)
    prints.heard(1, null)
    expect(await errorOf((async () => prints.of(1, '/f'))())).toEqual({
      code: 'source-changed',
      path: '/f',
    })
    expect(prints.of(2, '/f').records.length).toBe(0)
  })
})

test('a second attempt at a part sends nothing of a file that changed without a trace in its times', async () => {
  const heard: number[] = []
  const server = createServer(
    (socket) =>
      void socket.on('data', (bytes) => void heard.push(bytes.length)).on('error', () => undefined),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const [before, path] = [plaintext(PART), await file(plaintext(PART))]
  await writeFile(path, before)
  const job = async (records: Uint8Array) => ({
    kind: 'send' as const,
    request: {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`,
      method: 'PUT',
      headers: {},
    },
    source: { path, identity: await identify(path) },
    offset: 0,
    length: PART,
    checksum: true,
    cipher: null,
    prints: { part: 1, records, path: null },
  })
  let records: Uint8Array | null = null
  const cut = new AbortController()
  const first = errorOf(
    k.pool.run(await job(new Uint8Array(0)), {
      signal: cut.signal,
      onPrinted: (all) => void (records = all),
    }),
  )
  await expect.poll(() => heard.reduce((sum, bytes) => sum + bytes, 0)).toBeGreaterThanOrEqual(PART)
  cut.abort()
  expect(await first).toEqual({ code: 'cancelled' })
  expect(records).not.toBe(null)
  heard.length = 0
  // Its times moved, but the job is told of those that it has now: as if they had not.
  await writeFile(path, Buffer.from(before).fill((before[500] ?? 0) ^ 1, 500, 501))
  expect(
    await errorOf(k.pool.run(await job(records ?? new Uint8Array(0)), { signal: never })),
  ).toEqual({ code: 'source-changed', path })
  expect(heard.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(1000)
  server.close()
})

test('after a restart: parts that had begun to leave are not sent of another file, whatever its times and samples say', async () => {
  const [plain, saved] = [plaintext(6 * PART + 3), memorySaved()]
  const path = await file(plain)
  await stopAfter(2, path, saved)
  const noted = checkpointIn(saved)
  // In this mode to encrypt is to decrypt.
  const ciphertext = openIndependently(
    { headers: new Map(Object.entries(noted.what.headers)) },
    plain,
  )
  // A part that left and never arrived, as far as anybody knows.
  const inFlight = await savedPrints(PRINTS, noted.prints)
  const one = openPrints(
    inFlight?.of(5, path) ?? { part: 5, records: new Uint8Array(0), path: null },
    path,
  )
  one.pass(PART, await sumOf(ciphertext.subarray(4 * PART, 5 * PART)))
  one.close()
  const changed = Buffer.from(plain)
  changed[4 * PART + 9] = (changed[4 * PART + 9] ?? 0) ^ 1
  await writeFile(path, changed)
  const identity = await identify(path)
  const running = withSaved(
    memorySaved({ ...noted, source: savedFile(identity, await sampleOf(path, identity)) }),
  )
  await k.up(path, {}, running)
  expect(running.steps.filter(({ t }) => t === 'restarted')).toEqual([
    { t: 'restarted', why: 'source-changed' },
  ])
  expect((await k.head(KEY)).headers.get(WRAPPED)).not.toBe(noted.what.headers[WRAPPED])
  await opens(changed)
  expect((await uploads()).length).toBe(0)
})

test('what ended left no prints', async () => {
  const before = readdirSync(PRINTS)
  await k.up(await file(plaintext(4 * PART)), {}, withSaved(memorySaved()))
  expect(readdirSync(PRINTS)).toEqual(before)
})

test('a file is at rest when the clock of its disk has ticked, be it a coarse one', () => {
  const at = (mtimeNs: bigint, ctimeNs: bigint, nowMs: number) =>
    untilAtRest({ mtimeNs, ctimeNs }, nowMs)
  const second = 1_000_000_000n
  expect(at(5n * second + 1n, 5n * second + 1n, 5_010)).toBeGreaterThan(0)
  expect(at(5n * second + 1n, 5n * second + 1n, 5_100)).toBe(0)
  // FAT: every other second, and no finer.
  expect(at(6n * second, 6n * second, 7_900)).toBeGreaterThan(200)
  expect(at(6n * second, 6n * second, 8_200)).toBe(0)
  // A whole second that somebody set: the other time tells.
  expect(at(6n * second, 7n * second + 5n, 7_100)).toBe(0)
  expect(at(9n * second, 9n * second, 5_000)).toBe(0)
})
