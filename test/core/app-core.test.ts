import { randomBytes } from 'node:crypto'
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { UploadPlan } from '../../shared/contract/models-transfers.ts'
import { openFixture, type Fixture } from './core-fixture.ts'

let f: Fixture
const at = { profileId: 'practice', bucket: 'practice-bucket' }
beforeEach(async () => void (f = await openFixture()))
afterEach(() => f.close())

/** Grants for paths, a counted plan, and the ids of its transfers. */
async function plan(paths: readonly string[], prefix = ''): Promise<UploadPlan> {
  const grants = await f.call('local.grant', { paths: [...paths], write: false })
  const ready = new Promise<UploadPlan>((resolve) =>
    f.bridge.on('plan.changed', (one) => one.phase !== 'counting' && resolve(one)),
  )
  await f.call('uploads.plan', { ...at, prefix, grants: grants.map(({ id }) => id) })
  return ready
}
const start = (planId: string, change: object = {}) =>
  f.call('uploads.start', {
    planId,
    keyId: null,
    existing: 'ask',
    decisions: {},
    allowWeak: false,
    partSize: null,
    parallel: null,
    toKey: null,
    format: null,
    ...change,
  })
async function folderGrant(name: string): Promise<string> {
  await mkdir(join(f.folder, name), { recursive: true })
  const [grant] = await f.call('local.grant', { paths: [join(f.folder, name)], write: true })
  return grant?.id ?? ''
}
const fetchTo = async (keys: readonly string[], folder: string, change: object = {}) =>
  f.ended(
    await f.call('downloads.start', {
      ...at,
      keys: [...keys],
      target: await folderGrant(folder),
      fileName: null,
      existing: 'fail',
      raw: false,
      keyIds: [],
      range: null,
      message: false,
      repair: false,
      ...change,
    }),
  )

test('a first start: samples in every state a user will meet', async () => {
  const { rows } = await f.call('objects.list', { ...at, prefix: '', cursor: null })
  const files = rows.filter(({ kind }) => kind === 'file')
  const states = await f.call('objects.encryption', {
    ...at,
    objects: files.map(({ key, etag, modified }) => ({ key, etag, modified })),
  })
  expect(Object.fromEntries(files.map(({ key }, i) => [key, states[i]?.state]))).toEqual({
    'anyone-can-read-this.txt': 'plain',
    'harbour-at-dawn.svg': 'encrypted',
    'key-went-missing.txt': 'nokey',
    'torn-envelope.txt': 'broken',
    'welcome (encrypted).txt': 'encrypted',
  })
  const preview = await f.preview({
    ...at,
    key: 'welcome (encrypted).txt',
    offset: 0,
    length: 1000,
    keyId: null,
  })
  expect(preview).toMatchObject({ encrypted: true })
  expect(preview.text).toContain('This file is encrypted in the bucket.')
  const again = await f.restart()
  f = again
  expect((await f.call('keys.list', {})).map(({ name, origin }) => [name, origin])).toEqual([
    ['Practice key', 'sample'],
  ])
  expect(
    (
      await f.preview({
        ...at,
        key: 'letters/to-yourself.txt',
        offset: 0,
        length: 8,
        keyId: null,
      })
    ).text,
  ).toBe('Dear me,')
})

test('a file that is sent before it is counted is one row, not one of many with itself below it', async () => {
  await writeFile(join(f.folder, 'showreel.mov'), randomBytes(5 * 1024 * 1024))
  const grants = await f.call('local.grant', {
    paths: [join(f.folder, 'showreel.mov')],
    write: false,
  })
  const { id } = await f.call('uploads.plan', {
    ...at,
    prefix: '',
    grants: grants.map((grant) => grant.id),
  })
  const ids = await start(id)
  const listed = await f.call('transfers.list', {})
  expect(listed.map(({ name, files, batchId }) => [name, files, batchId])).toEqual([
    ['showreel.mov', null, null],
  ])
  expect((await f.ended(ids)).map(({ phase }) => phase)).toEqual(['done'])
})

