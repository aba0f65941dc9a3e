import { afterAll, beforeAll, expect, test } from 'vitest'
import { ledgerOf, type IndexedBucket } from '../../electron/core/audit/ledger.ts'
import { openFixture, type Fixture } from './core-fixture.ts'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const KEY = { id: 'k', name: 'Backups' }
const bucket = (change: Partial<IndexedBucket> & { readonly objects?: number }): IndexedBucket => {
  const { objects = 5, ...fields } = change
  const keys = new Map([['k', { objects, bytes: objects * 10 }]])
  return { bucket: 'b', asOf: 1000, unknown: 0, keys, ...fields }
}
const seen = (objects: number) => [{ bucket: 'b', objects, bytes: objects * 10 }]

test.each<
  readonly [
    string,
    readonly IndexedBucket[],
    number,
    readonly [objects: number, isWhole: boolean, uncounted: readonly string[]],
  ]
>([
  ['a bucket that was listed whole', [bucket({})], 0, [5, true, []]],
  ['a bucket of which some states are unknown', [bucket({ unknown: 1 })], 0, [5, false, ['b']]],
  ['a bucket of which one folder was listed', [bucket({ asOf: null })], 0, [5, false, ['b']]],
  ['objects that were seen and not listed', [], 7, [7, false, ['b']]],
  ['more objects seen than listed', [bucket({})], 7, [7, false, []]],
  ['fewer objects seen than listed', [bucket({})], 3, [5, true, []]],
  [
    'two profiles, the later first',
    [bucket({ asOf: 2000, objects: 2 }), bucket({})],
    0,
    [2, true, []],
  ],
  [
    'two profiles, the later last',
    [bucket({}), bucket({ asOf: 2000, objects: 2 })],
    0,
    [2, true, []],
  ],
  [
    'two profiles, none of them listed it whole',
    [bucket({ asOf: null }), bucket({ asOf: null, objects: 0 })],
    0,
    [5, false, ['b']],
  ],
])('the ledger has %s', (_what, indexed, count, [objects, isWhole, uncounted]) => {
  const ledger = ledgerOf(KEY, indexed, count === 0 ? [] : seen(count))
  expect(ledger).toMatchObject({ objects, bytes: objects * 10, uncounted })
  expect(ledger.buckets.map((one) => one.isWhole)).toEqual([isWhole])
})

test('the ledger is as old as its oldest listing, and a bucket without objects is no row', () => {
  const other = bucket({ bucket: 'c', asOf: 500, objects: 0 })
  expect(ledgerOf(KEY, [bucket({}), other], [])).toMatchObject({
    asOf: '1970-01-01T00:00:00.500Z',
    buckets: [{ bucket: 'b' }],
  })
  expect(ledgerOf(KEY, [], []).asOf).toBe(null)
})

let f: Fixture
beforeAll(async () => {
  f = await openFixture()
})
afterAll(() => f.close())

test('a key that opens objects is deleted only with their number', async () => {
  await f.call('secrets.unlock', { passphrase: 'correct horse' })
  const { bucket: name } = f.practice
  const profile = (await f.call('profiles.list', {})).find(({ kind }) => kind === 'practice')
  const place = { profileId: profile?.id ?? '', bucket: name }
  const key = await f.call('keys.generate', {
    name: 'Studio',
    bits: 2048,
    description: '{"use":"ledger"}',
    style: 'compact',
  })
  const path = join(f.folder, 'a.txt')
  await writeFile(path, 'a')
  const [grant] = await f.call('local.grant', { paths: [path], write: false })
  const plan = await f.call('uploads.plan', {
    ...place,
    prefix: 'ledger/',
    grants: [grant?.id ?? ''],
  })
  const ids = await f.call('uploads.start', {
    planId: plan.id,
    keyId: key.id,
    existing: 'replace',
    decisions: {},
    allowWeak: false,
    partSize: null,
    parallel: null,
    toKey: null,
    format: null,
  })
  expect(await f.ended(ids)).toMatchObject([{ phase: 'done' }])
  const remove = (confirmObjects?: number) =>
    f.bridge.call('keys.remove', {
      id: key.id,
      confirmName: 'Studio',
      successorId: null,
      ...(confirmObjects !== undefined && { confirmObjects }),
    })
  await expect
    .poll(async () => (await f.call('index.sync', { ...place, prefix: '' })).complete)
    .toBe(true)
  const step = { ...place, prefix: '', shard: null, after: '', count: 1000, requests: 1000 }
  const none = { ...step, requests: 0 }
  expect(await f.call('audit.look', none)).toMatchObject({
    objects: 0,
    isLimited: true,
    after: '',
  })
  expect(await f.call('audit.look', step)).toMatchObject({ unread: 0, after: null })
  const [ledger] = await f.call('keys.ledger', { id: key.id })
  expect(ledger).toMatchObject({ objects: 1, bytes: 1, buckets: [{ bucket: name, objects: 1 }] })
  const refused = { code: 'key-opens-objects', name: 'Studio', objects: 1, bytes: 1 }
  for (const number of [undefined, 0, 2])
    expect(await remove(number)).toMatchObject({ ok: false, error: refused })
  expect(await remove(1)).toMatchObject({ ok: true })
})
