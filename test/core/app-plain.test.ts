import { mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { endpointOf, inRegion } from '../../electron/core/app/profiles/connections.ts'
import { openDefaultKeys } from '../../electron/core/app/profiles/default-keys.ts'
import { openEmitter } from '../../electron/core/app/events.ts'
import { freeKeys, numbered } from '../../electron/core/oss/free-keys.ts'
import { openLog } from '../../electron/core/app/log.ts'
import { pairByName } from '../../electron/core/app/offline/offline-pairs.ts'
import { openGrants } from '../../electron/core/app/local/path-grants.ts'
import { openSpoolHolds } from '../../electron/core/app/local/spool-holds.ts'
import { keyUnder, newScan, scanRoots, type Root } from '../../electron/core/app/local/scan.ts'
import { sharedKeys } from '../../electron/core/app/jobs/shared-keys.ts'
import { openSettings } from '../../electron/core/app/settings.ts'
import { Failure } from '../../shared/contract/errors.ts'
import { memoryTexts } from '../ports/stores.ts'

let folder: string
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'app-'))))
afterEach(() => rm(folder, { recursive: true, force: true }))

test.each([
  ['https://oss-cn-hangzhou.aliyuncs.com', 'cn-shanghai', 'https://oss-cn-shanghai.aliyuncs.com'],
  ['oss-cn-hangzhou-internal.aliyuncs.com', 'cn-beijing', 'oss-cn-beijing-internal.aliyuncs.com'],
  ['http://127.0.0.1:80', 'cn-beijing', 'http://127.0.0.1:80'],
  ['https://files.example.com', 'cn-beijing', 'https://files.example.com'],
])('%s in %s is %s', (endpoint, region, expected) =>
  expect(inRegion(endpoint, region)).toBe(expected),
)

test('an endpoint is the one typed, else the public one of the region', () => {
  expect(endpointOf(' https://x.example ', 'cn-a')).toEqual({
    ok: true,
    value: 'https://x.example',
  })
  expect(endpointOf('', 'cn-hangzhou')).toEqual({
    ok: true,
    value: 'https://oss-cn-hangzhou.aliyuncs.com',
  })
  expect(endpointOf('', 'evil.example/')).toEqual({
    ok: false,
    error: { code: 'bad-endpoint', endpoint: 'evil.example/' },
  })
  expect(endpointOf('', '').ok).toBe(false)
})

test.each([
  ['a/report.pdf', 'a/report (2).pdf'],
  ['a.b/report', 'a.b/report (2)'],
  ['a/.env', 'a/.env (2)'],
  ['x.tar.gz', 'x.tar (2).gz'],
])('beside %s there is %s', (key, expected) => expect(numbered(key, 2)).toBe(expected))

test('a name that grows beyond what a key may have is not asked for: the object exists', async () => {
  const nobody = {} as Parameters<typeof freeKeys>[0]
  const key = 'k'.repeat(1020)
  await expect(
    freeKeys(nobody, 'bucket', [key], new Set(), new AbortController().signal),
  ).rejects.toMatchObject({ error: { code: 'object-exists', key } })
})

test('default keys: the bucket first, then the profile; gone with the profile; kept across a restart', async () => {
  const texts = memoryTexts()
  const defaults = await openDefaultKeys(texts)
  await defaults.set({ profileId: 'p', bucket: null }, 'k1')
  await defaults.set({ profileId: 'p', bucket: 'b' }, 'k2')
  const again = await openDefaultKeys(texts)
  expect([again.choose('p', 'b'), again.choose('p', 'c'), again.choose('q', 'b')]).toEqual([
    'k2',
    'k1',
    null,
  ])
  expect(again.placesOf('k2')).toEqual([{ profileId: 'p', bucket: 'b' }])
  await again.set({ profileId: 'p', bucket: 'b' }, null)
  expect(again.choose('p', 'b')).toBe('k1')
  await again.forget('p')
  expect((await openDefaultKeys(texts)).choose('p', 'b')).toBe(null)
})