test('a folder goes up and comes back the same, empty folders too; the bucket holds no 16 bytes of it', async () => {
  const big = randomBytes(1024 * 1024 + 7)
  await mkdir(join(f.folder, 'top', 'deep', 'empty'), { recursive: true })
  await writeFile(join(f.folder, 'top', 'big.bin'), big)
  await writeFile(
    join(f.folder, 'top', 'deep', '名字 🎉 <b>.txt'),
    'sixteen bytes and more of plain text',
  )
  await writeFile(join(f.folder, 'top', 'zero'), '')
  const counted = await plan([join(f.folder, 'top')], 'in/')
  expect(counted).toMatchObject({ phase: 'ready', files: 3, conflictCount: 0 })
  const sent = await f.ended(await start(counted.id, { partSize: 102_400 }))
  expect(sent.map(({ phase, outcome }) => [phase, outcome?.checksum])).toEqual([
    ...Array(3).fill(['done', 'matches']),
    ['done', 'absent'],
  ])
  const got = await fetchTo(['in/top/'], 'back')
  expect(got.map(({ phase, error }) => [phase, error])).toEqual(Array(3).fill(['done', null]))
  expect(await readFile(join(f.folder, 'back', 'top', 'big.bin'))).toEqual(big)
  expect(await readFile(join(f.folder, 'back', 'top', 'deep', '名字 🎉 <b>.txt'), 'utf8')).toBe(
    'sixteen bytes and more of plain text',
  )
  expect((await readdir(join(f.folder, 'back', 'top', 'deep'))).sort()).toEqual([
    'empty',
    '名字 🎉 <b>.txt',
  ])
  for (const stored of await allFiles(join(f.folder, 'practice'))) {
    const bytes = await readFile(stored)
    expect(bytes.includes(big.subarray(64, 80)) || bytes.includes('sixteen bytes an')).toBe(false)
  }
})

test.each([
  // Skipped ones are told of, each with a row.
  ['skip', {}, ['old'], 1],
  ['replace', {}, ['new'], 1],
  ['rename', {}, ['old', 'new'], 1],
  ['ask', { 'a.txt': 'rename' }, ['old', 'new'], 1],
] as const)('existing names: %s', async (existing, decisions, contents, count) => {
  await writeFile(join(f.folder, 'a.txt'), 'old')
  await f.ended(await start((await plan([join(f.folder, 'a.txt')])).id))
  await writeFile(join(f.folder, 'a.txt'), 'new')
  const counted = await plan([join(f.folder, 'a.txt')])
  expect(counted.conflicts).toMatchObject([{ key: 'a.txt', size: 3, theirSize: 3 }])
  const ids = await start(counted.id, { existing, decisions })
  expect(ids.length).toBe(count)
  await f.ended(ids)
  const texts = await Promise.all(
    ['a.txt', 'a (2).txt']
      .slice(0, contents.length)
      .map(
        async (key) => (await f.preview({ ...at, key, offset: 0, length: 10, keyId: null })).text,
      ),
  )
  expect(texts).toEqual(contents)
})

test('ask without an answer starts nothing', async () => {
  await writeFile(join(f.folder, 'a.txt'), 'old')
  await f.ended(await start((await plan([join(f.folder, 'a.txt')])).id))
  const counted = await plan([join(f.folder, 'a.txt')])
  await expect(start(counted.id)).rejects.toMatchObject({
    error: { code: 'object-exists', key: 'a.txt' },
  })
})

test('the practice key seals practice files only; without a default key nothing goes up', async () => {
  const { practice } = f
  const profile = await f.call('profiles.session', {
    name: 'Mine',
    colour: 'blue',
    endpoint: practice.endpoint,
    region: practice.region,
    accessKeyId: practice.accessKeyId,
    buckets: [],
    credential: { kind: 'typed', accessKeySecret: practice.accessKeySecret, securityToken: '' },
  })
  await writeFile(join(f.folder, 'a.txt'), 'x')
  const grants = await f.call('local.grant', { paths: [join(f.folder, 'a.txt')], write: false })
  const ready = new Promise<UploadPlan>((resolve) =>
    f.bridge.on('plan.changed', (one) => one.phase === 'ready' && resolve(one)),
  )
  const { id: planId } = await f.call('uploads.plan', {
    profileId: profile.id,
    bucket: at.bucket,
    prefix: '',
    grants: grants.map(({ id }) => id),
  })
  await ready
  await expect(start(planId)).rejects.toMatchObject({ error: { code: 'no-master-key' } })
  const [key] = await f.call('keys.list', {})
  await expect(start(planId, { keyId: key?.id })).rejects.toMatchObject({
    error: { code: 'key-not-usable', reason: 'sample' },
  })
})

test.each([
  ['anyone-can-read-this.txt', 'done', undefined],
  ['key-went-missing.txt', 'needs-master-key', 'unknown-master-key'],
  ['torn-envelope.txt', 'failed', 'not-an-envelope'],
  ['no-such-object', 'failed', 'not-found'],
])('download of %s: %s', async (key, phase, code) => {
  const [transfer] = await fetchTo([key], 'out')
  expect([transfer?.phase, transfer?.error?.code]).toEqual([phase, code])
  expect(await readdir(join(f.folder, 'out'))).toEqual(phase === 'done' ? [key] : [])
})

