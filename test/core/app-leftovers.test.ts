import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Failure } from '../../shared/contract/errors.ts'
import { openFixture, type Fixture } from './core-fixture.ts'
import { plaintext } from './transfer-kit.ts'

const PLACE = { profileId: 'practice', bucket: 'practice-bucket' }
const PART = 102_400

let f: Fixture
let plain: Buffer = Buffer.alloc(0)
/** An upload that was begun elsewhere: its parts are in the bucket, and no transfer of this computer knows of it. */
beforeEach(async () => {
  f = await openFixture()
  await f.call('objects.list', { ...PLACE, prefix: '', cursor: null })
  await f.call('settings.update', { multipartFrom: PART, partSize: PART, parts: 1 })
  plain = plaintext(9 * PART + 1)
  const path = join(f.folder, 'big.bin')
  await writeFile(path, plain)
  f.practice.faults.add({ match: { method: 'PUT', query: 'partNumber' }, do: { kind: 'delay', ms: 30 }, times: 100 })
  const { id } = await f.call('uploads.plan', { ...PLACE, prefix: '', grants: [await grant(path)] })
  await new Promise<void>((resolve) => void f.bridge.on('plan.changed', (plan) => void (plan.id === id && plan.phase === 'ready' && resolve())))
  const ids = await f.call('uploads.start', { planId: id, keyId: null, existing: 'ask', decisions: {}, allowWeak: false, partSize: PART, parallel: 1, toKey: null, format: null })
  await expect.poll(async () => (await f.call('transfers.list', {}))[0]?.partsDone ?? 0, { interval: 10, timeout: 30_000 }).toBeGreaterThanOrEqual(3)
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
const grant = async (path: string): Promise<string> => (await f.call('local.grant', { paths: [path], write: false }))[0]?.id ?? ''
const leftovers = () => f.call('leftovers.list', PLACE)
const resume = async (bytes: Buffer, name: string): Promise<string> => {
  const [one] = await leftovers()
  const path = join(f.folder, name)
  await writeFile(path, bytes)
  return f.call('leftovers.resume', { ...PLACE, key: 'big.bin', uploadId: one?.uploadId ?? '', grant: await grant(path), keyIds: [] })
}

test('it is listed with what OSS holds and the envelope says, and nobody’s transfer', async () => {
  const [one] = await leftovers()
  expect(one).toMatchObject({ key: 'big.bin', encrypted: true, dataSize: plain.length, transferId: null })
  expect(one?.parts).toBeGreaterThanOrEqual(3)
  expect(one?.bytes).toBe((one?.parts ?? 0) * PART)
  expect(Date.parse(one?.begun ?? '')).toBeGreaterThan(Date.now() - 600_000)
})

test('goes on from the same file under another name, sends only the rest, and opens', async () => {
  const [before] = await leftovers()
  const id = await resume(plain, 'the same.bin')
  expect(await f.ended([id])).toMatchObject([{ phase: 'done', key: 'big.bin', outcome: { checksum: 'matches' }, restarted: null }])
  const sent = f.practice.log.entries().filter(({ method, query }) => method === 'PUT' && query.has('partNumber')).length
  expect(sent).toBe(10 - (before?.parts ?? 0))
  expect(await leftovers()).toEqual([])
  const target = join(f.folder, 'back')
  await mkdir(target)
  const [to] = await f.call('local.grant', { paths: [target], write: true })
  await f.ended(await f.call('downloads.start', { ...PLACE, keys: ['big.bin'], target: to?.id ?? '', fileName: null, existing: 'fail', raw: false, keyIds: [], range: null, message: false, repair: false }))
  expect((await readFile(join(target, 'big.bin'))).equals(plain)).toBe(true)
})

test('another size is refused at once, another file as soon as its parts were summed; nothing is lost', async () => {
  await expect(resume(plaintext(PART), 'short.bin')).rejects.toMatchObject(new Failure({ code: 'size-differs', expected: plain.length, actual: PART }))
  const id = await resume(plaintext(plain.length), 'other.bin')
  expect(await f.ended([id])).toMatchObject([{ phase: 'failed', error: { code: 'source-differs' } }])
  expect((await leftovers()).length).toBe(1)
  // Off the list, it is what it was: another computer's upload, which the right file still finishes.
  await f.call('transfers.clear', { ids: [id] })
  await expect.poll(async () => (await leftovers()).map(({ transferId }) => transferId), { timeout: 30_000 }).toEqual([null])
  expect(await f.ended([await resume(plain, 'the same.bin')])).toMatchObject([{ phase: 'done', outcome: { checksum: 'matches' } }])
})

test('the right file may be chosen after another one: the first try is gone, and the upload is not', async () => {
  const wrong = await resume(plaintext(plain.length), 'other.bin')
  await f.ended([wrong])
  const right = await resume(plain, 'the same.bin')
  expect(right).not.toBe(wrong)
  expect(await f.ended([right])).toMatchObject([{ phase: 'done', outcome: { checksum: 'matches' } }])
  expect((await f.call('transfers.list', {})).map(({ id }) => id)).toEqual([right])
})

test('one that was resumed is this computer’s from then on: paused, closed, and finished by the next start', async () => {
  f.practice.faults.add({ match: { method: 'PUT', query: 'partNumber' }, do: { kind: 'delay', ms: 50 }, times: 100 })
  const id = await resume(plain, 'same.bin')
  await expect.poll(async () => (await f.call('transfers.list', {}))[0]?.partsDone ?? 0, { interval: 10, timeout: 30_000 }).toBeGreaterThanOrEqual(4)
  await f.call('transfers.pause', { ids: [id] })
  f = await f.restart()
  expect((await leftovers()).map(({ transferId }) => transferId)).toEqual([id])
  await f.call('transfers.resume', { ids: [id] })
  expect(await f.ended([id])).toMatchObject([{ phase: 'done', outcome: { checksum: 'matches' } }])
})

test('dropped: parts and all; one that belongs to a transfer takes it along', async () => {
  const id = await resume(plaintext(plain.length), 'other.bin')
  await f.ended([id])
  const [one] = await leftovers()
  expect(await f.call('leftovers.abort', { ...PLACE, uploads: [{ key: 'big.bin', uploadId: one?.uploadId ?? '' }] })).toEqual({ aborted: 1 })
  expect(await leftovers()).toEqual([])
})
