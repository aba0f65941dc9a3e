import { appendFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openHttpClient } from '../../electron/core/net/http-client.ts'
import { openOss } from '../../electron/core/oss/client.ts'
import { listUploads } from '../../electron/core/oss/multipart.ts'
import type { FaultMatch } from '../tools/oss-faults.ts'
import { ok } from '../../shared/contract/errors.ts'
import type { Transfer, UploadPlan } from '../../shared/contract/models-transfers.ts'
import { openFixture, type Fixture } from './core-fixture.ts'
import { plaintext } from './transfer-kit.ts'

const PLACE = { profileId: 'practice', bucket: 'practice-bucket' }
/** Parts of a sealed upload are whole MiB. */
const PART = 1024 ** 2
const PUT_PART: FaultMatch = { method: 'PUT', query: 'partNumber' }
const never = new AbortController().signal

let f: Fixture
let from = ''
beforeEach(async () => {
  f = await openFixture()
  await f.call('objects.list', { ...PLACE, prefix: '', cursor: null })
  from = join(f.folder, 'from')
  await mkdir(from)
  await f.call('settings.update', { multipartFrom: PART, partSize: PART, parts: 2 })
})
afterEach(() => f.close())

const grant = async (path: string, write = false): Promise<string> =>
  (await f.call('local.grant', { paths: [path], write }))[0]?.id ?? ''

async function plan(path: string): Promise<UploadPlan> {
  const { id } = await f.call('uploads.plan', { ...PLACE, prefix: '', grants: [await grant(path)] })
  return new Promise((resolve) => {
    const off = f.bridge.on('plan.changed', (one) => {
      if (one.id !== id || one.phase === 'counting') return
      off()
      resolve(one)
    })
  })
}
const start = (planId: string) =>
  f.call('uploads.start', {
    planId,
    keyId: null,
    existing: 'ask',
    decisions: {},
    allowWeak: false,
    partSize: PART,
    parallel: 1,
    toKey: null,
    format: null,
  })
const one = async (): Promise<Transfer | undefined> => (await f.call('transfers.list', {}))[0]
const until = (check: (transfer: Transfer | undefined) => boolean) =>
  expect.poll(async () => check(await one()), { interval: 20 }).toBe(true)
const uploadsLeft = async (): Promise<number> => {
  const wire = openHttpClient()
  const { endpoint, region, accessKeyId, accessKeySecret } = f.practice
  const oss = openOss(
    {
      endpoint,
      region,
      credentials: async () => ok({ accessKeyId, accessKeySecret, securityToken: null }),
    },
    wire,
  )
  const found = await listUploads(oss, { bucket: PLACE.bucket, prefix: '' }, never)
  wire.close()
  return found.length
}
const fetched = async (key: string): Promise<Buffer> => {
  const target = join(f.folder, `back-${Math.random()}`)
  await mkdir(target)
  const ids = await f.call('downloads.start', {
    ...PLACE,
    keys: [key],
    target: await grant(target, true),
    fileName: null,
    existing: 'fail',
    raw: false,
    keyIds: [],
    range: null,
    message: false,
    repair: false,
  })
  expect((await f.ended(ids)).map(({ phase, error }) => [phase, error])).toEqual([['done', null]])
  return readFile(join(target, key))
}
/** Begins an upload of so many parts, and stops the app when some are there. */
async function interrupted(bytes: Buffer, name = 'big.bin'): Promise<string> {
  const path = join(from, name)
  await writeFile(path, bytes)
  f.practice.faults.add({ match: PUT_PART, do: { kind: 'delay', ms: 30 }, times: 1000 })
  await start((await plan(path)).id)
  await until((transfer) => (transfer?.partsDone ?? 0) >= 3)
  f = await f.restart()
  return path
}

describe('an upload goes on after the app was closed', () => {
  test('with what is there; the rest is sent, the object opens, nothing is left', async () => {
    const bytes = plaintext(12 * PART + 77)
    await interrupted(bytes)
    const [row] = await f.ended([(await one())?.id ?? ''])
    expect(row).toMatchObject({
      phase: 'done',
      name: 'big.bin',
      partsDone: 13,
      restarted: null,
      outcome: { checksum: 'matches' },
    })
    expect((await fetched('big.bin')).equals(bytes)).toBe(true)
    expect(await uploadsLeft()).toBe(0)
    // The log is that of the server of this start.
    const parts = f.practice.log
      .entries()
      .filter(({ method, query }) => method === 'PUT' && query.has('partNumber')).length
    expect(parts).toBeLessThanOrEqual(10)
  })

  test('a file that changed meanwhile goes up anew, under another key', async () => {
    const path = await interrupted(plaintext(8 * PART))
    // The new app runs already, and its state counts.
    await f.ended([(await one())?.id ?? ''])
    await f.call('objects.remove', { ...PLACE, keys: ['big.bin'] })
    await f.call('transfers.clear', { ids: [(await one())?.id ?? ''] })
    const second = plaintext(8 * PART)
    await writeFile(path, second)
    f.practice.faults.add({ match: PUT_PART, do: { kind: 'delay', ms: 30 }, times: 1000 })
    await start((await plan(path)).id)
    await until((transfer) => (transfer?.partsDone ?? 0) >= 3)
    await f.call('transfers.pause', { ids: [(await one())?.id ?? ''] })
    f = await f.restart()
    await appendFile(path, 'more')
    const paused = await one()
    expect(paused?.phase).toBe('paused')
    await f.call('transfers.resume', { ids: [paused?.id ?? ''] })
    expect(await f.ended([paused?.id ?? ''])).toMatchObject([
      { phase: 'done', restarted: 'source-changed' },
    ])
    expect((await fetched('big.bin')).equals(Buffer.concat([second, Buffer.from('more')]))).toBe(
      true,
    )
    expect(await uploadsLeft()).toBe(0)
  })

  test('one that was cancelled after the restart leaves nothing in the bucket', async () => {
    const path = join(from, 'big.bin')
    await writeFile(path, plaintext(8 * PART))
    f.practice.faults.add({ match: PUT_PART, do: { kind: 'delay', ms: 30 }, times: 1000 })
    const ids = await start((await plan(path)).id)
    await until((transfer) => (transfer?.partsDone ?? 0) >= 2)
    await f.call('transfers.pause', { ids: [...ids] })
    f = await f.restart()
    expect(await uploadsLeft()).toBe(1)
    await f.call('transfers.cancel', { ids: [...ids] })
    expect(await uploadsLeft()).toBe(0)
    f = await f.restart()
    expect(await f.call('transfers.list', {})).toEqual([])
  })
})

