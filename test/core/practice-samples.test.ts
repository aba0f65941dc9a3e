import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openFixture, type Fixture } from './core-fixture.ts'

let f: Fixture
const at = { profileId: 'practice', bucket: 'practice-bucket' }
beforeEach(async () => void (f = await openFixture()))
afterEach(() => f.close())

const SAMPLES = [
  'anyone-can-read-this.txt',
  'harbour-at-dawn.svg',
  'key-went-missing.txt',
  'letters/to-yourself.txt',
  'torn-envelope.txt',
  'welcome (encrypted).txt',
]
const samples = async () => (await f.call('app.info', {})).practice?.samples ?? []
/** Keys of the samples that are in the bucket as they were put there. */
async function present(): Promise<readonly string[]> {
  const told = await samples()
  const rows = [
    ...(await f.call('objects.list', { ...at, prefix: '', cursor: null })).rows,
    ...(await f.call('objects.list', { ...at, prefix: 'letters/', cursor: null })).rows,
  ]
  return rows
    .filter(({ key, etag }) => told.some((one) => one.key === key && one.etag === etag))
    .map(({ key }) => key)
    .sort()
}
async function replace(name: string): Promise<void> {
  await writeFile(join(f.folder, name), 'mine')
  const grants = await f.call('local.grant', { paths: [join(f.folder, name)], write: false })
  const ready = new Promise<string>((resolve) =>
    f.bridge.on('plan.changed', (plan) => plan.phase === 'ready' && resolve(plan.id)),
  )
  await f.call('uploads.plan', { ...at, prefix: '', grants: grants.map(({ id }) => id) })
  await f.ended(
    await f.call('uploads.start', {
      planId: await ready,
      keyId: null,
      existing: 'replace',
      decisions: {},
      allowWeak: false,
      partSize: null,
      parallel: null,
      toKey: null,
      format: null,
    }),
  )
}

test("samples are known by key and ETag, over restarts; what is put over one is the user's, and a reset brings all back", async () => {
  expect(await present()).toEqual(SAMPLES)
  await replace('torn-envelope.txt')
  f = await f.restart()
  expect(await present()).toEqual(SAMPLES.filter((key) => key !== 'torn-envelope.txt'))
  await f.call('practice.reset', {})
  expect(await present()).toEqual(SAMPLES)
})

test.each([
  ['was never noted', null],
  ['is torn', '{"version":1,"samp'],
  ['is of a later app', '{"version":2}'],
  ['is a folder', 'folder'],
  ['is a loop of links', 'loop'],
])('a bucket whose list %s: what is as old as the samples is one', async (_name, text) => {
  await f.call('objects.remove', { ...at, keys: ['harbour-at-dawn.svg'] })
  const note = join(f.folder, 'data', 'state', 'practice-samples.json')
  await rm(note)
  if (text === 'folder') await mkdir(join(note, 'of the user'), { recursive: true })
  else if (text === 'loop') await symlink(note, note)
  else if (text !== null) await writeFile(note, text)
  f = await f.restart()
  expect(await present()).toEqual(SAMPLES.filter((key) => key !== 'harbour-at-dawn.svg'))
})