test('settings: defaults, then what is kept; a field that is no longer valid falls back alone', async () => {
  const texts = memoryTexts()
  await texts.save('settings', JSON.stringify({ theme: 'dark', files: 99, parts: 'many' }))
  const settings = await openSettings(texts)
  expect(settings.current()).toMatchObject({
    theme: 'dark',
    files: 4,
    parts: 3,
    language: 'system',
  })
  // Kept before there were limits and notifications.
  expect(settings.current()).toMatchObject({
    speedLimit: 0,
    trafficLimit: 0,
    window: null,
    onStart: 'continue',
    notifyEnd: true,
    notifyNames: false,
  })
  await settings.update({ files: 2 })
  expect((await openSettings(texts)).current()).toMatchObject({
    theme: 'dark',
    files: 2,
    language: 'system',
  })
  // As it was kept when 'system' was no answer: once chosen it stays.
  await texts.save('settings', JSON.stringify({ theme: 'dark', language: 'en' }))
  expect((await openSettings(texts)).current().language).toBe('en')
  await texts.save('settings', '{torn')
  expect((await openSettings(texts)).current().theme).toBe('system')
})

test('pairs: by name, then by a size that fits once, then the last two', () => {
  const file = (id: string, name: string, bytes: number | null) => ({ id, name, bytes })
  const blobs = [
    file('a', 'a.bin', 5),
    file('b', 'b.bin', 7),
    file('c', 'c.bin', 9),
    file('d', 'd.bin', 9),
  ]
  const envelopes = [
    file('A', 'a.bin.ossenv.json', 1),
    file('B', 'headers.json', 7),
    file('C', 'other.json', 9),
  ]
  expect([...pairByName(blobs, envelopes)]).toEqual([
    ['a', 'A'],
    ['b', 'B'],
  ])
  expect([...pairByName([file('x', 'x', 3)], [file('X', 'dump.json', null)])]).toEqual([['x', 'X']])
  expect([...pairByName([file('x', 'x', 3)], [file('X', 'dump.json', 4)])]).toEqual([])
})

test('events: a listener that throws stops nobody else, and is reported', () => {
  const bugs: unknown[] = []
  const heard: string[] = []
  const emitter = openEmitter((bug) => bugs.push(bug))
  emitter.on('plan.removed', () => {
    throw new Error('bug')
  })
  const off = emitter.on('plan.removed', (id) => heard.push(id))
  emitter.emit('plan.removed', 'p')
  off()
  emitter.emit('plan.removed', 'q')
  expect([heard, bugs.length]).toEqual([['p'], 2])
})

test('the log names a bug and its place, never its message', async () => {
  const log = openLog(join(folder, 'log'))
  const masked = log.masked(new Error('secret-in-a-message'))
  expect(masked.code).toBe('unexpected')
  expect(log.masked(new Failure({ code: 'checksum' }))).toEqual({ code: 'checksum' })
  const { readFile } = await import('node:fs/promises')
  const text = await readFile(join(folder, 'log', 'bugs.log'), 'utf8')
  expect(text).not.toContain('secret-in-a-message')
  expect(text).toContain('app-plain.test.ts')
  expect(masked.code === 'unexpected' && text.includes(masked.reference)).toBe(true)
})

test('grants: what was chosen for reading cannot be written to, and the other way round', async () => {
  const grants = openGrants(openSpoolHolds())
  const file = join(folder, 'a.txt')
  await writeFile(file, 'abc')
  const read = await grants.forReading(file)
  const write = await grants.forWriting(folder)
  if (!read.ok || !write.ok) throw new Error('both exist')
  expect(read.value).toMatchObject({ name: 'a.txt', kind: 'file', size: 3 })
  expect(grants.readable(read.value.id).ok && grants.writable(write.value.id).ok).toBe(true)
  expect(grants.writable(read.value.id)).toMatchObject({ error: { code: 'not-found' } })
  expect(grants.readable(write.value.id)).toMatchObject({ error: { code: 'not-found' } })
  expect(await grants.forReading(join(folder, 'none'))).toMatchObject({
    error: { code: 'source-unreadable', reason: 'ENOENT' },
  })
  expect(await grants.forWriting(file)).toMatchObject({ error: { code: 'target-unwritable' } })
})

