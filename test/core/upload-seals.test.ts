import { generateKeyPairSync } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { putTags, readTags } from '../../electron/core/oss/tags.ts'
import { setVersioning } from '../../electron/core/oss/versions.ts'
import { openControl } from '../../electron/core/transfer/run/control.ts'
import type { Openers, UploadJob } from '../../electron/core/transfer/run/jobs.ts'
import { currentObject } from '../../electron/core/oss/object-ref.ts'
import { fail, ok } from '../../shared/contract/errors.ts'
import { fakeKms } from './transfer-message-kit.ts'
import { errorOf, never } from './oss-practice.ts'
import { INTACT, sealPlaces, verdictOf } from './seal-verdict.ts'
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
const up = async (bytes: Buffer, change: Partial<UploadJob> = {}) =>
  k.up(await file(bytes), { ...sealed, ...change })
const verdict = (openers?: Openers) => verdictOf(k, KEY, openers)
const places = () => sealPlaces(k, KEY)

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
  test.each([300 * 1024, 2 * MIB])(
    '%i bytes: no mark by another master key, or one that is locked by then',
    async (size) => {
      const later = [
        async () => ok(testKey('other', generateKeyPairSync('rsa', { modulusLength: 2048 }))),
        async () => fail({ code: 'keychain-locked' } as const),
      ]
      for (const next of later) {
        let asked = 0
        const masterKey = async () => (asked++ === 0 ? ok(testKey()) : next())
        await up(plaintext(size), { ...parts, masterKey, replace: true })
        expect(await verdict()).toMatchObject({ ...INTACT, writer: null })
      }
    },
  )
  test('without seals nothing of them is sent', async () => {
    for (const size of [100, 300 * 1024, 2 * MIB]) {
      await up(plaintext(size), { ...parts, seals: () => false, replace: true })
      expect([await verdict(), await places()]).toMatchObject([
        { state: 'unsealed', promised: false },
        [false, 0],
      ])
    }
    const tags = k.practice.log
      .entries()
      .filter(({ method, headers, query }) =>
        method === 'GET' ? false : query.has('tagging') || headers.has('x-oss-tagging'),
      )
    expect(tags).toEqual([])
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
    expect(k.practice.log.entries().filter(({ query }) => query.has('partNumber'))).toEqual([])
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
  test.each(['complete', 'tag', 'before'])(
    'a cancel by the user (%s): the object is sealed, or not there',
    async (when) => {
      const control = openControl()
      const oss: typeof k.oss = {
        ...k.oss,
        async call(request, signal) {
          const { method, query } = request
          const isComplete = method === 'POST' && query?.['uploadId'] !== undefined
          const isTag = method === 'PUT' && query?.['tagging'] === ''
          if ((when === 'complete' && isComplete) || (when === 'tag' && isTag)) control.cancel()
          return k.oss.call(request, signal)
        },
      }
      const running = k.running(control, ({ t }) => {
        if (when === 'before' && t === 'finishing') control.cancel()
      })
      const path = await file(plaintext(2 * MIB))
      const done = k.up(path, { ...sealed, ...big, oss: async () => ok(oss) }, running)
      if (when === 'before') {
        expect((await errorOf(done)).code).toBe('cancelled')
        expect((await errorOf(k.head(KEY))).code).toBe('not-found')
        expect(await k.uploadsLeft()).toBe(0)
      } else {
        await done
        expect(await verdict()).toMatchObject(INTACT)
      }
    },
  )
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
