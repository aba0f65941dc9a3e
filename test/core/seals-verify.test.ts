import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { damageLimit } from '../../electron/core/app/jobs/damage-limit.ts'
import { sealOfFile } from '../../electron/core/app/offline/seal-of-file.ts'
import { decryptFile } from '../../electron/core/transfer/download/decrypt-file.ts'
import { valueOf } from '../../shared/contract/errors.ts'
import { readEnvelopeFile } from '../../shared/format/envelope/envelope-file.ts'
import { currentObject } from '../../electron/core/oss/object-ref.ts'
import { readTags } from '../../electron/core/oss/tags.ts'
import { SEAL_TAG } from '../../electron/core/seals/seal-text.ts'
import {
  sealObject,
  verifyObject,
  type HowToVerify,
} from '../../electron/core/transfer/download/verify-object.ts'
import { PLAIN_SEAL_RULES } from '../../electron/core/transfer/run/stored-seal.ts'
import type { SealReason } from '../../shared/contract/models-seals.ts'
import { errorOf, never } from './oss-practice.ts'
import { putSealed, sealedObject, type SealedObject } from './sealed-object.ts'
import { kit, noOpeners, openersOf, plaintext, testKey } from './transfer-kit.ts'

/** Objects that are read to be judged, or to be sealed later. */

const k = kit()
const MIB = 1024 * 1024
const NAME = 'docs/report.bin'
const how = (): HowToVerify => ({ openers: openersOf(testKey()), rules: PLAIN_SEAL_RULES })
const reader = () => ({ oss: k.oss, pool: k.pool, traffic: () => ({}) })
const ref = () => currentObject(k.bucket, NAME)
const make = (change = {}) =>
  sealedObject(testKey(), { bucket: k.bucket, key: NAME, plain: plaintext(2 * MIB + 5), ...change })
const verify = async (with_ = how()) => (await verifyObject(reader(), ref(), with_, never)).verdict
const flipped = (bytes: Buffer, at: number): Buffer => {
  const changed = Buffer.from(bytes)
  changed[at] = (changed[at] ?? 0) ^ 1
  return changed
}

describe('the state of an object', () => {
  test.each<[SealReason, (one: SealedObject) => Promise<unknown>]>([
    ['read', (one) => putSealed(k.oss, k.bucket, one)],
    [
      'content',
      (one) =>
        putSealed(k.oss, k.bucket, one, { metadata: one.text, body: flipped(one.stored, MIB) }),
    ],
    [
      'length',
      (one) =>
        putSealed(k.oss, k.bucket, one, { metadata: one.text, body: one.stored.subarray(1) }),
    ],
    ['seal-missing', (one) => putSealed(k.oss, k.bucket, one, {})],
    ['seal-damaged', (one) => putSealed(k.oss, k.bucket, one, { tag: 'x' })],
    [
      'envelope-missing',
      (one) => putSealed(k.oss, k.bucket, one, { metadata: one.text, envelope: {} }),
    ],
    ['plain', (one) => putSealed(k.oss, k.bucket, one, { envelope: {} })],
    [
      'other-name',
      async () => {
        const one = await make({ key: 'other' })
        await putSealed(k.oss, k.bucket, one, { metadata: one.text, key: NAME })
      },
    ],
    ['never-sealed', async () => putSealed(k.oss, k.bucket, await make({ promised: false }), {})],
  ])('%s', async (reason, store) => {
    await store(await make())
    expect(await verify()).toMatchObject({ reason })
  })
  test.each([
    [{ code: 'unknown-master-key', description: '' } as const, 'no-key'],
    [{ code: 'wrong-master-key', tried: ['a'] } as const, 'cannot-open'],
  ])('%o', async (error, reason) => {
    await putSealed(k.oss, k.bucket, await make())
    expect(await verify({ ...how(), openers: noOpeners(error) })).toMatchObject({ reason })
  })
  test('archived, and unreachable', async () => {
    await putSealed(k.oss, k.bucket, await make())
    const match = { method: 'GET', key: NAME, query: null } as const
    const archived = { kind: 'status', status: 403, code: 'InvalidObjectState' } as const
    k.practice.faults.add({ match, do: archived, times: 9 })
    expect(await verify()).toMatchObject({ state: 'unknown', reason: 'archived' })
    k.practice.faults.clear()
    k.practice.faults.add({ match, do: { kind: 'status', status: 400, code: 'X' }, times: 9 })
    expect(await verify()).toMatchObject({ state: 'unknown', reason: 'unreachable' })
  })
})

