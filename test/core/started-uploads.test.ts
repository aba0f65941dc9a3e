import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import {
  openStartedUploads,
  type StartedUploads,
} from '../../electron/core/app/jobs/started-uploads.ts'
import { fileTexts, type TextStore } from '../../electron/core/store/text-store.ts'
import type { AppError } from '../../shared/contract/errors.ts'
import { newCheckpoint, type Checkpoint } from '../../electron/core/transfer/run/checkpoint.ts'

const folder = mkdtempSync(join(tmpdir(), 'cb-started-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const DAY = 86_400_000
/** The number of a process that has ended. */
const DEAD = spawnSync(process.execPath, ['-e', '']).pid
let texts: TextStore
let started: StartedUploads
const told: AppError[] = []
let now = Date.now()
beforeEach(() => {
  texts = fileTexts(mkdtempSync(join(folder, 's-')), (error) => void told.push(error))
  started = openStartedUploads({ texts, prints: join(folder, 'prints'), now: () => now })
})
const UPLOAD = { bucket: 'b', key: 'k', uploadId: 'u' }
const noted = (uploadId: string | null = 'u'): Checkpoint =>
  newCheckpoint({
    way: 'parts',
    to: { bucket: 'b', key: 'k' },
    source: {
      kind: 'file',
      size: 1,
      mtimeNs: '1',
      ctimeNs: '1',
      inode: '1',
      device: '1',
      sample: 'x',
    },
    started: uploadId === null ? null : { kind: 'upload', uploadId },
    pieces: { bytes: 16, done: [] },
    prints: { file: 'f' },
  })
/** As a process left it that was killed. */
const left = async (change: (text: string) => string = (text) => text): Promise<void> => {
  for (const name of await texts.list('started-'))
    await texts.save(
      name,
      change(((await texts.load(name)) ?? '').replace(`"pid":${process.pid}`, `"pid":${DEAD}`)),
    )
}

test('a record is found for its very upload once its process is gone, and for no other', async () => {
  await started.saved().note(noted())
  expect(await started.find(UPLOAD)).toBe(null)
  await left()
  expect(await started.find(UPLOAD)).toEqual(noted())
  for (const other of [{ bucket: 'x' }, { key: 'x' }, { uploadId: 'x' }])
    expect(await started.find({ ...UPLOAD, ...other })).toBe(null)
  await started.forget(UPLOAD)
  expect(await started.find(UPLOAD)).toBe(null)
})

test('a record under the name of another upload is none', async () => {
  await started.saved().note(noted())
  await started.saved().note(noted('other'))
  await left()
  const texted = await Promise.all(
    (await texts.list('started-')).map(
      async (name) => [name, (await texts.load(name)) ?? ''] as const,
    ),
  )
  const [first, second] = texted
  if (first === undefined || second === undefined) throw new Error('two were noted')
  await texts.save(first[0], second[1])
  await texts.save(second[0], first[1])
  expect([
    await started.find(UPLOAD),
    await started.find({ ...UPLOAD, uploadId: 'other' }),
  ]).toEqual([null, null])
})

test.each([
  ['damaged', () => '{'],
  ['of another version', (text: string) => text.replace('"version":1', '"version":2')],
  ['without its checkpoint', () => '{"version":1,"at":1,"pid":1}'],
])('%s: none, and it is set aside, by whoever meets it first', async (_name, change) => {
  for (const meet of [() => started.find(UPLOAD), () => started.sweep()]) {
    await started.saved().note(noted())
    await left(change)
    told.length = 0
    expect((await meet()) ?? null).toBe(null)
    expect(told).toMatchObject([
      { code: 'file-damaged', kept: expect.stringContaining('.json.damaged-') as string },
    ])
    expect(await texts.list('started-')).toEqual([])
  }
})

test('what ends leaves none, and only uploads in parts that were begun have one', async () => {
  const saved = started.saved()
  expect(saved.outlives).toBe(false)
  await saved.note(newCheckpoint({ way: 'whole' }))
  await saved.note(noted(null))
  expect(await texts.list('started-')).toEqual([])
  await saved.note(noted())
  saved.drop()
  await started.close()
  expect(await texts.list('started-')).toEqual([])
})

test('old ones are swept, and of too many the oldest', async () => {
  const start = now
  for (let i = 0; i < 260; i++) {
    now = start + i
    await started.saved().note(noted(`u${i}`))
  }
  await left()
  await started.sweep()
  expect((await texts.list('started-')).length).toBe(256)
  expect([
    await started.find({ ...UPLOAD, uploadId: 'u3' }),
    (await started.find({ ...UPLOAD, uploadId: 'u4' }))?.started,
  ]).toEqual([null, { kind: 'upload', uploadId: 'u4' }])
  now = start + 91 * DAY
  await started.sweep()
  expect(await texts.list('started-')).toEqual([])
})
