import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import type { IndexRow, IndexWindow, ListingStatus } from '../../shared/contract/models-index.ts'
import type { In } from '../../shared/contract/routes/routes.ts'
import { openAppKit, PLACE } from './app-kit.ts'
import type { Fixture } from './core-fixture.ts'

const kit = openAppKit()
const LEVEL = { ...PLACE, prefix: 'many/', depth: 'level' } as const
const NAMES = { by: 'name', down: false } as const

/** Resolves with the status of a place once it is not listed any more. */
const listed = (
  f: Fixture,
  prefix: string,
  profileId: string = PLACE.profileId,
): Promise<ListingStatus> =>
  new Promise((resolve) => {
    const off = f.bridge.on('listing.changed', (change) => {
      if (change.profileId !== profileId || change.prefix !== prefix || change.status.listing)
        return
      off()
      resolve(change.status)
    })
  })
const synced = (f: Fixture, prefix: string): Promise<ListingStatus> =>
  new Promise((resolve) => {
    const off = f.bridge.on('index.changed', ({ prefix: at, sync }) => {
      if (at !== prefix || sync === null || sync.listing) return
      off()
      resolve(sync)
    })
  })
const open = async (f: Fixture, prefix: string, refresh = true): Promise<ListingStatus> => {
  const end = listed(f, prefix)
  await f.call('listing.open', { ...PLACE, prefix, refresh })
  return end
}
const rows = (change: Partial<In<'index.rows'>> = {}): Promise<IndexWindow> =>
  kit.f.call('index.rows', {
    scope: LEVEL,
    sort: NAMES,
    filter: {},
    offset: 0,
    count: 5,
    ...change,
  })
const keysOf = ({ rows: some }: { readonly rows: readonly IndexRow[] }) =>
  some.map(({ key }) => key)

beforeAll(() => {
  const keys = Array.from({ length: 2500 }, (_, i) => `many/file${i}.txt`)
  kit.f.practice.fill([...keys, 'many/sub/a.txt', 'many/sub/deep/b.txt', 'other/c.txt'])
})

test('a folder is listed into the index, and windows of rows come out of it', async () => {
  const status = await open(kit.f, 'many/')
  expect(status).toMatchObject({
    listing: false,
    complete: true,
    stopped: false,
    listed: 2501,
    error: null,
  })
  const window = await rows()
  expect(window).toMatchObject({ total: 2501, folders: 1, files: 2500, bytes: 0 })
  expect(keysOf(window)).toEqual([
    'many/sub/',
    'many/file0.txt',
    'many/file1.txt',
    'many/file2.txt',
    'many/file3.txt',
  ])
  expect(keysOf(await rows({ offset: 2499 }))).toEqual(['many/file2498.txt', 'many/file2499.txt'])
  expect(keysOf(await rows({ sort: { by: 'name', down: true }, count: 2 }))).toEqual([
    'many/sub/',
    'many/file2499.txt',
  ])
  expect(await rows({ filter: { text: 'FILE24' }, count: 0 })).toMatchObject({
    total: 111,
    rows: [],
  })
  const position = { scope: LEVEL, sort: NAMES, filter: {}, bucket: PLACE.bucket }
  expect(await kit.f.call('index.position', { ...position, key: 'many/file7.txt' })).toBe(8)
  expect(await kit.f.call('index.position', { ...position, key: 'many/none' })).toBeNull()
  expect(
    await kit.f.call('index.keys', { scope: LEVEL, sort: NAMES, filter: {}, from: 1, to: 3 }),
  ).toEqual([
    { bucket: PLACE.bucket, key: 'many/file0.txt' },
    { bucket: PLACE.bucket, key: 'many/file1.txt' },
  ])
})

test('a folder that is known answers at once, without a request', async () => {
  kit.f.practice.log.clear()
  const status = await kit.f.call('listing.open', { ...PLACE, prefix: 'many/', refresh: false })
  expect(status).toMatchObject({ listing: false, complete: true })
  expect(kit.f.practice.log.entries()).toEqual([])
})

test('a regular expression that cannot be read, or never ends, is an error', async () => {
  const wrong = await kit.f.bridge.call('index.rows', {
    scope: LEVEL,
    sort: NAMES,
    filter: { regex: '(' },
    offset: 0,
    count: 1,
  })
  expect(wrong).toMatchObject({ ok: false, error: { code: 'bad-filter', problem: 'invalid' } })
  kit.f.practice.fill([`slow/${'a'.repeat(200)}!`])
  await open(kit.f, 'slow/')
  const slow = await kit.f.bridge.call('index.rows', {
    scope: { ...LEVEL, prefix: 'slow/' },
    sort: NAMES,
    filter: { regex: '^(a+)+$' },
    offset: 0,
    count: 1,
  })
  expect(slow).toMatchObject({ ok: false, error: { code: 'bad-filter', problem: 'too-slow' } })
  expect((await rows()).total).toBe(2501)
})

