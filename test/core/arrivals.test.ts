import { mkdir, readFile, readdir, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ArrivingDrop } from '../../electron/core/app/core.ts'
import type { UploadPlan } from '../../shared/contract/models-transfers.ts'
import { openFixture, type Fixture } from './core-fixture.ts'

/** Folders that are counted and uploaded while they are still being copied in. */

const PLACE = { profileId: 'practice', bucket: 'practice-bucket' }
let f: Fixture
let base = ''
let drop: ArrivingDrop
let unwanted = 0
beforeEach(async () => {
  f = await openFixture()
  await f.call('objects.list', { ...PLACE, prefix: '', cursor: null })
  base = join(f.folder, 'data', 'spool', 'drop-1')
  unwanted = 0
  await mkdir(base, { recursive: true })
  drop = f.core.grants.forArriving(
    base,
    [
      { name: 'photos', kind: 'folder', size: null, path: join(base, 'files', 'photos') },
      { name: '', kind: 'files', size: null, path: join(base, 'files') },
    ],
    () => (unwanted += 1),
  )
  drop.folder(0)
})
afterEach(() => f.close())

const textOf = (path: string): string => `this is ${path}`
async function arrive(root: 0 | 1, path: string): Promise<void> {
  const full = join(base, 'files', root === 0 ? 'photos' : '', path)
  await mkdir(dirname(full), { recursive: true })
  await writeFile(full, textOf(path))
  drop.arrived({ root, path, size: textOf(path).length, modified: 1_600_000_000_000 })
}
const arriveAll = async (from: number, to: number): Promise<void> => {
  for (let i = from; i < to; i++) await arrive(0, `inside/${i}.txt`)
}
/** Resolves at the first word on the plan that fits. */
const told = (check: (plan: UploadPlan) => boolean): Promise<UploadPlan> =>
  new Promise((resolve) => f.bridge.on('plan.changed', (plan) => check(plan) && resolve(plan)))
const planned = (prefix = ''): Promise<UploadPlan> =>
  f.call('uploads.plan', { ...PLACE, prefix, grants: drop.grants.map(({ id }) => id) })
const start = (planId: string) =>
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
  })
const row = async () => (await f.call('transfers.list', {}))[0]
const until = (check: (files: NonNullable<Awaited<ReturnType<typeof row>>>) => boolean) =>
  expect
    .poll(
      async () => {
        const one = await row()
        return one !== undefined && check(one)
      },
      { interval: 20 },
    )
    .toBe(true)
const spooled = async (): Promise<readonly string[]> =>
  (await readdir(base, { recursive: true, withFileTypes: true }).catch(() => []))
    .filter((one) => one.isFile() && one.name.endsWith('.txt'))
    .map(({ name }) => name)

/** Begins with what is there. */
async function begun(): Promise<string> {
  const some = told(({ files }) => files > 0)
  await planned()
  const plan = await some
  expect(plan).toMatchObject({ phase: 'counting', compared: true })
  const [id = ''] = await start(plan.id)
  return id
}

