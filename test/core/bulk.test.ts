import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Transfer } from '../../shared/contract/models-transfers.ts'
import { openFiller, type Filler } from './bulk-kit.ts'
import { openFixture, type Fixture } from './core-fixture.ts'

const PLACE = { profileId: 'practice', bucket: 'practice-bucket' }
const numbered = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${String(i).padStart(5, '0')}`)
const under = (prefix: string, ...except: readonly string[]) => ({
  keys: [],
  under: { prefix, except: [...except] },
})

let f: Fixture
let filler: Filler
beforeEach(async () => {
  f = await openFixture()
  filler = openFiller(f.practice)
})
afterEach(async () => {
  filler.close()
  await f.close()
})

const start = async (selection: { keys: string[]; under?: { prefix: string; except: string[] } }) =>
  (await f.call('deletes.start', { ...PLACE, ...selection })).ids
const one = async (): Promise<Transfer | undefined> =>
  (await f.call('transfers.list', {})).find(({ batchId }) => batchId === null)
const until = (check: (transfer: Transfer | undefined) => boolean) =>
  expect.poll(async () => check(await one()), { interval: 10 }).toBe(true)
/** The names of the objects that a transfer skipped or left. */
const skipped = ([id = '']: readonly string[], offset = 0, count = 1000) =>
  f.call('transfers.skipped', { id, offset, count })
const listFiles = async (): Promise<readonly string[]> =>
  (await readdir(join(f.folder, 'data', 'queue'))).filter((name) =>
    /\.(list|names|skipped)$/.test(name),
  )
/** Delays the n-th request that deletes, from 1. Without `ms` it gets no answer. */
const delay = (nth: number, ms = 600_000) =>
  f.practice.faults.add({
    match: { method: 'POST', query: 'delete', nth },
    do: { kind: 'delay', ms },
  })

describe('deleting a selection', () => {
  test.each([
    ['everything below a prefix', under('d/'), []],
    ['save an object', under('d/', 'd/00001'), ['d/00001']],
    ['save a folder', under('d/', 'd/sub/'), ['d/sub/a', 'd/sub/deep/b']],
    ['save what only begins alike', under('d/', 'd/sub'), []],
    ['a folder', { keys: ['d/'] }, []],
    ['a folder in it', { keys: ['d/sub/'] }, ['d/00000', 'd/00001', 'd/00002']],
    [
      'named objects',
      { keys: ['d/00000', 'd/sub/a', 'd/none'] },
      ['d/00001', 'd/00002', 'd/sub/deep/b'],
    ],
  ] as const)('%s', async (_name, selection, left) => {
    await filler.put([...numbered('d/', 3), 'd/sub/a', 'd/sub/deep/b', 'd0', 'c/x', 'dx/y'])
    const input = { ...selection, keys: [...selection.keys] }
    const [ended] = await f.ended(await start(input))
    expect(ended).toMatchObject({ kind: 'delete', phase: 'done', error: null })
    expect(await filler.names('')).toEqual(expect.arrayContaining(['c/x', 'd0', 'dx/y', ...left]))
    expect(await filler.names('d/')).toEqual(left)
    expect(await listFiles()).toEqual([])
  })

  test('the marker of a selected folder goes, that of the folder it was selected in stays', async () => {
    await filler.put(['d/a', 'd/sub/x'])
    for (const key of ['d/', 'd/sub/']) await f.call('objects.makeFolder', { ...PLACE, key })
    await f.ended(await start(under('d/')))
    expect(await filler.names('d/')).toEqual(['d/'])
  })

  test('2,345 objects in ranges of a thousand, with what is there of them counted', async () => {
    f.practice.fill(numbered('many/', 2345))
    const [ended] = await f.ended(await start(under('many/')))
    expect(ended?.files).toEqual({
      total: 2345,
      counting: false,
      done: 2345,
      skipped: 0,
      failed: 0,
    })
    const requests = f.practice.log.entries().filter(({ query }) => query.has('delete')).length
    expect([requests, await filler.names('many/')]).toEqual([3, []])
  })

  test('after a restart it goes on; what was put there in the meantime stays', async () => {
    f.practice.fill(numbered('many/', 3500))
    await f.call('settings.update', { files: 1 })
    delay(2)
    const ids = await start(under('many/'))
    await until((transfer) => (transfer?.files?.done ?? 0) >= 1000)
    f = await f.restart()
    f.practice.faults.clear()
    filler.close()
    filler = openFiller(f.practice)
    await filler.put(['many/00000', 'many/03400', 'many/new'])
    const [ended] = await f.ended(ids)
    expect(ended?.phase).toBe('done')
    expect(await filler.names('many/')).toEqual(expect.arrayContaining(['many/00000', 'many/new']))
    expect(await skipped(ids)).toContain('many/03400')
    await f.call('transfers.clear', { ids: [...ids] })
    expect(await listFiles()).toEqual([])
  })

  test('objects that were written after the start stay, and are counted', async () => {
    f.practice.fill(numbered('many/', 1500))
    await f.call('settings.update', { files: 1 })
    // The second range is listed again when the first one is deleted.
    delay(1)
    const ids = await start(under('many/'))
    await until((transfer) => transfer?.phase === 'running' && transfer.files?.counting === false)
    await filler.put(['many/01400'])
    f = await f.restart()
    f.practice.faults.clear()
    const [ended] = await f.ended(ids)
    expect(ended).toMatchObject({ phase: 'done', files: { done: 1500, skipped: 1, failed: 0 } })
    filler.close()
    filler = openFiller(f.practice)
    expect(await filler.names('many/')).toEqual(['many/01400'])
    expect(await skipped(ids)).toEqual(['many/01400'])
  })

  test('paused it deletes no further range, and stopped it leaves the rest', async () => {
    f.practice.fill(numbered('many/', 4000))
    await f.call('settings.update', { files: 1 })
    delay(2)
    const ids = await start(under('many/'))
    await until((transfer) => (transfer?.files?.done ?? 0) >= 1000)
    await f.call('transfers.pause', { ids: [...ids] })
    await until((transfer) => transfer?.phase === 'paused')
    await f.call('transfers.cancel', { ids: [...ids] })
    const left = await filler.names('many/')
    expect(left.length).toBeGreaterThan(0)
    expect(left).toEqual(numbered('many/', 4000).slice(-left.length))
    expect(await listFiles()).toEqual([])
  })

  test('a network that is away while it is listed is waited for', async () => {
    f.practice.fill(numbered('many/', 1200))
    f.practice.faults.add({
      match: { method: 'GET', query: 'continuation-token' },
      do: { kind: 'status', status: 503, code: 'ServiceUnavailable' },
      times: 4,
    })
    const ids = await start(under('many/'))
    await until((transfer) => transfer?.phase === 'needs-network')
    await f.call('transfers.retry', { ids: [...ids] })
    expect((await f.ended(ids))[0]).toMatchObject({ phase: 'done', files: { done: 1200 } })
    expect(await filler.names('many/')).toEqual([])
  })

  test('what OSS refuses is named and counted, and the rest is deleted', async () => {
    f.practice.fill(numbered('many/', 1200))
    f.practice.faults.add({
      match: { method: 'POST', query: 'delete' },
      do: { kind: 'status', status: 403, code: 'AccessDenied' },
      times: 1,
    })
    const ids = await start(under('many/'))
    const [ended] = await f.ended(ids)
    expect(ended).toMatchObject({ phase: 'failed', error: { code: 'access-denied' } })
    await f.call('transfers.retry', { ids: [...ids] })
    expect((await f.ended(ids))[0]).toMatchObject({ phase: 'done', files: { done: 1200 } })
  })
})

test('a count goes through all of a folder, and deletes nothing', async () => {
  f.practice.fill(numbered('many/', 2100))
  const ids = await f.call('counts.start', { ...PLACE, prefix: 'many/' })
  const [ended] = await f.ended(ids)
  expect(ended).toMatchObject({ kind: 'count', phase: 'done', total: 0 })
  expect(ended?.files).toMatchObject({ total: 2100, counting: false })
  expect((await filler.names('many/')).length).toBe(2100)
  f = await f.restart()
  expect((await one())?.files).toMatchObject({ total: 2100 })
})

test('a count in steps comes to the same, whatever is selected', async () => {
  f.practice.fill([...numbered('many/', 1100), 'many/sub/a', 'other'])
  const count = async (selection: Parameters<typeof start>[0]): Promise<number> => {
    let [objects, cursor] = [0, null as string | null]
    do {
      const step = await f.call('objects.count', { ...PLACE, ...selection, cursor })
      objects += step.objects
      cursor = step.cursor
    } while (cursor !== null)
    return objects
  }
  expect([
    await count(under('many/')),
    await count(under('many/', 'many/sub/')),
    await count({ keys: ['many/', 'other'] }),
  ]).toEqual([1101, 1100, 1102])
})

describe('downloading and copying a selection', () => {
  const grant = async (name: string): Promise<string> => {
    const path = join(f.folder, name)
    await mkdir(path)
    return (await f.call('local.grant', { paths: [path], write: true }))[0]?.id ?? ''
  }
  const download = async (target: string, prefix: string, change = {}) =>
    f.call('downloads.start', {
      ...PLACE,
      ...under(prefix),
      target,
      fileName: null,
      existing: 'fail',
      raw: false,
      keyIds: [],
      range: null,
      message: false,
      repair: false,
      ...change,
    })

  test('500 objects are one download; names that would meet are told apart before anything is written', async () => {
    const names = [...numbered('dl/', 500), 'dl/a\u0001b', 'dl/a\u0002b', 'dl/x', 'dl/x/y']
    await filler.put(names)
    await f.call('objects.makeFolder', { ...PLACE, key: 'dl/empty/' })
    const [ended] = await f.ended(await download(await grant('out'), 'dl/'))
    expect(ended).toMatchObject({
      kind: 'download',
      phase: 'done',
      files: { total: 505, done: 505 },
    })
    const out = join(f.folder, 'out')
    const there = await readdir(out)
    expect(there).toEqual(
      expect.arrayContaining(['00000', '00499', 'a_b', 'a_b (2)', 'x', 'x (2)', 'empty']),
    )
    expect(there.length).toBe(505)
    expect(await readFile(join(out, 'x (2)'), 'utf8')).toBe('dl/x')
    expect(await readFile(join(out, 'x', 'y'), 'utf8')).toBe('dl/x/y')
    expect(await listFiles()).toEqual([])
  })

  test('after a restart a download goes on with what is missing', async () => {
    f.practice.fill(numbered('dl/', 600))
    f.practice.faults.add({
      match: { method: 'GET', key: 'dl/' },
      do: { kind: 'delay', ms: 20 },
      times: 0,
    })
    f.practice.faults.add({
      match: { method: 'HEAD' },
      do: { kind: 'delay', ms: 20 },
      times: 10_000,
    })
    const ids = await download(await grant('out'), 'dl/')
    await until((transfer) => (transfer?.files?.done ?? 0) >= 100)
    f = await f.restart()
    const before = (await one())?.files?.done ?? 0
    expect(before).toBeGreaterThanOrEqual(100)
    expect((await f.ended(ids))[0]).toMatchObject({
      phase: 'done',
      files: { total: 600, done: 600 },
    })
    expect((await readdir(join(f.folder, 'out'))).length).toBe(600)
  })

  test('300 objects are moved by one transfer: each is there, and gone where it was', async () => {
    f.practice.fill(numbered('from/', 300))
    const ids = await f.call('copies.start', {
      from: PLACE,
      ...under('from/', 'from/00007'),
      to: PLACE,
      toPrefix: 'to/',
      toKey: null,
      move: true,
      existing: 'fail',
    })
    const [ended] = await f.ended(ids)
    expect(ended).toMatchObject({ kind: 'move', phase: 'done', files: { total: 299, done: 299 } })
    expect(await filler.names('from/')).toEqual(['from/00007'])
    expect((await filler.names('to/')).length).toBe(299)
  })

  test('a name that is taken at the target is in trouble by itself, and its source stays', async () => {
    await filler.put([...numbered('from/', 250), 'to/00003'])
    const ids = await f.call('copies.start', {
      from: PLACE,
      ...under('from/'),
      to: PLACE,
      toPrefix: 'to/',
      toKey: null,
      move: true,
      existing: 'fail',
    })
    const [ended] = await f.ended(ids)
    expect(ended).toMatchObject({
      phase: 'needs-user',
      files: { total: 250, done: 249, failed: 1 },
      error: { code: 'object-exists', key: 'to/00003' },
    })
    expect(await filler.names('from/')).toEqual(['from/00003'])
    await f.call('transfers.decide', { ids: [...ids], existing: 'skip' })
    expect((await f.ended(ids))[0]).toMatchObject({
      phase: 'done',
      files: { done: 250, skipped: 1 },
    })
    expect(await filler.names('from/')).toEqual(['from/00003'])
    expect(await skipped(ids)).toEqual(['to/00003'])
  })

  test('skipped objects are named, also after a restart, until the row is cleared', async () => {
    await filler.put([...numbered('from/', 230), ...numbered('to/', 205)])
    const ids = await f.call('copies.start', {
      from: PLACE,
      ...under('from/'),
      to: PLACE,
      toPrefix: 'to/',
      toKey: null,
      move: false,
      existing: 'skip',
    })
    expect((await f.ended(ids))[0]?.files).toMatchObject({ done: 230, skipped: 205 })
    const all = await skipped(ids)
    expect([...all].sort()).toEqual(numbered('to/', 205))
    f = await f.restart()
    expect(await skipped(ids)).toEqual(all)
    expect(await skipped(ids, 200, 3)).toEqual(all.slice(200, 203))
    expect(await skipped(ids, 300)).toEqual([])
    await f.call('transfers.clear', { ids: [...ids] })
    expect(await skipped(ids)).toEqual([])
    await expect.poll(listFiles).toEqual([])
  })

  test('a folder does not go into itself, save where it is left out', async () => {
    const into = (except: readonly string[], toPrefix: string) =>
      f.bridge.call('copies.start', {
        from: PLACE,
        ...under('d/', ...except),
        to: PLACE,
        toPrefix,
        toKey: null,
        move: true,
        existing: 'fail',
      })
    expect(await into([], 'd/sub/')).toMatchObject({ ok: false, error: { code: 'name-taken' } })
    expect(await into(['d/sub/'], 'd/')).toMatchObject({ ok: false, error: { code: 'name-taken' } })
    expect(await into(['d/sub/'], 'd/sub/')).toMatchObject({ ok: true })
  })
})