test('an unknown profile is refused, and gets no index', async () => {
  const scope = { ...LEVEL, profileId: 'no such profile' }
  const asked = { scope, sort: NAMES, filter: {} }
  const place = { profileId: scope.profileId, bucket: PLACE.bucket, prefix: 'many/' }
  const folder = join(kit.f.folder, 'data', 'index')
  const before = readdirSync(folder)
  const calls = [
    kit.f.bridge.call('index.rows', { ...asked, offset: 0, count: 5 }),
    kit.f.bridge.call('index.position', { ...asked, bucket: PLACE.bucket, key: 'many/x' }),
    kit.f.bridge.call('index.keys', { ...asked, from: 0, to: 5 }),
    kit.f.bridge.call('index.sizes', { ...place, depth: 0 }),
    kit.f.bridge.call('index.states', { scope, filter: {}, budget: 1 }),
    kit.f.bridge.call('index.sync', place),
    kit.f.bridge.call('index.sync', { ...place, bucket: null, prefix: '' }),
    kit.f.bridge.call('listing.open', { ...place, refresh: false }),
  ]
  for (const answer of await Promise.all(calls))
    expect(answer).toEqual({
      ok: false,
      error: { code: 'not-found', what: 'profile', name: scope.profileId },
    })
  expect(readdirSync(folder)).toEqual(before)
})

test('a refresh patches rows in place', async () => {
  const { revision } = await rows()
  await kit.remove('many/file10.txt')
  kit.f.practice.fill(['many/new.txt'])
  await open(kit.f, 'many/')
  expect((await rows()).revision).toBeGreaterThan(revision)
  expect(await rows({ filter: { text: 'new' } })).toMatchObject({ total: 1 })
  expect(await rows({ filter: { text: 'file10.' } })).toMatchObject({ total: 0 })
})

test('uploads and deletions of this app change the rows without a refresh', async () => {
  const changed = (total: number, text: string) =>
    expect.poll(async () => (await rows({ filter: { text } })).total).toBe(total)
  await kit.f.call('objects.makeFolder', { ...PLACE, key: 'many/made/' })
  await changed(1, 'made')
  await kit.f.call('objects.remove', { ...PLACE, keys: ['many/file11.txt', 'many/made/'] })
  await changed(0, 'file11.')
  await kit.f.ended((await kit.f.call('deletes.start', { ...PLACE, keys: ['many/sub/'] })).ids)
  await changed(0, 'sub')
  expect(await rows()).toMatchObject({ folders: 0 })
})

test('a sync lists everything below a prefix, and sizes come from it', async () => {
  const end = synced(kit.f, '')
  await kit.f.call('index.sync', { ...PLACE, prefix: '' })
  expect(await end).toMatchObject({ complete: true, error: null })
  const found = await kit.f.call('index.rows', {
    scope: { ...PLACE, prefix: '', depth: 'below' },
    sort: NAMES,
    filter: { text: 'c.txt' },
    offset: 0,
    count: 10,
  })
  expect(keysOf(found)).toEqual(['other/c.txt'])
  const sizes = await kit.f.call('index.sizes', { ...PLACE, prefix: 'many/', depth: 0 })
  expect(sizes).toMatchObject({ complete: true, folders: [] })
  // The sync knows every folder below, too.
  kit.f.practice.log.clear()
  expect(
    await kit.f.call('listing.open', { ...PLACE, prefix: 'other/', refresh: false }),
  ).toMatchObject({ complete: true })
  expect(kit.f.practice.log.entries()).toEqual([])
})

test('a sync that is stopped says so, and continues behind its last page', async () => {
  const place = { ...PLACE, prefix: 'many/' }
  const stopped = new Promise<ListingStatus>((resolve) => {
    const off = kit.f.bridge.on('index.changed', ({ prefix, sync }) => {
      if (prefix !== 'many/' || sync === null) return
      // The first page is in the index.
      if (sync.listing) return void kit.f.call('index.stopSync', place)
      off()
      resolve(sync)
    })
  })
  const { practice } = kit.f
  // The second page does not come, so that the sync is stopped behind the first.
  practice.faults.add({ match: { method: 'GET', nth: 2 }, do: { kind: 'delay', ms: 60_000 } })
  await kit.f.call('index.sync', place)
  const { listed, stopped: isStopped, complete } = await stopped
  practice.faults.clear()
  expect([listed, isStopped, complete]).toEqual([1000, true, true])
  practice.log.clear()
  const end = synced(kit.f, 'many/')
  await kit.f.call('index.sync', place)
  expect(await end).toMatchObject({ stopped: false, complete: true })
  expect(practice.log.entries().length).toBeLessThan(3)
})

test('the states of objects are found in the background, within a budget', async () => {
  await kit.raw('many/plain.bin', {}, Buffer.from('x'))
  await open(kit.f, 'many/')
  await looked('plain')
  expect(keysOf(await rows({ filter: { states: ['plain'] } }))).toEqual(['many/plain.bin'])
})

