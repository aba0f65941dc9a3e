import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshPractice, send } from '../practice/harness.ts'
import type { Practice } from '../tools/practice.ts'
import type { Transfer } from '../../shared/contract/models-transfers.ts'
import type { In } from '../../shared/contract/routes/routes.ts'
import { openFixture, type Fixture } from './core-fixture.ts'

/**
 * Copies and moves through the one door: what the route takes, what the queue does with it, and
 * what the windows hear.
 */

let f: Fixture
let other: Practice
let here: { readonly profileId: string; readonly bucket: string }
let there: { readonly profileId: string; readonly bucket: string }

beforeAll(async () => {
  f = await openFixture()
  other = await freshPractice()
  const { practice } = await f.call('app.info', {})
  here = { profileId: practice?.profileId ?? '', bucket: practice?.bucket ?? '' }
  const { endpoint, region, accessKeyId, accessKeySecret, bucket } = other
  const profile = await f.call('profiles.session', {
    name: 'other',
    colour: 'ink',
    endpoint,
    region,
    accessKeyId,
    credential: { kind: 'typed', accessKeySecret, securityToken: '' },
    buckets: [bucket],
  })
  there = { profileId: profile.id, bucket }
})
afterAll(async () => {
  await f.close()
  await other.close()
})

const put = (practice: Practice, key: string, body = key) =>
  send(practice, { method: 'PUT', key, body })
const bodyOf = async (practice: Practice, key: string) => {
  const { status, text } = await send(practice, { key })
  return status === 200 ? text : null
}
const start = (change: Partial<In<'copies.start'>>) =>
  f.call('copies.start', {
    from: here,
    keys: [],
    to: there,
    toPrefix: null,
    toKey: null,
    move: true,
    existing: 'fail',
    ...change,
  })
const ended = async (ids: readonly string[]): Promise<readonly Transfer[]> => f.ended(ids)

test('folders and objects go into a folder under their own names, empty folders and markers too', async () => {
  for (const key of ['a/one', 'a/deep/two', 'a/', 'a/empty/', 'b']) await put(f.practice, key)
  const ids = await start({ keys: ['a/', 'b'], toPrefix: 'in/' })
  const transfers = await ended(ids)
  expect(
    transfers.map(({ kind, phase, bucket, key, name, target }) => [
      kind,
      phase,
      bucket,
      key,
      name,
      target,
    ]),
  ).toEqual([
    ['move', 'done', there.bucket, 'in/a/deep/two', 'two', `${there.bucket}/in/a/deep`],
    ['move', 'done', there.bucket, 'in/a/empty/', 'empty/', `${there.bucket}/in/a`],
    ['move', 'done', there.bucket, 'in/a/one', 'one', `${there.bucket}/in/a`],
    ['move', 'done', there.bucket, 'in/a/', 'a/', `${there.bucket}/in`],
    ['move', 'done', there.bucket, 'in/b', 'b', `${there.bucket}/in`],
  ])
  for (const key of ['a/one', 'a/deep/two', 'a/', 'a/empty/', 'b'])
    expect([await bodyOf(other, `in/${key}`), await bodyOf(f.practice, key)]).toEqual([key, null])
})

test('windows are told of both places', async () => {
  const told: unknown[] = []
  // Those of the test before are told together, and may come now.
  const off = f.bridge.on(
    'objects.changed',
    (change) => void (['x/', 'y/'].includes(change.prefix) && told.push(change)),
  )
  await put(f.practice, 'x/told')
  await ended(await start({ keys: ['x/told'], toKey: 'y/told' }))
  await expect
    .poll(() => told)
    .toEqual([
      { ...there, prefix: 'y/' },
      { ...here, prefix: 'x/' },
    ])
  off()
})

test.each([
  ['both targets', { keys: ['a'], toKey: 'b', toPrefix: '' }, 'bad-request'],
  ['no target', { keys: ['a'] }, 'bad-request'],
  ['one name for two', { keys: ['a', 'b'], toKey: 'c' }, 'bad-request'],
  ['a prefix that is no folder', { keys: ['a'], toPrefix: 'b' }, 'bad-request'],
  ['a folder as an object', { keys: ['a/'], toKey: 'b' }, 'bad-request'],
  ['an object as a folder', { keys: ['a'], toKey: 'b/' }, 'bad-request'],
  ['a name that is too long', { keys: ['a'], toKey: '信'.repeat(342) }, 'bad-name'],
  [
    'a profile that is not there',
    { keys: ['a/'], toPrefix: '', from: { profileId: 'nobody', bucket: 'practice-bucket' } },
    'not-found',
  ],
  ['a folder that is not there', { keys: ['no such/'], toPrefix: '' }, 'not-found'],
] as const)('%s: nothing starts', async (_name, input, code) => {
  const before = (await f.call('transfers.list', {})).length
  await expect(start({ ...input, keys: [...input.keys] })).rejects.toMatchObject({
    error: { code },
  })
  expect((await f.call('transfers.list', {})).length).toBe(before)
})

