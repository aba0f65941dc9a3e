import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { getRange, headObject } from '../../electron/core/oss/objects.ts'
import type { Headers } from '../../shared/format/recognise.ts'
import { openAppKit, PLACE } from './app-kit.ts'

/** Seals as the whole app makes, remembers and judges them, on the practice server. */

const kit = openAppKit()
const never = new AbortController().signal
const verify = (key: string) => kit.f.call('seals.verify', { ...PLACE, key })
const MIB = 1024 * 1024

/** An object with its metadata, as somebody who can write to the bucket copies it. */
interface Stored {
  readonly metadata: Record<string, string>
  readonly body: Uint8Array
}

async function stored(key: string): Promise<Stored> {
  const metadata = await kit.headers(key)
  const all = { bucket: PLACE.bucket, key, offset: 0, length: null, ifMatch: null }
  return { metadata, body: await buffer((await getRange(kit.oss, all, never)).body) }
}
const put = (key: string, { metadata, body }: Stored) => kit.raw(key, metadata, body)

async function upload(key: string, bytes: Uint8Array | string, seal?: boolean): Promise<void> {
  const path = join(kit.f.folder, 'source.bin')
  writeFileSync(path, bytes)
  const plan = await kit.plan([path])
  const change = { toKey: key, existing: 'replace', ...(seal === false && { seal }) } as const
  const [row] = await kit.f.ended(await kit.start(plan.id, change))
  expect(row?.error ?? null).toBe(null)
}

test('a new upload is intact, small or in parts, and its content is read for that', async () => {
  await upload('seal/small.txt', 'hello')
  await upload('seal/large.bin', randomBytes(3 * MIB + 5))
  for (const key of ['seal/small.txt', 'seal/large.bin']) {
    const report = await verify(key)
    expect(report).toMatchObject({ state: 'intact', reason: 'read' })
    expect(Math.abs(Date.parse(report.sealed ?? '') - Date.now())).toBeLessThan(10 * 60_000)
    expect(Date.parse(report.judged)).toBeGreaterThanOrEqual(Date.parse(report.sealed ?? ''))
  }
})

test('a flipped bit, another name, a missing seal and no key are told', async () => {
  await upload('seal/a.txt', 'as it was sealed')
  const good = await stored('seal/a.txt')
  const flipped = Uint8Array.from(good.body)
  flipped[3] = (flipped[3] ?? 0) ^ 1
  await put('seal/a.txt', { ...good, body: flipped })
  expect(await verify('seal/a.txt')).toMatchObject({ state: 'changed', reason: 'content' })

  await put('seal/b.txt', good)
  expect(await verify('seal/b.txt')).toMatchObject({ state: 'moved', reason: 'other-name' })

  const { 'x-oss-meta-cipherbucket-seal': _removed, ...metadata } = good.metadata
  await put('seal/a.txt', { ...good, metadata })
  expect(await verify('seal/a.txt')).toMatchObject({ state: 'changed', reason: 'seal-missing' })

  await put('seal/a.txt', { body: Buffer.from('hello'), metadata: {} })
  expect(await verify('seal/a.txt')).toMatchObject({ state: 'changed', reason: 'envelope-missing' })
  await put('seal/plain.txt', { body: Buffer.from('hello'), metadata: {} })
  expect(await verify('seal/plain.txt')).toMatchObject({ state: 'unsealed', reason: 'plain' })
})

test('an older version that comes back is told, also after a deletion', async () => {
  await upload('seal/contract.txt', 'version 1')
  const old = await stored('seal/contract.txt')
  await upload('seal/contract.txt', 'version 2')
  await put('seal/contract.txt', old)
  expect(await verify('seal/contract.txt')).toMatchObject({
    state: 'changed',
    reason: 'older-version',
  })
  const [row] = await kit.down(['seal/contract.txt'], 'older')
  expect(row?.error).toMatchObject({ code: 'seal-refused', reason: 'older-version' })

  await kit.f.call('objects.remove', { ...PLACE, keys: ['seal/contract.txt'] })
  await put('seal/contract.txt', old)
  expect(await verify('seal/contract.txt')).toMatchObject({ reason: 'older-version' })
})

test('an upload without a seal, which the user chose, is no missing seal', async () => {
  await upload('seal/off.txt', 'sealed first')
  await upload('seal/off.txt', 'not sealed on purpose', false)
  expect(await verify('seal/off.txt')).toMatchObject({ state: 'unsealed', reason: 'never-sealed' })
  const [row] = await kit.down(['seal/off.txt'], 'off')
  expect(row?.error ?? null).toBe(null)
})

test('an upload whose seal OSS denies is sent without one, when the user says so', async () => {
  const { faults } = kit.f.practice
  await upload('seal/denied.bin', randomBytes(MIB))
  faults.add({ match: {}, do: { kind: 'no-tagging', names: true }, times: Infinity })
  try {
    const path = join(kit.f.folder, 'denied.bin')
    writeFileSync(path, randomBytes(40 * MIB))
    const plan = await kit.plan([path])
    const change = { toKey: 'seal/denied.bin', existing: 'replace' } as const
    const ids = await kit.start(plan.id, change)
    const [denied] = await kit.f.ended(ids)
    expect(denied?.error).toMatchObject({ code: 'seal-denied', why: 'permission' })
    await kit.f.call('transfers.withoutSeal', { ids: [...ids] })
    const phase = async () =>
      (await kit.f.call('transfers.list', {})).find(({ id }) => ids.includes(id))?.phase
    await expect.poll(phase, { timeout: 20_000 }).toBe('done')
  } finally {
    faults.clear()
  }
  expect(await verify('seal/denied.bin')).toMatchObject({ state: 'unsealed' })
})

test('a moved object is refused, and saved when the user says so', async () => {
  await upload('seal/from.txt', 'moved by another program')
  await put('seal/to.txt', await stored('seal/from.txt'))
  const [refused] = await kit.down(['seal/to.txt'], 'moved')
  expect(refused?.error).toMatchObject({ code: 'seal-refused', state: 'moved' })
  const seals = { sealedOnly: false, allowMoved: true, unverified: false }
  const [saved] = await kit.down(['seal/to.txt'], 'moved', { seals })
  expect(saved?.phase).toBe('done')
})

test('the metadata of an object that the window shows has no seal in it', async () => {
  await upload('seal/shown.txt', 'x')
  const { headers }: { readonly headers: Headers } = await headObject(
    kit.oss,
    PLACE.bucket,
    'seal/shown.txt',
    never,
  )
  expect(headers.has('x-oss-meta-cipherbucket-seal')).toBe(true)
  const { metadata } = await kit.f.call('objects.facts', { ...PLACE, key: 'seal/shown.txt' })
  expect(Object.keys(metadata)).toEqual([])
})
