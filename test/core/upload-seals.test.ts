import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { putTags, readTags } from '../../electron/core/oss/tags.ts'
import { setVersioning } from '../../electron/core/oss/versions.ts'
import { judgeSeal, type SealVerdict } from '../../electron/core/seals/judge-seal.ts'
import { LeafSum, rootOf } from '../../electron/core/seals/leaves.ts'
import { deriveSealKeys } from '../../electron/core/seals/seal-keys.ts'
import { SEAL_HEADER, SEAL_TAG } from '../../electron/core/seals/seal-text.ts'
import { isPromised } from '../../electron/core/seals/promise.ts'
import { writerIdOf } from '../../electron/core/seals/writer.ts'
import { readHeaders, recognise } from '../../shared/format/recognise.ts'
import type { UploadJob } from '../../electron/core/transfer/run/jobs.ts'
import { currentObject } from '../../electron/core/oss/object-ref.ts'
import { ok, valueOf } from '../../shared/contract/errors.ts'
import { fakeKms } from './transfer-message-kit.ts'
import { errorOf, never } from './oss-practice.ts'
import { kit, openersOf, plaintext, testKey } from './transfer-kit.ts'

const MIB = 1024 ** 2
const k = kit()
const KEY = 'source ü.bin'
const sealed = { seals: () => true }

const file = async (bytes: Buffer): Promise<string> => {
  const path = join(k.dir, KEY)
  await writeFile(path, bytes)
  return path
}
const secret = testKey().writerSecret?.() ?? new Uint8Array(0)
const WRITER = Buffer.from(writerIdOf(secret)).toString('hex')

/** Judges the seal with the library, from what OSS has alone. */
async function verdict(
  openers = openersOf(testKey()),
): Promise<SealVerdict & { promised: boolean }> {
  const [head, stored] = [await k.head(KEY), await k.stored(KEY)]
  const tags = await readTags(k.oss, currentObject(k.bucket, KEY), never)
  const found = recognise(readHeaders(head.headers))
  if (found.kind !== 'encrypted') throw new Error('not encrypted')
  using opened = valueOf(await openers.envelope(found.envelope, never)).dataKey
  const { counter } = valueOf(await openers.envelope(found.envelope, never))
  using keys = deriveSealKeys(opened.bytes)
  const header = head.headers.get(SEAL_HEADER)
  const facts = {
    bucket: k.bucket,
    key: KEY,
    envelope: { state: 'open' as const, candidates: [{ keys, counter }] },
    metadata: header === undefined ? [] : [header],
    tags: tags.filter(([name]) => name === SEAL_TAG).map(([, value]) => value),
    length: stored.length,
    content: { unread: 'not-read' as const },
    memory: null,
    isVersionAsked: false,
    writers: [secret],
  }
  const before = judgeSeal(facts)
  const promised = isPromised(keys, counter)
  if (before.seal === null) return { ...before, promised }
  const sum = new LeafSum(keys, { ...before.seal, firstIndex: 0 })
  sum.update(stored)
  const root = rootOf(keys, { ...before.seal, length: stored.length, leaves: sum.leaves() })
  return { ...judgeSeal({ ...facts, content: { root } }), promised }
}
const up = async (bytes: Buffer, change: Partial<UploadJob> = {}) =>
  k.up(await file(bytes), { ...sealed, ...change })
const places = async () => [
  (await k.head(KEY)).headers.has(SEAL_HEADER),
  (await readTags(k.oss, currentObject(k.bucket, KEY), never)).length,
]
const INTACT = { state: 'intact', reason: 'read', writer: WRITER, promised: true }

describe('an upload is sealed as it is sent', () => {
  const parts = { multipartFrom: 2 * MIB, partSize: 100 * 1024 }
  const sizes = [0, 1, 15, 16, 17, 256 * 1024, 256 * 1024 + 1, MIB - 1, MIB, MIB + 1]
  test.each(sizes)('%i bytes in one request: in the metadata', async (size) => {
    await up(plaintext(size), parts)
    expect(await verdict()).toMatchObject(INTACT)
    expect(await places()).toEqual([true, 0])
  })
  const large = [2 * MIB, 2 * MIB + 1, 3 * MIB - 1, 5 * MIB, 5 * MIB + 17]
  test.each(large)('%i bytes in parts: in a tag', async (size) => {
    await up(plaintext(size), parts)
    expect(await verdict()).toMatchObject(INTACT)
    expect(await places()).toEqual([false, 1])
  })
  test.each([2.5 * MIB, 3 * MIB])(
    'parts of %i bytes become parts of whole chunks',
    async (size) => {
      await up(plaintext(7 * MIB), { multipartFrom: MIB, partSize: size })
      expect(await verdict()).toMatchObject(INTACT)
      expect((await k.head(KEY)).headers.get('x-oss-meta-client-side-encryption-part-size')).toBe(
        String(3 * MIB),
      )
    },
  )
  test('an object of one byte goes in parts, if the setting says so', async () => {
    await up(plaintext(1), { multipartFrom: 1 })
    expect([await verdict(), await places()]).toMatchObject([INTACT, [false, 1]])
  })
  test.each(['v1', 'v2-oaep'] as const)('format %s', async (format) => {
    for (const size of [100, 300 * 1024, 2 * MIB]) {
      await up(plaintext(size), { ...parts, format, replace: true })
      expect(await verdict()).toMatchObject({ ...INTACT, promised: format !== 'v1' })
    }
  })
  test('a key in KMS has no writer secret, and seals', async () => {
    const kms = fakeKms()
    for (const size of [0, 100, 300 * 1024, 2 * MIB]) {
      await up(plaintext(size), { ...parts, masterKey: async () => ok(kms.key()), replace: true })
      expect(await verdict(openersOf(kms.key()))).toMatchObject({ ...INTACT, writer: null })
    }
  })
  test('without seals nothing of them is sent', async () => {
    for (const size of [100, 300 * 1024, 2 * MIB]) {
      await up(plaintext(size), { ...parts, seals: () => false, replace: true })
      expect([await verdict(), await places()]).toMatchObject([
        { state: 'unsealed', promised: false },
        [false, 0],
      ])
    }
    expect(k.practice.log.entries().filter(({ query }) => 'tagging' in query)).toEqual([])
  })
})