test.each([
  ['onto itself', 'a', { toKey: 'a' }],
  ['into its own folder', 'a/b', { toPrefix: 'a/' }],
  ['a folder into itself', 'a/', { toKey: 'a/b/' }],
  ['a folder onto itself', 'x/a/', { toPrefix: 'x/' }],
] as const)('%s is refused', async (_name, key, target) => {
  await expect(start({ keys: [key], to: here, ...target })).rejects.toMatchObject({
    error: { code: 'name-taken' },
  })
})

test('two profiles of one bucket: an object is not moved onto itself', async () => {
  const { endpoint, region, accessKeyId, accessKeySecret, bucket } = f.practice
  const again = await f.call('profiles.session', {
    name: 'again',
    colour: 'ink',
    endpoint,
    region,
    accessKeyId,
    credential: { kind: 'typed', accessKeySecret, securityToken: '' },
    buckets: [bucket],
  })
  await put(f.practice, 'only')
  for (const existing of ['fail', 'replace', 'rename', 'skip'] as const) {
    expect(
      await ended(
        await start({
          keys: ['only'],
          to: { profileId: again.id, bucket },
          toKey: 'only',
          existing,
        }),
      ),
    ).toMatchObject([{ phase: 'failed', error: { code: 'name-taken' } }])
  }
  expect(await bodyOf(f.practice, 'only')).toBe('only')
})

test('a refused deletion is a failure that can be tried again', async () => {
  await put(f.practice, 'stays')
  f.practice.faults.add({
    match: { method: 'DELETE', key: 'stays' },
    do: { kind: 'status', status: 403, code: 'AccessDenied' },
  })
  const ids = await start({ keys: ['stays'], toKey: 'stays' })
  expect(await ended(ids)).toMatchObject([
    { phase: 'failed', error: { code: 'source-kept', reason: 'not-deleted' } },
  ])
  expect([await bodyOf(f.practice, 'stays'), await bodyOf(other, 'stays')]).toEqual([
    'stays',
    'stays',
  ])
  const over = new Promise<Transfer>((resolve) => {
    const off = f.bridge.on('transfers.changed', (changed) => {
      const [done] = changed.filter(({ id, phase }) => ids.includes(id) && phase === 'done')
      if (done === undefined) return
      off()
      resolve(done)
    })
  })
  await f.call('transfers.retry', { ids: [...ids] })
  expect((await over).outcome).toMatchObject({
    checksum: 'matches',
    copied: { key: 'stays', inside: false },
  })
  expect(await bodyOf(f.practice, 'stays')).toBe(null)
})

test('paused in its middle and cancelled, nothing is left', async () => {
  await f.call('settings.update', { multipartFrom: 102_400, partSize: 102_400, parts: 1 })
  await put(f.practice, 'large', 'x'.repeat(500_000))
  // The third part waits until the pause has come.
  other.faults.add({
    match: { method: 'PUT', key: 'large', query: 'partNumber=3' },
    do: { kind: 'delay', ms: 60_000 },
    times: Infinity,
  })
  const [id = ''] = await start({ keys: ['large'], toKey: 'large' })
  const phase = async () => (await f.call('transfers.list', {})).find((one) => one.id === id)
  await expect.poll(async () => (await phase())?.partsDone).toBe(2)
  await f.call('transfers.pause', { ids: [id] })
  expect(await phase()).toMatchObject({
    kind: 'move',
    phase: 'paused',
    partsDone: 2,
    parts: 5,
    total: 500_000,
  })
  await f.call('transfers.cancel', { ids: [id] })
  expect(await phase()).toBe(undefined)
  expect((await send(other, { query: { uploads: null } })).text).not.toContain('<Upload>')
  expect([await bodyOf(other, 'large'), (await bodyOf(f.practice, 'large'))?.length]).toEqual([
    null,
    500_000,
  ])
})