test('a spooled file lives until its last holder lets go; a chosen one is never removed', async () => {
  const spool = openSpoolHolds()
  const grants = openGrants(spool)
  const [spooled, chosen, unused] = [
    join(folder, 'drop', 'spooled'),
    join(folder, 'chosen'),
    join(folder, 'drop', 'unused'),
  ]
  await mkdir(join(folder, 'drop'))
  for (const path of [spooled, chosen, unused]) await writeFile(path, 'x')
  const [one, read] = [await grants.forSpool(spooled), await grants.forReading(chosen)]
  if (!one.ok || !read.ok) throw new Error('both exist')
  expect(grants.readable(one.value.id)).toMatchObject({ value: { spooled: true } })
  expect(grants.readable(read.value.id)).toMatchObject({ value: { spooled: false } })
  const [first, second] = [spool.hold([spooled]), spool.hold([spooled])]
  grants.used(one.value.id)
  grants.used(read.value.id)
  first()
  first()
  await spool.settled()
  expect((await stat(spooled)).isFile()).toBe(true)
  expect([...spool.held()]).toEqual([spooled])
  second()
  await spool.settled()
  await expect(stat(spooled)).rejects.toThrow('ENOENT')
  expect((await grants.forSpool(unused)).ok).toBe(true)
  await grants.close()
  await expect(stat(join(folder, 'drop'))).rejects.toThrow('ENOENT')
  expect((await stat(chosen)).isFile()).toBe(true)
})

/** A scan into memory. */
const scanned = async (
  roots: readonly Root[],
  prefix: string,
  signal = new AbortController().signal,
  isListed = () => false,
) => {
  const listed: string[] = []
  const scan = newScan()
  let told = 0
  const shared = sharedKeys(prefix, roots)
  await scanRoots({
    scan,
    roots,
    shared,
    prefix,
    signal,
    isListed,
    arriving: new Set(),
    list: {
      add: ({ root, path, size }) =>
        void listed.push(`${keyUnder(prefix, roots[root], path)} ${size}`),
    },
    onProgress: () => void told++,
  })
  return { ...scan, listed, told, shared: shared.found, sharedCount: shared.count() }
}

test('scan: counts through folders, keeps empty ones, leaves links out by name and never follows them', async () => {
  await mkdir(join(folder, 'top', 'deep', 'empty'), { recursive: true })
  await writeFile(join(folder, 'top', 'a.txt'), 'aa')
  await writeFile(join(folder, 'top', 'deep', 'b.txt'), 'bbb')
  await writeFile(join(folder, 'single'), 'c')
  await symlink('/etc', join(folder, 'top', 'link'))
  const granted = [
    { path: join(folder, 'top'), name: 'top', kind: 'folder' as const },
    { path: join(folder, 'single'), name: 'single', kind: 'file' as const },
  ]
  const scan = await scanned(granted, 'in/')
  expect(scan.listed).toEqual([
    'in/top/a.txt 2',
    'in/top/deep/b.txt 3',
    'in/top/deep/empty/ 0',
    'in/single 1',
  ])
  expect(scan).toMatchObject({ found: 4, files: 3, bytes: 6 })
  expect(scan.leftOut).toEqual([{ path: join(folder, 'top', 'link'), reason: 'symlink' }])
  expect(scan.items).toEqual([
    { name: 'top', kind: 'folder', files: 2, folders: 3, emptyFolders: 1, bytes: 5 },
    { name: 'single', kind: 'file', files: 1, folders: 0, emptyFolders: 0, bytes: 1 },
  ])
  expect(scan.told).toBeGreaterThan(0)
  const again = await scanned(granted, 'in/', undefined, () => true)
  expect(again).toMatchObject({ found: 4, listed: [] })
})

test('scan: a key beyond 1,023 bytes is left out; an abort ends it', async () => {
  await writeFile(join(folder, 'é'.repeat(100)), '')
  const granted = [{ path: folder, name: 'x', kind: 'folder' as const }]
  const scan = await scanned(granted, `${'p'.repeat(830)}/`)
  expect(scan.leftOut.map(({ reason }) => reason)).toEqual(['name-too-long'])
  const control = new AbortController()
  control.abort()
  await expect(scanned(granted, '', control.signal)).rejects.toMatchObject({ name: 'AbortError' })
})
