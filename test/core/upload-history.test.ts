import { randomBytes } from 'node:crypto'
import { appendFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decideExisting } from '../../electron/core/app/jobs/existing-rule.ts'
import {
  openUploadHistory,
  type UploadHistory,
} from '../../electron/core/history/upload-history.ts'
import {
  UPLOAD_RECORD_BYTES,
  type Uploaded,
  type UploadFacts,
} from '../../electron/core/history/upload-record.ts'

let dir: string
let made = 0
beforeAll(async () => void (dir = await mkdtemp(join(tmpdir(), 'cb-index-'))))
afterAll(() => rm(dir, { recursive: true, force: true }))
const fresh = (): string => join(dir, `sub-${made++}`, 'uploads.index')

const BUCKET = 'bucket'
const FACTS: UploadFacts = {
  size: 10,
  mtimeMs: 1_780_000_000_123,
  storedSize: 10,
  crc64: '11051210869376104954',
  etag: 'ABC-2',
}
const facts = (n: number): UploadFacts => ({
  size: n,
  mtimeMs: 1_700_000_000_000 + n,
  storedSize: n + 7,
  crc64: String(2n ** 64n - 1n - BigInt(n)),
  etag: `E${n}`,
})
const bare = (found: Uploaded | null): unknown => {
  if (found === null) return null
  const { size, mtimeMs, storedSize, crc64 } = found
  return { size, mtimeMs, storedSize, crc64 }
}
const asFound = ({ size, mtimeMs, storedSize, crc64 }: UploadFacts): unknown => ({
  size,
  mtimeMs,
  storedSize,
  crc64,
})