describe('sealed later', () => {
  const seal = () => sealObject(reader(), ref(), how(), Date.now(), never)
  test('an object that was never sealed is intact afterwards, and keeps its other tags', async () => {
    const one = await make({ promised: false })
    await putSealed(k.oss, k.bucket, one, { tag: '0' })
    expect(await seal()).toMatchObject({ sealed: true, verdict: { reason: 'never-sealed' } })
    expect(await verify()).toMatchObject({ state: 'intact', reason: 'sealed-later', writer: null })
    const tags = await readTags(k.oss, ref(), never)
    expect(tags).toContainEqual(['user', '1'])
    expect(tags.filter(([name]) => name === SEAL_TAG)).toHaveLength(1)
    const path = join(k.dir, 'down', 'file.bin')
    await k.down(NAME, { path })
    expect((await readFile(path)).equals(one.plain)).toBe(true)
  })
  test.each<[SealReason, (one: SealedObject) => Promise<unknown>]>([
    ['not-read', (one) => putSealed(k.oss, k.bucket, one)],
    ['seal-missing', (one) => putSealed(k.oss, k.bucket, one, {})],
    ['seal-damaged', (one) => putSealed(k.oss, k.bucket, one, { metadata: 'x' })],
    ['plain', (one) => putSealed(k.oss, k.bucket, one, { envelope: {} })],
  ])('left as it is: %s', async (reason, store) => {
    await store(await make())
    const before = (await k.head(NAME)).headers.get('x-oss-tagging-count')
    expect(await seal()).toMatchObject({ sealed: false, verdict: { reason } })
    expect((await k.head(NAME)).headers.get('x-oss-tagging-count')).toBe(before)
  })
  test('bytes that are wrong on the way are never sealed', async () => {
    await putSealed(k.oss, k.bucket, await make({ promised: false }), {})
    const match = { method: 'GET', key: NAME, query: null } as const
    k.practice.faults.add({ match, do: { kind: 'flip-bit', offset: 7 } })
    expect(await errorOf(seal())).toEqual({ code: 'checksum' })
    expect(await verify()).toMatchObject({ reason: 'never-sealed' })
  })
})

test('after so many envelopes that do not open, no key is tried any more', async () => {
  await putSealed(k.oss, k.bucket, await make())
  const limit = damageLimit(2)
  const openers = limit.counted(noOpeners({ code: 'wrong-master-key', tried: [] }))
  for (let n = 0; n < 2; n++)
    expect(await verify({ ...how(), openers })).toMatchObject({ reason: 'cannot-open' })
  expect(await errorOf(verify({ ...how(), openers }))).toEqual({
    code: 'too-many-damaged',
    count: 2,
  })
  expect(limit.failed()).toBe(2)
})

describe('a blob of this computer', () => {
  /** Downloads raw, and decrypts with the envelope file as it is on the disk. */
  async function offline(change: { blob?: (bytes: Buffer) => Buffer; file?: object } = {}) {
    const blob = join(k.dir, 'raw', 'report.bin')
    await k.down(NAME, { path: blob, raw: true, existing: 'replace' })
    const written = JSON.parse(await readFile(`${blob}.ossenv.json`, 'utf8')) as object
    const read = valueOf(readEnvelopeFile(JSON.stringify({ ...written, ...change.file })))
    if (change.blob !== undefined) await writeFile(blob, change.blob(await readFile(blob)))
    const path = join(k.dir, 'out', 'report.bin')
    const outcome = await decryptFile(
      {
        kind: 'decrypt',
        name: 'report.bin',
        target: '',
        profileId: null,
        keyName: null,
        blob,
        size: 0,
        envelopeFile: '',
        headers: read.headers,
        expectedSize: null,
        expectedCrc64: null,
        seal: sealOfFile(read),
        path,
        existing: 'replace',
        openers: openersOf(testKey()),
        whole: false,
        repair: false,
        parallel: null,
      },
      k.running(),
    )
    return { outcome, bytes: await readFile(path) }
  }
  test.each([
    ['metadata', (one: SealedObject) => ({ metadata: one.text })],
    ['tag', (one: SealedObject) => ({ tag: one.text })],
  ])('is verified with the seal of its %s', async (_where, at) => {
    const one = await make()
    await putSealed(k.oss, k.bucket, one, at(one))
    const { outcome, bytes } = await offline()
    expect(outcome).toMatchObject({ seal: { state: 'intact', reason: 'read' } })
    expect(bytes.equals(one.plain)).toBe(true)
  })
  test('that was changed or renamed is not decrypted', async () => {
    const one = await make()
    await putSealed(k.oss, k.bucket, one, { tag: one.text })
    const refused = async (reason: SealReason, change: Parameters<typeof offline>[0]) => {
      expect(await errorOf(offline(change))).toMatchObject({ code: 'seal-refused', reason })
      expect(await readdir(join(k.dir, 'out')).catch(() => [])).toEqual([])
    }
    await refused('content', { blob: (bytes) => flipped(bytes, 2 * MIB) })
    await refused('length', { blob: (bytes) => bytes.subarray(1) })
    await refused('other-name', { file: { key: 'another' } })
    await refused('other-name', { file: { bucket: 'another' } })
    await refused('seal-damaged', { file: { seal: 'x' } })
  })
  test('with an envelope file of an earlier version is decrypted as before', async () => {
    const one = await make()
    await putSealed(k.oss, k.bucket, one)
    const { outcome, bytes } = await offline({ file: { bucket: undefined, seal: undefined } })
    expect(outcome).not.toHaveProperty('seal')
    expect(bytes.equals(one.plain)).toBe(true)
  })
})
