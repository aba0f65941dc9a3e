import {
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openHashedRecords } from '../../electron/core/history/hashed-records.ts'
import { openSealHistory, type SealHistory } from '../../electron/core/history/seal-memory.ts'
import { SEAL_RECORD } from '../../electron/core/history/seal-record.ts'
import { CLOCK_DIFFERENCE_MS } from '../../electron/core/seals/memory.ts'
import type { Seal } from '../../electron/core/seals/seal-text.ts'
import { BASE, NOW, sealOf } from './seals/seal-kit.ts'

/** The memory of seals on the disk. Its rules have tests of their own, in seals/memory.test.ts. */

const OSS = 'https://oss-cn-hangzhou.aliyuncs.com'
let dir: string
let made = 0
beforeAll(async () => void (dir = await mkdtemp(join(tmpdir(), 'cb-seals-'))))
afterAll(() => rm(dir, { recursive: true, force: true }))
const fresh = (): string => join(dir, `${made++}`, 'sealed-1.index')
const open = (path: string): SealHistory => openSealHistory(path, () => NOW)

/** A seal of its own place and time, in minutes before now. */
function sealAt(minutes: number): Seal {
  const place = Buffer.alloc(32)
  place.writeInt32BE(minutes)
  return { ...sealOf(BASE.seal), time: NOW + minutes * 60_000, place: Uint8Array.from(place) }
}

