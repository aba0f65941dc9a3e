import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import type { IndexFilter, IndexScope } from '../../shared/contract/models-index.ts'
import { openAppKit, PLACE } from './app-kit.ts'

const kit = openAppKit()
const scope = (prefix: string, depth: IndexScope['depth']): IndexScope => ({
  ...PLACE,
  prefix,
  depth,
})
const query = (of: IndexScope, filter: IndexFilter, except: readonly string[] = []) => ({
  keys: [],
  query: { scope: of, filter, except: [...except] },
})

beforeAll(async () => {
  const keys = Array.from(
    { length: 450 },
    (_, i) => `q/${i % 3}/file${i}.${i % 2 === 0 ? 'jpg' : 'txt'}`,
  )
  kit.f.practice.fill([...keys, 'q/old.jpg', 'q/old/x.txt', 'q/note.txt'])
  await syncOf('q/')
})
async function syncOf(prefix: string): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    const off = kit.f.bridge.on('index.changed', ({ sync, ...place }) => {
      if (place.prefix !== prefix || sync?.listing !== false) return
      off()
      resolve()
    })
  })
  await kit.f.call('index.sync', { ...PLACE, prefix })
  await ended
}
const left = async (filter: IndexFilter): Promise<number> =>
  (
    await kit.f.call('index.rows', {
      scope: scope('q/', 'below'),
      sort: { by: 'name', down: false },
      filter,
      offset: 0,
      count: 0,
    })
  ).total

test('a query is counted, with what is left out', async () => {
  const count = (given: ReturnType<typeof query>) =>
    kit.f.call('objects.count', { ...PLACE, ...given })
  expect(await count(query(scope('q/', 'below'), { glob: '*.jpg' }))).toEqual({
    objects: 226,
    bytes: 0,
    cursor: null,
  })
  expect(
    await count(query(scope('q/', 'below'), { glob: '*.jpg' }, ['q/0/', 'q/old.jpg'])),
  ).toMatchObject({ objects: 150 })
  // A folder whose name matches stands for everything below it.
  expect(await count(query(scope('q/', 'level'), { text: 'old' }))).toMatchObject({ objects: 2 })
})

test('a query of another place is refused', async () => {
  const answer = await kit.f.bridge.call('deletes.start', {
    ...PLACE,
    ...query({ ...scope('q/', 'below'), bucket: 'other-bucket' }, {}),
  })
  expect(answer).toMatchObject({ ok: false, error: { code: 'bad-request' } })
})

test('a query is downloaded with the folders of its objects, many as one transfer and few alone', async () => {
  const many = await kit.down([], 'many', query(scope('q/', 'below'), { glob: '*.jpg' }))
  expect(many).toMatchObject([{ kind: 'download', phase: 'done', files: { done: 226 } }])
  expect(readdirSync(join(kit.f.folder, 'many')).toSorted()).toEqual(['0', '1', '2', 'old.jpg'])
  const few = await kit.down([], 'few', query(scope('q/', 'below'), { text: 'file44' }))
  expect(few).toHaveLength(11)
  expect(readdirSync(join(kit.f.folder, 'few', '0'))).toContain('file441.txt')
})

test('a query is copied, and moved', async () => {
  const start = (toPrefix: string, move: boolean, filter: IndexFilter) =>
    kit.f.call('copies.start', {
      from: PLACE,
      ...query(scope('q/', 'below'), filter),
      to: PLACE,
      toPrefix,
      toKey: null,
      move,
      existing: 'fail',
    })
  await kit.f.ended(await start('copied/', false, { text: 'file7' }))
  expect(await kit.exists('copied/1/file7.txt')).toBe(true)
  expect(await kit.exists('q/1/file7.txt')).toBe(true)
  await kit.f.ended(await start('moved/', true, { text: 'file8.' }))
  expect(await kit.exists('moved/2/file8.jpg')).toBe(true)
  expect(await kit.exists('q/2/file8.jpg')).toBe(false)
})