test('a blob and its envelope open offline, paired by name; keys come from a passphrase file after it is unlocked', async () => {
  expect(await f.call('secrets.status', {})).toMatchObject({
    place: 'passphrase-file',
    state: 'passphrase-needed',
    exists: false,
  })
  const generate = () =>
    f.call('keys.generate', {
      name: 'Mine',
      bits: 2048,
      description: '{"use":"mine"}',
      style: 'compact',
    })
  await expect(generate()).rejects.toMatchObject({ error: { code: 'passphrase-needed' } })
  await f.call('secrets.unlock', { passphrase: 'correct horse' })
  const key = await generate()
  await f.call('profiles.setDefaultKey', { ...at, keyId: key.id })
  await writeFile(join(f.folder, 'a.txt'), 'offline text')
  await f.ended(await start((await plan([join(f.folder, 'a.txt')])).id))
  expect((await fetchTo(['a.txt'], 'raw', { raw: true }))[0]?.phase).toBe('done')
  expect((await readFile(join(f.folder, 'raw', 'a.txt'))).includes('offline')).toBe(false)

  f = await f.restart()
  const paths = ['a.txt', 'a.txt.ossenv.json'].map((name) => join(f.folder, 'raw', name))
  const grants = await f.call('local.grant', { paths, write: false })
  const [item, ...others] = await f.call('offline.pair', { grants: grants.map(({ id }) => id) })
  expect(others).toEqual([])
  expect(item?.envelope).toMatchObject({ source: 'dropped', name: 'a.txt.ossenv.json' })
  const open = async () => {
    const id = await f.call('offline.start', {
      blob: item?.blob?.id ?? '',
      envelope: item?.envelope?.grant ?? null,
      envelopeText: null,
      keyIds: [],
      target: await folderGrant('plain'),
      fileName: null,
      existing: 'rename',
      repair: false,
    })
    return (await f.ended([id]))[0]
  }
  expect(await open()).toMatchObject({
    phase: 'needs-master-key',
    error: { code: 'passphrase-needed' },
  })
  await f.call('secrets.unlock', { passphrase: 'correct horse' })
  expect(await open()).toMatchObject({
    phase: 'done',
    outcome: { encrypted: true, checksum: 'matches' },
  })
  expect(await readFile(join(f.folder, 'plain', 'a.txt'), 'utf8')).toBe('offline text')
})

test('move keeps the envelope; a folder is counted, moved and removed whole', async () => {
  const move = async (key: string, toKey: string) =>
    f.ended(
      await f.call('copies.start', {
        from: at,
        keys: [key],
        to: at,
        toPrefix: null,
        toKey,
        move: true,
        existing: 'fail',
      }),
    )
  expect(await move('letters/', 'moved/')).toMatchObject([{ kind: 'move', phase: 'done' }])
  expect(
    (
      await f.preview({
        ...at,
        key: 'moved/to-yourself.txt',
        offset: 5,
        length: 3,
        keyId: null,
      })
    ).text,
  ).toBe('me,')
  expect((await f.call('objects.list', { ...at, prefix: 'letters/', cursor: null })).rows).toEqual(
    [],
  )
  await f.call('objects.makeFolder', { ...at, key: 'moved/sub/' })
  expect(await f.call('objects.count', { ...at, keys: ['moved/'] })).toMatchObject({ objects: 2 })
  await f.ended((await f.call('deletes.start', { ...at, keys: ['moved/'] })).ids)
  expect((await f.call('objects.list', { ...at, prefix: 'moved/', cursor: null })).rows).toEqual([])
  expect(await move('anyone-can-read-this.txt', 'torn-envelope.txt')).toMatchObject([
    { phase: 'needs-user', error: { code: 'object-exists' } },
  ])
  expect(await f.call('objects.facts', { ...at, key: 'anyone-can-read-this.txt' })).toMatchObject({
    encryption: { state: 'plain' },
  })
})

test('deleting a key that is a default somewhere asks for a successor first', async () => {
  await f.call('secrets.unlock', { passphrase: 'pass phrase' })
  const make = (name: string) =>
    f.call('keys.generate', {
      name,
      bits: 2048,
      description: `{"name":"${name}"}`,
      style: 'compact',
    })
  const [one, two] = [await make('One'), await make('Two')]
  await f.call('profiles.setDefaultKey', { ...at, keyId: one.id })
  const remove = (change: object) =>
    f.call('keys.remove', { id: one.id, confirmName: 'One', successorId: null, ...change })
  await expect(remove({ confirmName: 'one' })).rejects.toMatchObject({
    error: { code: 'confirmation-differs' },
  })
  await expect(remove({})).rejects.toMatchObject({
    error: { code: 'key-is-default', places: ['Practice / practice-bucket'] },
  })
  await expect(remove({ successorId: one.id })).rejects.toMatchObject({
    error: { code: 'key-is-default' },
  })
  await remove({ successorId: two.id })
  expect((await f.call('profiles.list', {}))[0]?.bucketKeys).toEqual({ 'practice-bucket': two.id })
  expect((await f.call('keys.list', {})).map(({ name }) => name)).not.toContain('One')
})

async function allFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