describe('what is still being copied in', () => {
  test('goes up while it comes; each copy goes with its upload, the folder with the last', async () => {
    await arriveAll(0, 3)
    const id = await begun()
    await until(({ files }) => files?.done === 3)
    expect(await row()).toMatchObject({
      phase: 'running',
      name: 'photos + 1',
      files: { total: 3, counting: true, done: 3 },
    })
    await expect.poll(spooled).toEqual([])
    await arriveAll(3, 40)
    await arrive(1, 'loose.txt')
    drop.folder(0)
    drop.arrived({ root: 0, path: 'empty/', size: 0, modified: 0 })
    drop.end(null)
    expect(await f.ended([id])).toMatchObject([
      { phase: 'done', error: null, files: { total: 42, counting: false, done: 42, failed: 0 } },
    ])
    await expect.poll(() => readdir(base).catch(() => null)).toBeNull()
    const keys = (
      await f.call('objects.list', { ...PLACE, prefix: 'photos/', cursor: null })
    ).rows.map(({ key }) => key)
    expect(keys).toEqual(expect.arrayContaining(['photos/inside/', 'photos/empty/']))
    const { text } = await f.preview({
      ...PLACE,
      key: 'photos/inside/7.txt',
      offset: 0,
      length: 100,
      keyId: null,
    })
    expect(text).toBe(textOf('inside/7.txt'))
    expect(
      (
        await f.preview({
          ...PLACE,
          key: 'loose.txt',
          offset: 0,
          length: 100,
          keyId: null,
        })
      ).text,
    ).toBe(textOf('loose.txt'))
  })

  test('one large file that is begun with while it comes has one row; a second one only while it is in trouble', async () => {
    const size = 6 * 1024 * 1024
    const sent = async (name: string): Promise<string> => {
      const at = join(f.folder, 'data', 'spool', name)
      await mkdir(join(at, 'files'), { recursive: true })
      const film = f.core.grants.forArriving(
        at,
        [{ name: 'film.mov', kind: 'file', size: null, path: join(at, 'files', 'film.mov') }],
        () => undefined,
      )
      const { id } = await f.call('uploads.plan', {
        ...PLACE,
        prefix: '',
        grants: film.grants.map((grant) => grant.id),
      })
      const [transfer = ''] = await start(id)
      await writeFile(join(at, 'files', 'film.mov'), new Uint8Array(size))
      film.arrived({ root: 0, path: '', size, modified: 0 })
      film.end(null)
      return transfer
    }
    const told = new Map<string, readonly (string | null)[]>()
    f.bridge.on('transfers.changed', (changed) => {
      for (const { id, phase, name } of changed) told.set(id, [name, phase])
    })
    const gone = new Map<string, readonly string[]>()
    f.bridge.on('transfers.removed', (ids) => {
      for (const id of ids) told.delete(id)
      for (const id of ids)
        gone.set(
          id,
          [...told.values()].map(([, phase]) => phase ?? ''),
        )
    })
    f.practice.faults.add({
      match: { method: 'PUT' },
      do: { kind: 'delay', ms: 600 },
      times: Infinity,
    })
    const first = await sent('drop-2')
    expect(await f.ended([first])).toMatchObject([
      { phase: 'done', name: 'film.mov', files: { total: 1, done: 1 } },
    ])
    expect([...told.keys()]).toEqual([first])

    // Its name is taken now: that is decided on in a row of its own, which goes once it is tried
    // again.
    const second = await sent('drop-3')
    await expect.poll(() => [...told.values()]).toContainEqual(['film.mov', 'needs-user'])
    const child = [...told.keys()].find((id) => id !== first && id !== second) ?? ''
    await f.call('transfers.decide', { ids: [child], existing: 'replace' })
    expect(await f.ended([second])).toMatchObject([{ phase: 'done' }])
    // Of the two uploads one was done when it went, and the other was not.
    expect(gone.get(child)?.filter((phase) => phase === 'done')).toHaveLength(1)
  })

  test('is planned as a folder is once it is all here: counted, compared, left out by name', async () => {
    await arriveAll(0, 2)
    await arrive(1, 'loose.txt')
    drop.left(0, 'photos/closed.txt')
    const ready = told(({ phase }) => phase === 'ready')
    await planned()
    drop.end(null)
    expect(await ready).toMatchObject({
      files: 3,
      compared: true,
      conflictCount: 0,
      leftOut: [{ path: 'photos/closed.txt', reason: 'unreadable' }],
      items: [
        { name: 'photos', kind: 'folder', files: 2, folders: 1 },
        { name: '', kind: 'files', files: 1, folders: 0 },
      ],
    })
  })

  test('that breaks off is told to be not all; what came is there, and what failed can be cleared', async () => {
    await arriveAll(0, 5)
    const id = await begun()
    drop.end({ code: 'drop-broken-off', files: drop.count(), why: 'page' })
    const [one] = await f.ended([id])
    expect(one).toMatchObject({
      phase: 'failed',
      error: { code: 'drop-broken-off', files: 5, why: 'page' },
      files: { total: 5, counting: false, done: 5 },
    })
    await f.call('transfers.clear', { ids: [id] })
    await expect.poll(() => readdir(base).catch(() => null)).toBeNull()
    expect((await f.call('objects.count', { ...PLACE, keys: ['photos/'] })).objects).toBe(5)
  })

  test('that breaks off before anybody began is not begun with, and is removed', async () => {
    await arriveAll(0, 5)
    const failed = told(({ phase }) => phase === 'failed')
    const plan = await planned()
    drop.end({ code: 'drop-broken-off', files: 5, why: 'page' })
    expect((await failed).error).toEqual({ code: 'drop-broken-off', files: 5, why: 'page' })
    await expect(start(plan.id)).rejects.toMatchObject({
      error: { code: 'not-found', what: 'plan' },
    })
    await expect.poll(() => readdir(base).catch(() => null)).toBeNull()
    expect(unwanted).toBe(1)
  })

  test('is not all after the app was closed: what came goes up, under one name and whole', async () => {
    await arriveAll(0, 300)
    f.practice.faults.add({
      match: { method: 'PUT' },
      do: { kind: 'delay', ms: 20 },
      times: 10_000,
    })
    const id = await begun()
    await until(({ files }) => (files?.done ?? 0) >= 20 && files?.total === 300)
    f = await f.restart()
    expect((await spooled()).length).toBeGreaterThan(0)
    expect(f.core.grants.held()).toEqual(new Set([base]))
    expect(await f.ended([id])).toMatchObject([
      {
        phase: 'failed',
        error: { code: 'drop-broken-off', files: 300, why: 'app' },
        files: { total: 300, done: 300, failed: 0 },
      },
    ])
    expect((await f.call('objects.count', { ...PLACE, keys: ['photos/'] })).objects).toBe(300)
    await f.call('transfers.clear', { ids: [id] })
    await expect.poll(() => readdir(base).catch(() => null)).toBeNull()
  })

  test('and was cut short by a power cut is not uploaded as if it were whole', async () => {
    await arriveAll(0, 2)
    await truncate(join(base, 'files/photos/inside/1.txt'), 3)
    const id = await begun()
    drop.end(null)
    await until(({ files }) => files?.failed === 1 && files.done === 1)
    expect(
      (await f.call('transfers.list', {})).find(({ batchId }) => batchId === id),
    ).toMatchObject({ phase: 'failed', error: { code: 'source-changed' } })
    expect(await readFile(join(base, 'files/photos/inside/1.txt'), 'utf8')).toBe('thi')
  })

  test('can go elsewhere before it begins: the plan anew has what came before and after', async () => {
    await arriveAll(0, 2)
    const first = await planned()
    const ready = told(({ phase, prefix }) => phase === 'ready' && prefix === 'there/')
    await planned('there/')
    await f.call('uploads.forget', { planId: first.id })
    await arriveAll(2, 4)
    drop.end(null)
    expect(await ready).toMatchObject({ files: 4 })
    expect(unwanted).toBe(0)
  })

  test('is let go of by Cancel, and is nothing but an upload', async () => {
    await arriveAll(0, 2)
    const [grant] = drop.grants
    await expect(
      f.call('keys.inspect', { grant: grant?.id ?? '', passphrase: null }),
    ).rejects.toMatchObject({ error: { code: 'not-found', what: 'grant' } })
    const plan = await planned()
    await f.call('uploads.forget', { planId: plan.id })
    expect(unwanted).toBe(1)
    await expect.poll(() => readdir(base).catch(() => null)).toBeNull()
    await expect(planned()).rejects.toMatchObject({ error: { code: 'not-found', what: 'grant' } })
  })
})