/** Looks for the states of rows with this text in the name, and resolves at the end. */
const looked = async (text: string): Promise<void> => {
  const ended = new Promise<void>((resolve) => {
    const off = kit.f.bridge.on('index.changed', ({ states }) => {
      if (states === null || states.running) return
      off()
      resolve()
    })
  })
  await kit.f.call('index.states', { scope: LEVEL, filter: { text }, budget: 10 })
  await ended
}
const TORN = { 'x-oss-meta-oss-crypto-key': 'torn' }

test('an object of the same bytes with other headers, in one second, has no old state', async () => {
  const stateOf = async () => (await rows({ filter: { text: 'same.bin' } })).rows[0]?.state
  for (const [headers, state] of [
    [TORN, 'damaged'],
    [{}, 'plain'],
    [TORN, 'damaged'],
  ] as const) {
    await kit.raw('many/same.bin', headers, Buffer.from('x'))
    await open(kit.f, 'many/')
    await expect.poll(stateOf).toBe('unknown')
    await looked('same.bin')
    expect(await stateOf()).toBe(state)
  }
})

test('an object that the index knows by key, ETag and time costs no request', async () => {
  const [row] = (await rows({ filter: { text: 'same.bin' } })).rows
  const { key = '', etag = '', modified = '' } = row ?? {}
  const ask = async (changed = {}) => {
    const before = kit.f.practice.log.entries().length
    const objects = [{ key, etag, modified, ...changed }]
    const [found] = await kit.f.call('objects.encryption', { ...PLACE, objects })
    expect(found?.state).toBe('broken')
    return kit.f.practice.log.entries().length - before
  }
  // A HEAD in the second of the object counts for its own answer alone.
  await expect.poll(() => ask(), { timeout: 10_000 }).toBe(0)
  expect(await ask({ modified: '2020-01-01T00:00:00.000Z' })).toBe(1)
  expect(await ask({ etag: 'other' })).toBe(1)
})

test('the practice bucket has an index of this run alone', async () => {
  const info = await kit.f.call('index.info', {})
  expect(info).toMatchObject({ storage: 'session', reason: 'no-secret-store' })
  expect(info.objects).toBeGreaterThan(2500)
  const folder = join(kit.f.folder, 'data', 'index')
  expect(readdirSync(folder).length).toBeGreaterThan(0)
  await kit.f.call('index.clear', {})
  expect(readdirSync(folder).filter((name) => !name.startsWith('session-'))).toEqual([])
})

test('the index of a stored profile is stored as soon as the passphrase file is unlocked', async () => {
  const { endpoint, region, accessKeyId, accessKeySecret } = kit.f.practice
  const unlock = () => kit.f.call('secrets.unlock', { passphrase: 'correct horse' })
  await rows()
  await unlock()
  const { id: profileId } = await kit.f.call('profiles.add', {
    name: 'Mine',
    colour: 'blue',
    endpoint,
    region,
    accessKeyId,
    buckets: [],
    credential: { kind: 'typed', accessKeySecret, securityToken: '' },
  })
  const end = listed(kit.f, 'many/', profileId)
  const place = { profileId, bucket: PLACE.bucket, prefix: 'many/' }
  await kit.f.call('listing.open', { ...place, refresh: false })
  await end
  const own = () => rows({ scope: { ...place, depth: 'level' }, count: 0 })
  const { total } = await own()
  expect(total).toBeGreaterThan(2000)
  // The index of the practice bucket is open, too, and is for this run in any case.
  expect(await kit.f.call('index.info', {})).toMatchObject({ storage: 'kept', reason: null })
  kit.f = await kit.f.restart()
  expect(await own()).toMatchObject({ total: 0 })
  expect(await kit.f.call('index.info', {})).toMatchObject({
    storage: 'session',
    reason: 'no-secret-store',
  })
  await unlock()
  await expect.poll(async () => (await own()).total).toBe(total)
  expect(await kit.f.call('index.info', {})).toMatchObject({ storage: 'kept', reason: null })
})

test('the index is switched off in the settings: nothing stays on the disk', async () => {
  await open(kit.f, 'many/')
  const folder = join(kit.f.folder, 'data', 'index')
  await kit.f.call('settings.update', { keepIndex: false })
  await expect
    .poll(() => kit.f.call('index.info', {}))
    .toMatchObject({ storage: 'memory', reason: 'switched-off', bytes: 0 })
  // The folder that was open is listed again, into memory.
  await expect.poll(async () => (await rows()).total).toBeGreaterThan(2000)
  expect(readdirSync(folder)).toEqual([])
  // A crash before the removal: the next start makes up for it.
  writeFileSync(join(folder, 'p.db'), 'rows')
  kit.f = await kit.f.restart()
  await expect.poll(() => readdirSync(folder)).toEqual([])
  await kit.f.call('settings.update', { keepIndex: true })
})