describe('a download goes on after the app was closed', () => {
  test('what is in the file is summed and kept, the rest is fetched', async () => {
    const bytes = plaintext(12 * PART + 5)
    await writeFile(join(from, 'big.bin'), bytes)
    await f.ended(await start((await plan(join(from, 'big.bin'))).id))
    await f.call('transfers.clear', { ids: [(await one())?.id ?? ''] })
    const target = join(f.folder, 'down')
    await mkdir(target)
    f.practice.faults.add({
      match: { method: 'GET', key: 'big.bin' },
      do: { kind: 'delay', ms: 30 },
      times: 1000,
    })
    const ids = await f.call('downloads.start', {
      ...PLACE,
      keys: ['big.bin'],
      target: await grant(target, true),
      fileName: null,
      existing: 'fail',
      raw: false,
      keyIds: [],
      range: null,
      message: false,
      repair: false,
    })
    await until((transfer) => (transfer?.partsDone ?? 0) >= 4)
    f = await f.restart()
    expect((await readdir(target)).every((name) => name.endsWith('.cipherbucket-part'))).toBe(true)
    expect(await f.ended(ids)).toMatchObject([{ phase: 'done', outcome: { checksum: 'matches' } }])
    expect((await readFile(join(target, 'big.bin'))).equals(bytes)).toBe(true)
    expect(await readdir(target)).toEqual(['big.bin'])
    expect(
      f.practice.log.entries().filter(({ method, key }) => method === 'GET' && key === 'big.bin')
        .length,
    ).toBeLessThanOrEqual(10)
  })
})

test('many files: done ones stay done, the rest goes on, the list on the disk goes with the last', async () => {
  const folder = join(from, 'many')
  await mkdir(folder)
  for (let i = 0; i < 600; i++)
    await writeFile(join(folder, `f${String(i).padStart(3, '0')}`), `file ${i}`)
  await mkdir(join(folder, 'empty'))
  f.practice.faults.add({ match: { method: 'PUT' }, do: { kind: 'delay', ms: 20 }, times: 10_000 })
  const ids = await start((await plan(folder)).id)
  expect(ids.length).toBe(1)
  await until((transfer) => (transfer?.files?.done ?? 0) >= 100)
  expect(await one()).toMatchObject({ files: { total: 601, counting: false, failed: 0 } })
  f = await f.restart()
  const before = (await one())?.files?.done ?? 0
  expect(before).toBeGreaterThanOrEqual(100)
  expect(await f.ended(ids)).toMatchObject([
    { phase: 'done', files: { total: 601, done: 601, skipped: 0, failed: 0 } },
  ])
  const puts = f.practice.log.entries().filter(({ method }) => method === 'PUT').length
  expect(puts).toBeLessThanOrEqual(601 - before + 4)
  expect((await f.call('objects.count', { ...PLACE, keys: ['many/'] })).objects).toBe(601)
  expect(
    (await readdir(join(f.folder, 'data', 'queue'))).filter((name) => name.endsWith('.list')),
  ).toEqual([])
  await rm(folder, { recursive: true })
})

describe('many files that are done are taken off the list', () => {
  const some = async (): Promise<string> => {
    const folder = join(from, 'some')
    await mkdir(folder)
    for (let i = 0; i < 501; i++) await writeFile(join(folder, `f${i}`), `file ${i}`)
    const ids = await start((await plan(folder)).id)
    expect(await f.ended(ids)).toMatchObject([{ phase: 'done', files: { total: 501, done: 501 } }])
    return ids[0] ?? ''
  }
  const cleared = async (id: string): Promise<void> => {
    await f.call('transfers.clear', { ids: [id] })
    expect(await f.call('transfers.list', {})).toEqual([])
    f = await f.restart()
    expect(await f.call('transfers.list', {})).toEqual([])
    expect(await readdir(join(f.folder, 'data', 'log')).catch(() => [])).toEqual([])
  }
  // Their list is closed by then; its number once belonged to a socket, and the app ended.
  test('by the app that sent them', async () => cleared(await some()))
  test('by the next one', async () => {
    const id = await some()
    f = await f.restart()
    await cleared(id)
  })
})
