import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Failure } from '../../shared/contract/errors.ts'
import { openFixture, type Fixture } from './core-fixture.ts'
import { plaintext } from './transfer-kit.ts'

const PLACE = { profileId: 'practice', bucket: 'practice-bucket' }
/** Parts of a sealed upload are whole MiB. */
const PART = 1024 ** 2

let f: Fixture
let plain: Buffer = Buffer.alloc(0)
/**
 * An upload that was started elsewhere: its parts are in the bucket, and no transfer of this
 * computer knows of it.
 */
beforeEach(async () => {
  f = await openFixture()
  await f.call('objects.list', { ...PLACE, prefix: '', cursor: null })
  await f.call('settings.update', { multipartFrom: PART, partSize: PART, parts: 1 })
  plain = plaintext(9 * PART + 1)
  const path = join(f.folder, 'big.bin')
  await writeFile(path, plain)
  f.practice.faults.add({
    match: { method: 'PUT', query: 'partNumber' },
    do: { kind: 'delay', ms: 30 },
    times: 100,
  })
  const { id } = await f.call('uploads.plan', { ...PLACE, prefix: '', grants: [await grant(path)] })
  await new Promise<void>(
    (resolve) =>
      void f.bridge.on(
        'plan.changed',
        (plan) => void (plan.id === id && plan.phase === 'ready' && resolve()),
      ),
  )
  const ids = await f.call('uploads.start', {
    planId: id,
    keyId: null,
    existing: 'ask',
    decisions: {},
    allowWeak: false,
    partSize: PART,
    parallel: 1,
    toKey: null,
    format: null,
  })
  await expect
    .poll(async () => (await f.call('transfers.list', {}))[0]?.partsDone ?? 0, {
      interval: 10,
    })
    .toBeGreaterThanOrEqual(3)
  await f.call('transfers.pause', { ids: [...ids] })
  const mine = await leftovers()
  expect(mine.map(({ key, transferId }) => [key, transferId])).toEqual([['big.bin', ids[0]]])
  f = await restartedWithoutQueue()
})
afterEach(() => f.close())

async function restartedWithoutQueue(): Promise<Fixture> {
  // The practice server has the parts; the queue is what another computer does not have.
  const next = await f.restart()
  const ids = (await next.call('transfers.list', {})).map((one) => one.id)
  expect(ids.length).toBe(1)
  await next.core.close()
  await next.practice.close()
  await rm(join(next.folder, 'data', 'queue'), { recursive: true })
  return openFixture(next.folder)
}
const grant = async (path: string): Promise<string> =>
  (await f.call('local.grant', { paths: [path], write: false }))[0]?.id ?? ''
const leftovers = () => f.call('leftovers.list', PLACE)
const resume = async (bytes: Buffer, name: string): Promise<string> => {
  const [one] = await leftovers()
  const path = join(f.folder, name)
  await writeFile(path, bytes)
  return f.call('leftovers.resume', {
    ...PLACE,
    key: 'big.bin',
    uploadId: one?.uploadId ?? '',
    grant: await grant(path),
    keyIds: [],
  })
}

test('it is listed with what OSS holds and the envelope says, and nobody’s transfer', async () => {
  const [one] = await leftovers()
  expect(one).toMatchObject({
    key: 'big.bin',
    encrypted: true,
    dataSize: plain.length,
    transferId: null,
  })
  expect(one?.parts).toBeGreaterThanOrEqual(3)
  expect(one?.bytes).toBe((one?.parts ?? 0) * PART)
  expect(Date.parse(one?.begun ?? '')).toBeGreaterThan(Date.now() - 600_000)
})

const sentParts = () =>
  f.practice.log
    .entries()
    .filter(({ method, query }) => method === 'PUT' && query.has('partNumber'))
const back = async (): Promise<Buffer> => {
  const target = join(f.folder, 'back')
  await mkdir(target)
  const [to] = await f.call('local.grant', { paths: [target], write: true })
  await f.ended(
    await f.call('downloads.start', {
      ...PLACE,
      keys: ['big.bin'],
      target: to?.id ?? '',
      fileName: null,
      existing: 'fail',
      raw: false,
      keyIds: [],
      range: null,
      message: false,
      repair: false,
    }),
  )
  return readFile(join(target, 'big.bin'))
}

test('without a record it starts again: nothing is added to it, it is said, and what is stored opens', async () => {
  const [before] = await leftovers()
  expect(before?.startedHere).toBe(false)
  const id = await resume(plain, 'the same.bin')
  expect(await f.ended([id])).toMatchObject([
    { phase: 'done', key: 'big.bin', outcome: { checksum: 'matches' }, restarted: 'no-record' },
  ])
  expect(sentParts().some(({ query }) => query.get('uploadId') === before?.uploadId)).toBe(false)
  expect(sentParts().length).toBe(10)
  // It is the user's to drop, and no transfer's.
  expect((await leftovers()).map(({ uploadId, transferId }) => [uploadId, transferId])).toEqual([
    [before?.uploadId, null],
  ])
  expect((await back()).equals(plain)).toBe(true)
})

test('another size is refused at once', async () => {
  await expect(resume(plaintext(PART), 'short.bin')).rejects.toMatchObject(
    new Failure({ code: 'size-differs', expected: plain.length, actual: PART }),
  )
  expect(sentParts()).toEqual([])
})

test('one that was started again is this computer’s from then on: paused, closed, and finished by the next start', async () => {
  f.practice.faults.add({
    match: { method: 'PUT', query: 'partNumber' },
    do: { kind: 'delay', ms: 50 },
    times: 100,
  })
  const id = await resume(plain, 'same.bin')
  await expect
    .poll(async () => (await f.call('transfers.list', {}))[0]?.partsDone ?? 0, {
      interval: 10,
    })
    .toBeGreaterThanOrEqual(4)
  await f.call('transfers.pause', { ids: [id] })
  f = await f.restart()
  expect((await leftovers()).map(({ transferId }) => transferId).sort()).toEqual([id, null].sort())
  await f.call('transfers.resume', { ids: [id] })
  expect(await f.ended([id])).toMatchObject([{ phase: 'done', outcome: { checksum: 'matches' } }])
})

test('dropped: parts and all; a transfer that started again in its place goes on', async () => {
  const [one] = await leftovers()
  f.practice.faults.add({
    match: { method: 'PUT', query: 'partNumber' },
    do: { kind: 'delay', ms: 50 },
    times: 100,
  })
  const id = await resume(plain, 'same.bin')
  expect(
    await f.call('leftovers.abort', {
      ...PLACE,
      uploads: [{ key: 'big.bin', uploadId: one?.uploadId ?? '' }],
    }),
  ).toEqual({ aborted: 1 })
  expect(await f.ended([id])).toMatchObject([{ phase: 'done', outcome: { checksum: 'matches' } }])
  expect(await leftovers()).toEqual([])
})