describe('the memory of seals', () => {
  test('survives its process, by server, bucket and key', async () => {
    const path = fresh()
    const first = open(path)
    await first.at(OSS).remember('bucket', 'a', sealAt(-2))
    await first.at(OSS).remember('bucket', 'a', sealAt(-1))
    await first.close()
    const again = open(path)
    expect(await again.at(OSS).find('bucket', 'a')).toEqual({
      last: sealAt(-1),
      earlier: [sealAt(-2).place.slice(0, 8)],
      newest: sealAt(-1).time,
    })
    for (const [origin, bucket, key] of [
      [OSS, 'bucket', 'A'],
      [OSS, 'bucke', 'ta'],
      ['http://127.0.0.1:9000', 'bucket', 'a'],
    ] as const)
      expect(await again.at(origin).find(bucket, key)).toBe(null)
    expect((await readFile(path)).includes('bucket')).toBe(false)
  })

  test.each([
    ['https://oss-accelerate.aliyuncs.com', true],
    ['https://oss-eu-central-1-internal.aliyuncs.com', true],
    ['https://aliyuncs.com.example', false],
    ['https://notaliyuncs.com', false],
    ['https://oss.example:8443', false],
  ])('%s has the buckets of Alibaba Cloud: %s', async (origin, isSame) => {
    const seals = open(fresh())
    await seals.at(OSS).remember('bucket', 'a', sealAt(0))
    expect((await seals.at(origin).find('bucket', 'a')) !== null).toBe(isSame)
  })

  test('holds all 16 earlier places, and no seal from the future', async () => {
    const path = fresh()
    const seals = open(path)
    for (let i = -20; i < 0; i++) await seals.at(OSS).remember('b', 'k', sealAt(i))
    const future = { ...sealAt(1), time: NOW + CLOCK_DIFFERENCE_MS + 1 }
    await seals.at(OSS).remember('b', 'k', future)
    await seals.close()
    const memory = await open(path).at(OSS).find('b', 'k')
    expect(memory?.last).toEqual(sealAt(-1))
    expect(memory?.earlier).toHaveLength(16)
  })

  test('is forgotten, and moves with its object', async () => {
    const path = fresh()
    const first = open(path)
    const seals = first.at(OSS)
    await seals.remember('b', 'gone', sealAt(-3))
    await seals.forget('b', 'gone')
    await seals.remember('b', 'from', sealAt(-2))
    await seals.move({ bucket: 'b', key: 'from' }, { bucket: 'c', key: 'to' })
    await seals.remember('b', 'self', sealAt(-1))
    await seals.move({ bucket: 'b', key: 'self' }, { bucket: 'b', key: 'self' })
    await seals.move({ bucket: 'b', key: 'never' }, { bucket: 'b', key: 'self' })
    await first.close()
    const again = open(path).at(OSS)
    expect(await again.find('b', 'gone')).toBe(null)
    expect(await again.find('b', 'from')).toBe(null)
    expect((await again.find('c', 'to'))?.last).toEqual(sealAt(-2))
    expect((await again.find('b', 'self'))?.last).toEqual(sealAt(-1))
  })

  test('one process hears what another one remembers and forgets of a name it knows', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    try {
      const path = fresh()
      const [window, terminal] = [open(path), open(path)]
      await window.at(OSS).remember('b', 'k', sealAt(-2))
      await window.close()
      expect((await terminal.at(OSS).find('b', 'k'))?.last).toEqual(sealAt(-2))
      await terminal.at(OSS).remember('b', 'k', sealAt(-1))
      await terminal.close()
      vi.advanceTimersByTime(1001)
      expect((await window.at(OSS).find('b', 'k'))?.last).toEqual(sealAt(-1))
      await terminal.at(OSS).forget('b', 'k')
      await terminal.close()
      vi.advanceTimersByTime(1001)
      expect(await window.at(OSS).find('b', 'k')).toBe(null)
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('a damaged file', () => {
  test('cut off anywhere, no record says anything that was not written', async () => {
    const path = fresh()
    const seals = open(path)
    await seals.at(OSS).remember('b', 'whole', sealAt(-2))
    await seals.at(OSS).remember('b', 'torn', sealAt(-1))
    await seals.close()
    const bytes = await readFile(path)
    expect(bytes).toHaveLength(2 * SEAL_RECORD.record)
    for (let cut = SEAL_RECORD.record; cut < bytes.length; cut += 31) {
      await writeFile(path, bytes)
      await truncate(path, cut)
      const torn = open(path)
      // The next append fills the torn record with zeros.
      await torn.at(OSS).remember('b', 'next', sealAt(0))
      await torn.close()
      const again = open(path).at(OSS)
      expect((await again.find('b', 'whole'))?.last).toEqual(sealAt(-2))
      expect(await again.find('b', 'torn')).toBe(null)
      expect((await again.find('b', 'next'))?.last).toEqual(sealAt(0))
    }
  })

  test('a flipped byte of a record makes it unknown, and never another seal', async () => {
    const path = fresh()
    const seals = open(path)
    await seals.at(OSS).remember('b', 'k', sealAt(0))
    await seals.close()
    const bytes = await readFile(path)
    for (let at = 0; at < bytes.length; at += 5) {
      const damaged = Buffer.from(bytes)
      damaged[at] = (damaged[at] as number) ^ 0x10
      await writeFile(path, damaged)
      expect(await open(path).at(OSS).find('b', 'k')).toBe(null)
    }
  })
})

test('a file holds the newest records of a bounded number of names', async () => {
  const path = fresh()
  const record = (i: number): Buffer => {
    const bytes = Buffer.alloc(8)
    bytes.writeUInt32LE(i)
    return bytes
  }
  const lengths = { record: 8, name: 4 }
  const first = openHashedRecords(path, lengths, 100)
  expect(await first.find(record(0).subarray(0, 4))).toBe(null)
  for (let i = 0; i < 70_000; i++) first.put(record(i))
  await first.close()
  const again = openHashedRecords(path, lengths, 100)
  expect(await again.find(record(69_899).subarray(0, 4))).toBe(null)
  expect(await again.find(record(69_900).subarray(0, 4))).toEqual(record(69_900))
  expect((await stat(path)).size).toBe(100 * lengths.record)
})

test('a file of the first version is read', async () => {
  const path = fresh()
  await mkdir(dirname(path))
  await copyFile(new URL('../vectors/sealed-1.index', import.meta.url), path)
  expect(await open(path).at(OSS).find('bucket', 'notes/hello.txt')).toEqual({
    last: sealAt(-1),
    earlier: [sealAt(-2).place.slice(0, 8)],
    newest: sealAt(-1).time,
  })
})