describe('the tag of a seal', () => {
  const big = { multipartFrom: MIB, partSize: MIB }
  const TAGGING = { method: 'PUT', query: 'tagging' } as const
  test('nine other tags stay, the ten of a stranger leave no room', async () => {
    // The others arrive while the object is completed: the first request for tags comes after.
    for (const [count, code] of [
      [9, null],
      [10, 'seal-denied'],
    ] as const) {
      const others = Array.from({ length: count }, (_, i) => [`user ${i}`, 'ü'] as const)
      const job = k.uploadJob(await file(plaintext(2 * MIB)), { ...sealed, ...big, replace: true })
      let puts = 0
      const oss: typeof k.oss = {
        ...k.oss,
        async call(request, signal) {
          if (request.method === 'GET' && request.query?.['tagging'] === '' && puts++ === 0)
            await putTags(k.oss, currentObject(k.bucket, KEY), others, never)
          return k.oss.call(request, signal)
        },
      }
      const done = k.up(job.source, { ...job, oss: async () => ok(oss) })
      if (code === null) {
        await done
        const tags = await readTags(k.oss, currentObject(k.bucket, KEY), never)
        expect(tags.slice(0, count)).toEqual(others)
        expect(await verdict()).toMatchObject(INTACT)
      } else expect(await errorOf(done)).toEqual({ code, key: KEY, why: 'no-room' })
    }
  })
  test.each([true, false])('a refusal of tags comes before the first byte (%s)', async (names) => {
    k.practice.faults.add({ match: {}, do: { kind: 'no-tagging', names }, times: Infinity })
    const path = await file(plaintext(2 * MIB))
    expect(await errorOf(k.up(path, { ...sealed, ...big }))).toMatchObject({
      code: 'seal-denied',
      key: KEY,
      why: 'permission',
      action: 'oss:PutObjectTagging',
    })
    expect(k.practice.log.entries().filter(({ query }) => 'partNumber' in query)).toEqual([])
    expect(await k.uploadsLeft()).toBe(0)
    await k.up(path, { ...big, seals: () => false })
    k.practice.faults.clear()
  })
  test('an account that may not upload at all is told so', async () => {
    const denied = { kind: 'status', status: 403, code: 'AccessDenied' } as const
    k.practice.faults.add({ match: { method: 'POST' }, do: denied, times: 9 })
    expect(await errorOf(up(plaintext(2 * MIB), big))).toMatchObject({
      code: 'access-denied',
      action: 'oss:PutObject',
    })
  })
  test('a small file needs no permission for tags', async () => {
    k.practice.faults.add({
      match: {},
      do: { kind: 'no-tagging', names: true },
      times: Infinity,
    })
    await up(plaintext(MIB), { multipartFrom: 32 * MIB })
    expect(await places()).toEqual([true, 0])
  })
  test.each(['reset-request', 'lose-response'] as const)('is put again after %s', async (kind) => {
    k.practice.faults.add({
      match: TAGGING,
      do: kind === 'reset-request' ? { kind, afterBytes: 0 } : { kind },
    })
    await up(plaintext(2 * MIB), big)
    expect(await verdict()).toMatchObject(INTACT)
  })
  test('an object that was replaced before the tag gets none, or loses it again', async () => {
    for (const [after, method] of [
      [0, 'GET'],
      [1, 'GET'],
    ] as const) {
      let seen = 0
      const oss: typeof k.oss = {
        ...k.oss,
        async call(request, signal) {
          const answer = () => k.oss.call(request, signal)
          if (request.method !== method || request.query?.['tagging'] !== '') return answer()
          const first = await answer()
          if (seen++ === after)
            await k.up(await file(plaintext(500)), { seals: () => false, replace: true })
          return first
        },
      }
      const job = { ...sealed, ...big, oss: async () => ok(oss), replace: true }
      expect(await errorOf(up(plaintext(2 * MIB), job))).toEqual({
        code: 'object-changed',
        key: KEY,
      })
      expect([await verdict(), await places()]).toMatchObject([
        { state: 'unsealed', reason: 'never-sealed' },
        [false, 0],
      ])
    }
  })
  test('is that of the version that was sent', async () => {
    await setVersioning(k.oss, k.bucket, 'enabled', never)
    await up(plaintext(2 * MIB), big)
    expect(await verdict()).toMatchObject(INTACT)
    const { versionId } = await k.head(KEY)
    await k.up(await file(plaintext(10)), { seals: () => false, replace: true })
    expect(await readTags(k.oss, { bucket: k.bucket, key: KEY, versionId }, never)).toHaveLength(1)
    expect(await verdict()).toMatchObject({ state: 'unsealed' })
    await setVersioning(k.oss, k.bucket, 'suspended', never)
  })
})