describe('what was uploaded', () => {
  test('is found again, by bucket and key together; the newest counts', async () => {
    const path = fresh()
    const first = openUploadHistory(path)
    expect(await first.find(BUCKET, 'a')).toBe(null)
    first.record(BUCKET, 'a', facts(1))
    first.record(BUCKET, 'a', FACTS)
    for (const index of [first, await reopened(first, path)]) {
      const found = await index.find(BUCKET, 'a')
      expect(bare(found)).toEqual(asFound(FACTS))
      expect([found?.isEtag('ABC-2'), found?.isEtag('ABC-3')]).toEqual([true, false])
      for (const [bucket, key] of [
        ['other', 'a'],
        [BUCKET, 'A'],
        [BUCKET, ''],
        ['', 'a'],
      ] as const)
        expect(await index.find(bucket, key)).toBe(null)
    }
    expect((await readFile(path)).includes('bucket')).toBe(false)
  })

  test('the largest and the smallest numbers', async () => {
    const path = fresh()
    const index = openUploadHistory(path)
    const large = {
      size: 48_800_000_000_000,
      mtimeMs: 2 ** 47 - 1,
      storedSize: 48_800_000_009_999,
      crc64: String(2n ** 64n - 1n),
      etag: '',
    }
    const small = {
      size: 0,
      mtimeMs: 0,
      storedSize: 0,
      crc64: '0',
      etag: 'D41D8CD98F00B204E9800998ECF8427E',
    }
    index.record(BUCKET, 'large', large)
    index.record(BUCKET, 'small', small)
    index.record(BUCKET, 'before 1970', { ...small, mtimeMs: -5 })
    const again = await reopened(index, path)
    expect(bare(await again.find(BUCKET, 'large'))).toEqual(asFound(large))
    expect(bare(await again.find(BUCKET, 'small'))).toEqual(asFound(small))
    expect((await again.find(BUCKET, 'before 1970'))?.mtimeMs).toBe(0)
  })

  test('property: like a Map, over any restarts and torn ends', async () => {
    const step = fc.oneof(
      {
        weight: 10,
        arbitrary: fc.record({
          t: fc.constant('record' as const),
          key: fc.nat(30),
          n: fc.nat(1_000_000),
        }),
      },
      { weight: 2, arbitrary: fc.record({ t: fc.constant('restart' as const) }) },
      {
        weight: 1,
        arbitrary: fc.record({
          t: fc.constant('torn' as const),
          bytes: fc.integer({ min: 1, max: UPLOAD_RECORD_BYTES - 1 }),
        }),
      },
      { weight: 3, arbitrary: fc.record({ t: fc.constant('find' as const), key: fc.nat(30) }) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const path = fresh()
        let index = openUploadHistory(path)
        const model = new Map<number, UploadFacts>()
        const check = async (key: number): Promise<void> => {
          const known = model.get(key)
          expect(bare(await index.find(BUCKET, String(key)))).toEqual(
            known === undefined ? null : asFound(known),
          )
        }
        for (const one of steps) {
          if (one.t === 'record') {
            model.set(one.key, facts(one.n))
            index.record(BUCKET, String(one.key), facts(one.n))
          } else if (one.t === 'find') await check(one.key)
          else {
            index = await reopened(index, path, async () => {
              // A crash in the middle of a write: the beginning of a record that nobody was told
              // of.
              if (one.t === 'torn')
                await mkdir(join(path, '..'), { recursive: true }).then(() =>
                  appendFile(path, randomBytes(one.bytes)),
                )
            })
          }
        }
        for (let key = 0; key <= 30; key++) await check(key)
        await index.close()
      }),
      { numRuns: 60 },
    )
  })

  test('cut off at any byte, all whole records before are there, and later ones are', async () => {
    const path = fresh()
    const index = openUploadHistory(path)
    for (let i = 0; i < 5; i++) index.record(BUCKET, `k${i}`, facts(i))
    await index.close()
    const whole = await readFile(path)
    expect(whole.length).toBe(5 * UPLOAD_RECORD_BYTES)
    for (let at = 0; at <= whole.length; at += 7) {
      await writeFile(path, whole.subarray(0, at))
      const torn = openUploadHistory(path)
      torn.record(BUCKET, 'later', facts(99))
      const again = await reopened(torn, path)
      for (let i = 0; i < 5; i++) {
        const found = await again.find(BUCKET, `k${i}`)
        // Of a torn one there may be a name, and never the proof of an object that it did not hold.
        expect(found?.isEtag(`E${i}`) === true).toBe((i + 1) * UPLOAD_RECORD_BYTES <= at)
        if ((i + 1) * UPLOAD_RECORD_BYTES <= at) expect(bare(found)).toEqual(asFound(facts(i)))
      }
      expect(bare(await again.find(BUCKET, 'later'))).toEqual(asFound(facts(99)))
    }
  })

  test('a file that grew by the same names is written anew, and nothing is lost', async () => {
    const path = fresh()
    let index = openUploadHistory(path)
    for (let i = 0; i < 80_000; i++) index.record(BUCKET, `k${i % 100}`, facts(i))
    index = await reopened(index, path)
    expect((await stat(path)).size).toBe(80_000 * UPLOAD_RECORD_BYTES)
    expect(bare(await index.find(BUCKET, 'k7'))).toEqual(asFound(facts(79_907)))
    expect((await stat(path)).size).toBe(100 * UPLOAD_RECORD_BYTES)
    index.record(BUCKET, 'k7', facts(1))
    index = await reopened(index, path)
    expect(bare(await index.find(BUCKET, 'k7'))).toEqual(asFound(facts(1)))
    expect(bare(await index.find(BUCKET, 'k99'))).toEqual(asFound(facts(79_999)))
  })

  test('two processes append to one file', async () => {
    const path = fresh()
    const both = [openUploadHistory(path), openUploadHistory(path)]
    for (let i = 0; i < 3000; i++) both[i % 2]?.record(BUCKET, `k${i}`, facts(i))
    await Promise.all(both.map((index) => index.close()))
    const again = openUploadHistory(path)
    for (let i = 0; i < 3000; i++) expect(await again.find(BUCKET, `k${i}`)).not.toBe(null)
  })

  test('a place that cannot be written or read fails nobody', async () => {
    const path = fresh()
    await mkdir(path, { recursive: true })
    const index = openUploadHistory(path)
    index.record(BUCKET, 'a', FACTS)
    expect(await index.find(BUCKET, 'b')).toBe(null)
    // The record counts in this run. It is written once the place can be written.
    expect(bare(await index.find(BUCKET, 'a'))).toEqual(asFound(FACTS))
    await index.close()
    expect(await openUploadHistory(path).find(BUCKET, 'a')).toBe(null)
    await rm(path, { recursive: true })
    await index.close()
    expect(bare(await openUploadHistory(path).find(BUCKET, 'a'))).toEqual(asFound(FACTS))
  })

  test.runIf(process.env['SLOW'] === '1')('a million uploads: bytes and seconds', async () => {
    const path = fresh()
    const index = openUploadHistory(path)
    for (let i = 0; i < 1_000_000; i++) {
      index.record(BUCKET, `folder/${i}/file-${i}.bin`, facts(i))
      if (i % 10_000 === 0) await new Promise(setImmediate)
    }
    await index.close()
    const before = process.memoryUsage().arrayBuffers
    const again = openUploadHistory(path)
    const began = performance.now()
    await again.find(BUCKET, 'x')
    const loaded = performance.now()
    for (let i = 0; i < 1_000_000; i++)
      if ((await again.find(BUCKET, `folder/${i}/file-${i}.bin`))?.size !== i)
        throw new Error(`${i} is not there`)
    const found = performance.now()
    const mib = (process.memoryUsage().arrayBuffers - before) / 1024 ** 2
    console.log({
      loadSeconds: (loaded - began) / 1000,
      findMicroseconds: (found - loaded) / 1000,
      mib,
    })
    expect(mib).toBeLessThan(60)
  })
})

