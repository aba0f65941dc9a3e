import { createHash } from 'node:crypto'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openHistory, type History } from '../../electron/core/history/open-history.ts'

let folder = ''
let opened: History[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cb-seen-'))
  opened = []
})
afterEach(async () => {
  await Promise.all(opened.map((one) => one.close()))
  rmSync(folder, { recursive: true, force: true })
})
const COUNTS = () => join(folder, 'seen-objects.json')
const NAMES = () => join(folder, 'encrypted-1.index')
const open = async (changed?: () => void) => {
  const history = await openHistory(folder, () => undefined, changed)
  opened.push(history)
  return history.seen
}
const reopened = async (...closing: readonly { close(): Promise<void> }[]) => {
  for (const one of closing) await one.close()
  return open()
}

test('objects are counted once each, and survive a restart; no name can be read', async () => {
  const seen = await open()
  for (const key of ['secret a', 'b', 'secret a']) seen.note('k', 'bucket', key, 10)
  expect(seen.counts('k')).toEqual([{ bucket: 'bucket', objects: 2, bytes: 20 }])
  const again = await reopened(seen)
  for (const path of [COUNTS(), NAMES()]) expect(readFileSync(path)).not.toContain('secret')
  expect(again.counts('k')).toEqual([{ bucket: 'bucket', objects: 2, bytes: 20 }])
  expect(await again.has('bucket', 'secret a')).toBe(true)
  expect(await again.has('other', 'secret a')).toBe(false)
})

test('a removed key has no counts, and its objects stay known as encrypted', async () => {
  const seen = await open()
  seen.note('k', 'bucket', 'a', 10)
  seen.forget('k')
  const again = await reopened(seen)
  expect(again.counts('k')).toEqual([])
  expect(await again.has('bucket', 'a')).toBe(true)
})

test('objects that were deleted or have another key do not count; one call tells all', async () => {
  const told = await new Promise<number>((resolve, reject) => {
    let times = 0
    const changed = () => {
      times++
      setImmediate(() => resolve(times))
    }
    open(changed)
      .then((seen) => {
        for (const key of ['a', 'b', 'c']) seen.note('k', 'bucket', key, 10)
        seen.note('other', 'bucket', 'a', 10)
        seen.gone('bucket', 'b')
        seen.gone('bucket', 'never seen')
        expect(seen.counts('k')).toEqual([{ bucket: 'bucket', objects: 1, bytes: 10 }])
        expect(seen.counts('other')).toEqual([{ bucket: 'bucket', objects: 1, bytes: 10 }])
        seen.gone('bucket', 'c')
        expect(seen.counts('k')).toEqual([])
      })
      .catch(reject)
  })
  expect(told).toBe(1)
})

test('a deleted object is not known any more, and one that comes again is', async () => {
  const seen = await open()
  for (const key of ['a', 'b']) seen.note('k', 'bucket', key, 1)
  for (const key of ['a', 'b']) seen.gone('bucket', key)
  seen.note('k', 'bucket', 'b', 1)
  for (const one of [seen, await reopened(seen)])
    expect([await one.has('bucket', 'a'), await one.has('bucket', 'b')]).toEqual([false, true])
})

test('more objects than the counts hold are known as encrypted', async () => {
  const seen = await open()
  for (let i = 0; i < 20_010; i++) seen.note('k', 'bucket', `object ${i}`, 1)
  const again = await reopened(seen)
  expect(again.counts('k')).toEqual([{ bucket: 'bucket', objects: 20_000, bytes: 20_000 }])
  for (const i of [0, 20_000, 20_009]) expect(await again.has('bucket', `object ${i}`)).toBe(true)
  expect(statSync(NAMES()).size).toBe(20_010 * 10)
  again.note('k', 'bucket', 'object 7', 1)
  await again.close()
  expect(statSync(NAMES()).size).toBe(20_010 * 10)
})

/** The text as versions wrote it that had no other file: master key, bucket, hash, bytes. */
const older = (names: readonly string[]): string =>
  JSON.stringify({
    'key-1': {
      bucket: Object.fromEntries(
        names.map((name) => [
          createHash('sha256').update(`bucket/${name}`).digest('base64url').slice(0, 12),
          10,
        ]),
      ),
    },
  })

test('objects of an earlier version are counted and known, also after their key is removed', async () => {
  writeFileSync(COUNTS(), older(['a', 'b']))
  const seen = await open()
  expect(seen.counts('key-1')).toEqual([{ bucket: 'bucket', objects: 2, bytes: 20 }])
  expect([await seen.has('bucket', 'a'), await seen.has('bucket', 'x')]).toEqual([true, false])
  seen.note('key-2', 'bucket', 'c', 1)
  const again = await reopened(seen)
  expect(again.counts('key-1')).toEqual([{ bucket: 'bucket', objects: 2, bytes: 20 }])
  again.forget('key-1')
  const third = await reopened(again)
  expect([await third.has('bucket', 'a'), await third.has('bucket', 'b')]).toEqual([true, true])
  third.gone('bucket', 'a')
  expect(await third.has('bucket', 'a')).toBe(false)
})

test('a process does not lose what another one saw meanwhile', async () => {
  const window = await open()
  const command = await open()
  window.note('k', 'bucket', 'of the window', 1)
  command.note('k', 'bucket', 'of the command', 1)
  window.note('k', 'bucket', 'deleted by the window', 1)
  await command.close()
  window.gone('bucket', 'deleted by the window')
  const again = await reopened(window)
  expect(again.counts('k')).toEqual([{ bucket: 'bucket', objects: 2, bytes: 2 }])
  for (const name of ['of the window', 'of the command'])
    expect(await again.has('bucket', name)).toBe(true)
  expect(await again.has('bucket', 'deleted by the window')).toBe(false)
})

test('an open process finds what another process saw', async () => {
  const window = await open()
  expect(await window.has('bucket', 'a')).toBe(false)
  const command = await open()
  command.note('k', 'bucket', 'a', 1)
  await command.close()
  await expect.poll(() => window.has('bucket', 'a'), { timeout: 10_000 }).toBe(true)
})

test.each(['{', 'null', '{"k":null}', '{"k":{"b":{"o":"x"}}}'])(
  'damaged counts (%s) do not keep the app from starting, and names stay known',
  async (text) => {
    const before = await open()
    before.note('k', 'bucket', 'a', 1)
    await before.close()
    writeFileSync(COUNTS(), text)
    const seen = await open()
    expect(seen.counts('k')).toEqual([])
    expect(await seen.has('bucket', 'a')).toBe(true)
  },
)

test('a record that a crash cut off costs no other record', async () => {
  const before = await open()
  before.note('k', 'bucket', 'a', 1)
  await before.close()
  rmSync(COUNTS())
  appendFileSync(NAMES(), Buffer.alloc(7, 1))
  const seen = await open()
  seen.note('k', 'bucket', 'b', 1)
  await seen.close()
  rmSync(COUNTS())
  const again = await open()
  expect([await again.has('bucket', 'a'), await again.has('bucket', 'b')]).toEqual([true, true])
})
