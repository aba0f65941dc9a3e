import { mkdir, mkdtemp, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  copyPath,
  lookAtCopy,
  readEditRecord,
  writeEditRecord,
  type EditRecord,
} from '../../electron/core/app/opened/edit-record.ts'
import { watchCopy, type CopyWatch } from '../../electron/core/app/opened/copy-watch.ts'
import type { EditState } from '../../shared/contract/models-edits.ts'

/** The ways in which programs save a file, and what the watch tells of them. */

const BEFORE = 'as it was decrypted'
let folder: string
let path: string
let copy: CopyWatch
/** The states that the watch told, in order. */
let told: EditState[]

const watched = (record: EditRecord): CopyWatch =>
  watchCopy({
    id: 'one',
    folder,
    record,
    isLeftover: false,
    lookEveryMs: 20,
    changed: () => void told.push(copy.model().state),
    masked: (cause) => {
      throw cause
    },
  })

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edited-'))
  path = copyPath(folder, 'notes.txt')
  await mkdir(dirname(path))
  await writeFile(path, BEFORE)
  const record: EditRecord = {
    version: 1,
    profileId: 'p',
    bucket: 'bucket',
    key: 'notes.txt',
    etag: 'A',
    keyId: 'k',
    name: 'notes.txt',
    content: (await lookAtCopy(path, null))?.content ?? null,
  }
  await writeEditRecord(folder, record)
  told = []
  copy = watched(record)
})
afterEach(async () => {
  copy.leave()
  await rm(folder, { recursive: true, force: true })
})
const saved = async (text: string) => {
  await writeFile(`${path}.new`, text)
  await rename(`${path}.new`, path)
}

test.each<readonly [string, () => Promise<void>, EditState]>([
  ['saved in place', () => writeFile(path, 'changed'), 'changed'],
  ['saved in place with as many bytes', () => writeFile(path, 'AS it was decrypted'), 'changed'],
  ['saved by rename', () => saved('changed'), 'changed'],
  [
    'moved to a backup and written again',
    async () => {
      await rename(path, `${path}~`)
      await writeFile(path, 'changed')
      await rm(`${path}~`)
    },
    'changed',
  ],
  [
    'deleted and made again',
    async () => {
      await rm(path)
      await writeFile(path, 'changed')
    },
    'changed',
  ],
  [
    'truncated for a moment, then written',
    async () => {
      await truncate(path)
      await writeFile(path, 'changed')
    },
    'changed',
  ],
  [
    'two editors, the last one wins',
    async () => {
      await writeFile(path, 'by the first')
      await saved('by the second')
    },
    'changed',
  ],
  ['emptied', () => truncate(path), 'changed'],
  [
    'a save by rename that ended half-way',
    async () => {
      await writeFile(`${path}.new`, 'changed')
      await rm(path)
    },
    'changed',
  ],
  ['deleted', () => rm(path), 'gone'],
])('%s', async (_name, act, state) => {
  await act()
  // The watch alone tells; nobody asks.
  await expect.poll(() => told.at(-1)).toBe(state)
  expect(copy.model().state).toBe(state)
})

test.each<readonly [string, () => Promise<void>]>([
  ['nothing', async () => undefined],
  ['only touched', () => utimes(path, new Date(), new Date(Date.now() - 60_000))],
  ['saved as it was', () => saved(BEFORE)],
  [
    'truncated for a moment, then as it was',
    async () => {
      await truncate(path)
      await writeFile(path, BEFORE)
    },
  ],
])('%s: unchanged', async (_name, act) => {
  await act()
  expect(await copy.compare()).toBe('unchanged')
})

test('a change that is taken back is no change any more', async () => {
  await writeFile(path, 'changed')
  await expect.poll(() => told).toEqual(['changed'])
  await saved(BEFORE)
  await expect.poll(() => told).toEqual(['changed', 'unchanged'])
})

test('an uploaded copy is unchanged; a save during the upload is not lost', async () => {
  const facts = { key: 'notes (2).txt', storedSize: 7, crc64: '1', etag: 'B', seal: null }
  await writeFile(path, 'changed')
  await utimes(path, 100, 100)
  await copy.rebase({ ...facts, size: 7, mtimeMs: 100_000 }, 'k2')
  expect(copy.model()).toMatchObject({ state: 'unchanged', key: 'notes (2).txt', keyId: 'k2' })
  expect(await readEditRecord(folder)).toMatchObject({ etag: 'B', key: 'notes (2).txt' })

  await writeFile(path, 'CHANGED')
  await copy.rebase({ ...facts, etag: 'C', size: 7, mtimeMs: 100_000 }, 'k2')
  expect(copy.model().state).toBe('changed')
  expect(await readEditRecord(folder)).toMatchObject({ etag: 'C', content: null })
})

test('a record that cannot be read is damaged, and a missing one is not', async () => {
  expect(await readEditRecord(join(folder, 'copy'))).toBeNull()
  for (const text of ['', '{', '[]', '{"version":2}']) {
    await writeFile(join(folder, 'record.json'), text)
    expect(await readEditRecord(folder)).toBe('damaged')
  }
})