test('a move that would write over another object of the query does not start', async () => {
  kit.f.practice.fill(['nest/in/a.bin', 'nest/in/in/b.bin'])
  await kit.raw('nest/a.bin', {}, Buffer.from('one'))
  await kit.raw('nest/in/a.bin', {}, Buffer.from('another'))
  await syncOf('nest/')
  const move = (filter: IndexFilter) =>
    kit.f.bridge.call('copies.start', {
      from: PLACE,
      ...query(scope('nest/', 'below'), filter),
      to: PLACE,
      toPrefix: 'nest/in/',
      toKey: null,
      move: true,
      existing: 'replace',
    })
  const taken = { code: 'name-taken', name: 'nest/in/a.bin' }
  expect(await move({ text: 'a.bin' })).toMatchObject({ ok: false, error: taken })
  expect(await kit.exists('nest/a.bin')).toBe(true)
  const { value: ids } = (await move({ text: 'b.bin' })) as { readonly value: readonly string[] }
  expect(await kit.f.ended(ids)).toMatchObject([{ phase: 'done' }])
  expect(await kit.exists('nest/in/in/in/b.bin')).toBe(true)
})

test('a query that cannot be prepared as a whole starts nothing', async () => {
  kit.f.practice.fill(['half/x.txt', 'half/x/1.txt'])
  const listed = () => kit.f.call('listing.open', { ...PLACE, prefix: 'half/', refresh: false })
  await expect.poll(async () => (await listed()).complete).toBe(true)
  const given = query(scope('half/', 'level'), { text: 'x' })
  const starts = {
    'deletes.start': () => kit.f.bridge.call('deletes.start', { ...PLACE, ...given }),
    'copies.start': () =>
      kit.f.bridge.call('copies.start', {
        from: PLACE,
        ...given,
        to: PLACE,
        toPrefix: 'elsewhere/',
        toKey: null,
        move: true,
        existing: 'fail',
      }),
  }
  for (const [name, start] of Object.entries(starts)) {
    // The folder of the query cannot be listed.
    kit.f.practice.faults.add({
      match: { method: 'GET', query: 'prefix=half/x/' },
      do: { kind: 'status', status: 403, code: 'AccessDenied' },
    })
    expect([name, (await start()).ok]).toEqual([name, false])
    const running = (await kit.f.call('transfers.list', {})).filter((one) =>
      ['waiting', 'running'].includes(one.phase),
    )
    expect([name, running]).toEqual([name, []])
    expect(await kit.exists('half/x.txt')).toBe(true)
  }
})

test('an object that is not the listed one is not deleted, and is named', async () => {
  const keys = ['stale/a.txt', 'stale/b.txt', 'stale/c.txt']
  kit.f.practice.fill(keys)
  const listed = () => kit.f.call('listing.open', { ...PLACE, prefix: 'stale/', refresh: false })
  await expect.poll(async () => (await listed()).complete).toBe(true)
  // Another program replaces an object, and the index does not know.
  await kit.raw('stale/b.txt', {}, Buffer.from('a new state'))
  await kit.remove('stale/c.txt')
  const { ids } = await kit.f.call('deletes.start', {
    ...PLACE,
    ...query(scope('stale/', 'level'), { smaller: 1 }),
  })
  expect(await kit.f.ended(ids)).toMatchObject([{ phase: 'done', files: { done: 3, skipped: 1 } }])
  expect(await Promise.all(keys.map((key) => kit.exists(key)))).toEqual([false, true, false])
})

test('a query is deleted, and nothing else', async () => {
  // The move before is in the index.
  await expect.poll(() => left({ text: 'file8.' })).toBe(0)
  const { ids } = await kit.f.call('deletes.start', {
    ...PLACE,
    ...query(scope('q/', 'below'), { glob: '*.jpg' }),
  })
  expect(await kit.f.ended(ids)).toMatchObject([{ phase: 'done', files: { done: 225 } }])
  await expect.poll(() => left({ glob: '*.jpg' })).toBe(0)
  expect(await left({})).toBe(227)
})