async function reopened(
  index: UploadHistory,
  path: string,
  between: () => Promise<void> = async () => undefined,
): Promise<UploadHistory> {
  await index.close()
  await between()
  return openUploadHistory(path)
}

describe('the rule', () => {
  const recorded: Uploaded = {
    size: 100,
    mtimeMs: 5000,
    storedSize: 116,
    crc64: '77',
    isEtag: (etag) => etag === 'E',
  }
  const file = { size: 100, mtimeMs: 5000, recorded }
  const object = { size: 116, modifiedMs: 6000, crc64: '77', etag: 'E' }
  test.each([
    ['ask', 'ask', {}, {}, 'ask'],
    ['skip', 'skip', {}, {}, 'skip'],
    ['rename', 'rename', {}, {}, 'rename'],
    ['replace, though it is the same', 'replace', {}, {}, 'replace'],
    ['same: nothing changed', 'same', {}, {}, 'skip'],
    ['same: never uploaded from here', 'same', { recorded: null }, {}, 'replace'],
    ['same: the file grew', 'same', { size: 101 }, {}, 'replace'],
    ['same: the file was written again', 'same', { mtimeMs: 5001 }, {}, 'replace'],
    ['same: the file is older than what was uploaded', 'same', { mtimeMs: 4999 }, {}, 'replace'],
    ['same: somebody stored something longer', 'same', {}, { size: 117 }, 'replace'],
    [
      'same: somebody stored something else of the same size',
      'same',
      {},
      { crc64: '78' },
      'replace',
    ],
    ['same: stored again, the bytes are the same', 'same', {}, { etag: 'F' }, 'skip'],
    ['same, from a listing: the ETag is ours', 'same', {}, { crc64: null }, 'skip'],
    [
      'same, from a listing: the ETag is another',
      'same',
      {},
      { crc64: null, etag: 'F' },
      'replace',
    ],
    ['newer: it is', 'newer', { mtimeMs: 6001 }, {}, 'replace'],
    ['newer: as old', 'newer', { mtimeMs: 6000 }, {}, 'skip'],
    [
      'newer: older, though the bytes are others',
      'newer',
      { mtimeMs: 5999, recorded: null },
      { crc64: '78' },
      'skip',
    ],
  ] as const)('%s', (_name, rule, fileChange, objectChange, decision) => {
    expect(decideExisting(rule, { ...file, ...fileChange }, { ...object, ...objectChange })).toBe(
      decision,
    )
  })
})
