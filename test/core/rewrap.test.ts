import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { aclOf } from '../../electron/core/oss/acl.ts'
import { currentObject } from '../../electron/core/oss/object-ref.ts'
import { putSmall } from '../../electron/core/oss/objects.ts'
import { tagsOf } from '../../electron/core/oss/tags.ts'
import { readHeaders, recognise } from '../../shared/format/recognise.ts'
import { openTrial } from '../../electron/core/transfer/copy/rewrap-trial.ts'
import { Failure } from '../../shared/contract/errors.ts'
import { errorOf, never } from './oss-practice.ts'
import { rewrapKit, type KeyMaker } from './rewrap-kit.ts'
import { openersOf, PART, plaintext } from './transfer-kit.ts'

const k = rewrapKit()

/** Every kind of key in every format that it writes into an envelope. */
const KINDS: Readonly<Record<string, (name: string) => KeyMaker>> = {
  'RSA, V2': (name) => k.rsa(name),
  'RSA 3072, V2': (name) => k.rsa(`${name}-3072`, 'v2', 3072),
  'RSA, OAEP': (name) => k.rsa(name, 'v2-oaep'),
  'RSA, V1': (name) => k.rsa(name, 'v1'),
  'KMS, V2': (name) => k.kms(name),
  'KMS, form b': (name) => k.kms(name, 'v2-kms-b'),
  'KMS, V1': (name) => k.kms(name, 'v1'),
  program: (name) => k.program(name),
}
const PAIRS = Object.keys(KINDS).flatMap((from) => Object.keys(KINDS).map((to) => [from, to]))

/** Downloads the object with this key alone. */
async function content(key: string, master: KeyMaker): Promise<Buffer> {
  const path = join(k.dir, `down-${Math.random()}`)
  await k.down(key, { path, openers: openersOf(master()) })
  return readFileSync(path)
}

const opensWith = async (key: string, master: KeyMaker): Promise<boolean> => {
  const found = recognise(readHeaders((await k.head(key)).headers))
  if (found.kind !== 'encrypted') throw new Error('not encrypted')
  const opened = await openersOf(master()).envelope(found.envelope, never)
  return opened.ok
}

describe.each(PAIRS)('from %s to %s', (from = '', to = '') => {
  test.each(['relay', 'fresh'] as const)(
    '%s: the new key opens, the old one does not',
    async (mode) => {
      const [old, target] = [KINDS[from]?.('old'), KINDS[to]?.('new')]
      if (old === undefined || target === undefined) throw new Error('no such kind')
      const body = plaintext(5000)
      await k.store('a', old, body)
      const before = await k.head('a')
      const found = await k.rewrap(k.rewrapJob('a', target, [old], { mode }))
      expect(found).toEqual({
        did: 'rewrapped',
        why: null,
        oldKey: old().name,
        tried: [old().name],
        stillOpen: [],
        checksum: 'matches',
      })
      const after = await k.head('a')
      expect(after.crc64 === before.crc64).toBe(mode === 'relay')
      expect(await content('a', target)).toEqual(body)
      // KMS opens the values of every CMK of an account, and a program may answer anything.
      if (old().kind === 'rsa') expect(await opensWith('a', old)).toBe(false)
      const again = await k.rewrap(k.rewrapJob('a', target, [old], { mode, from: [old().id] }))
      expect(again).toMatchObject({ did: 'already', tried: [old().name], stillOpen: [] })
      expect((await k.head('a')).modified).toBe(after.modified)
    },
  )
})

describe('an object in parts', () => {
  test.each([
    ['RSA, V2', 'KMS, V2'],
    ['RSA, V1', 'RSA, V2'],
    ['KMS, V2', 'RSA, V1'],
    ['RSA, V2', 'RSA 3072, V2'],
  ])('from %s to %s, below and above what is sent from memory', async (from, to) => {
    const [old, target] = [KINDS[from]?.('old'), KINDS[to]?.('new')]
    if (old === undefined || target === undefined) throw new Error('no such kind')
    for (const size of [3 * PART + 5, 8 * 1024 ** 2 + 1])
      for (const inParts of [true, false])
        for (const mode of ['relay', 'fresh'] as const) {
          const body = plaintext(size)
          await k.store('a', old, body, inParts)
          const before = await k.head('a')
          const job = k.rewrapJob('a', target, [old], { mode, partSize: 10 * PART })
          expect((await k.rewrap(job)).checksum).toBe('matches')
          const after = await k.head('a')
          if (mode === 'relay') expect(after.crc64).toBe(before.crc64)
          else expect(after.crc64).not.toBe(before.crc64)
          expect((await content('a', target)).equals(body)).toBe(true)
          expect(await k.uploadsLeft()).toBe(0)
        }
  })

  test('an empty object', async () => {
    const [old, target] = [k.rsa('old'), k.kms('new')]
    await k.store('a', old, Buffer.alloc(0))
    expect(await k.rewrap(k.rewrapJob('a', target, [old]))).toMatchObject({ did: 'rewrapped' })
    expect(await content('a', target)).toEqual(Buffer.alloc(0))
  })
})

describe('everything else goes along', () => {
  const RICH = {
    'content-type': 'text/plain; charset=x',
    'cache-control': 'no-cache',
    'content-disposition': 'attachment; filename="x"',
    'x-oss-meta-note': 'mine',
    'x-oss-meta-client-side-encryption-unencrypted-content-length': '5000',
  }

  test.each([5000, 9 * 1024 ** 2])('headers, tags, ACL and class of %i bytes', async (size) => {
    const [old, target] = [k.rsa('old'), k.rsa('new', 'v2-oaep')]
    await k.store('from', old, plaintext(size), size > 5000)
    const source = await k.head('from')
    const envelope = [...source.headers].filter(([name]) => name.startsWith('x-oss-meta-client-'))
    await putSmall(
      k.oss,
      {
        bucket: k.bucket,
        key: 'a',
        headers: {
          ...Object.fromEntries(envelope),
          ...RICH,
          'x-oss-tagging': 'one=1&two=b',
          'x-oss-object-acl': 'public-read',
          'x-oss-storage-class': 'IA',
        },
        body: await k.stored('from'),
        forbidOverwrite: false,
      },
      never,
    )
    const before = await k.head('a')
    const found = await k.rewrap(k.rewrapJob('a', target, [old], { partSize: 10 * PART }))
    expect(found).toMatchObject({ did: 'rewrapped', checksum: 'matches' })
    const after = await k.head('a')
    for (const [name, value] of Object.entries(RICH))
      expect([name, after.headers.get(name)]).toEqual([name, value])
    expect(after.crc64).toBe(before.crc64)
    expect(after.storageClass).toBe('IA')
    const at = currentObject(k.bucket, 'a')
    expect(await aclOf(k.oss, at, never)).toBe('public-read')
    expect(await tagsOf(k.oss, at, never)).toBe('one=1&two=b')
  })

  test('no value of another key stays, of neither family', async () => {
    const [old, target] = [k.rsa('old', 'v1'), k.kms('new')]
    await k.store('a', old, plaintext(100))
    await k.rewrap(k.rewrapJob('a', target, [old]))
    const names = [...(await k.head('a')).headers.keys()]
    expect(names.filter((name) => /oss-(crypto|cek|wrap)/.test(name))).toEqual([])
  })
})

describe('an object that stays as it is', () => {
  const old = () => k.rsa('old')
  const target = () => k.rsa('new')
  const put = (headers: Record<string, string>) =>
    putSmall(
      k.oss,
      { bucket: k.bucket, key: 'a', headers, body: Buffer.from('x'), forbidOverwrite: false },
      never,
    )

  /** Asserts that nothing but questions was sent. */
  async function stays(why: string, ...more: Parameters<typeof k.rewrapJob>): Promise<void> {
    k.practice.log.clear()
    expect(await k.rewrap(k.rewrapJob(...more))).toMatchObject({ did: 'left', why })
    const writes = k.practice.log
      .entries()
      .filter(({ method }) => !['HEAD', 'GET'].includes(method))
    expect(writes).toEqual([])
  }

  test('is not there, not encrypted, damaged, or under an unknown key', async () => {
    await stays('gone', 'a', target(), [old()])
    await put({})
    await stays('plain', 'a', target(), [old()])
    await put({ 'x-oss-meta-oss-crypto-start': 'AAAA' })
    await stays('damaged', 'a', target(), [old()])
    await k.store('a', k.rsa('stranger'), plaintext(10))
    await stays('unknown-key', 'a', target(), [old()])
    await stays('other-key', 'a', target(), [old(), k.rsa('stranger')], { from: ['old'] })
  })

  test('has a message of the KMS Encryption SDK', async () => {
    await k.store('a', k.kms('cmk', 'sdk-split'), plaintext(10))
    await stays('message', 'a', target(), [k.kms('cmk')])
  })

  test('has one damaged value, which the right key shows', async () => {
    await k.store('from', old(), plaintext(10))
    const headers = Object.fromEntries(
      [...(await k.head('from')).headers].filter(([name]) => name.startsWith('x-oss-meta-')),
    )
    const start = 'x-oss-meta-client-side-encryption-start'
    const bytes = Buffer.from(headers[start] ?? '', 'base64')
    bytes[100] = (bytes[100] ?? 0) ^ 1
    await put({ ...headers, [start]: bytes.toString('base64') })
    await stays('damaged', 'a', target(), [old()])
  })

  test('is only looked at', async () => {
    await k.store('a', old(), plaintext(10))
    k.practice.log.clear()
    expect(await k.rewrap(k.rewrapJob('a', target(), [old()], { dryRun: true }))).toMatchObject({
      did: 'would',
      oldKey: 'old',
    })
    expect(k.practice.log.entries().map(({ method }) => method)).toEqual(['HEAD'])
  })
})

describe('nothing is lost', () => {
  const [old, target] = [() => k.rsa('old'), () => k.rsa('new')]

  test.each([100, 9 * 1024 ** 2])(
    'an object of %i bytes that is replaced meanwhile stays',
    async (size) => {
      await k.store('a', old(), plaintext(size))
      const body = Buffer.from('theirs')
      const trial = openTrialThat(async () => {
        await putSmall(
          k.oss,
          { bucket: k.bucket, key: 'a', headers: {}, body, forbidOverwrite: false },
          never,
        )
      })
      const job = k.rewrapJob('a', target(), [old()], { trial, partSize: 10 * PART })
      expect(await errorOf(k.rewrap(job))).toEqual({ code: 'object-changed', key: 'a' })
      expect(await k.stored('a')).toEqual(body)
      expect(await k.uploadsLeft()).toBe(0)
    },
  )

  test.each([
    [3000, 'relay'],
    [3000, 'fresh'],
    [9 * 1024 ** 2, 'relay'],
    [9 * 1024 ** 2, 'fresh'],
  ] as const)('%i bytes that are damaged on the way are never written: %s', async (size, mode) => {
    const body = plaintext(size)
    await k.store('a', old(), body)
    k.practice.faults.add({
      match: { method: 'GET', key: 'a', query: null },
      do: { kind: 'flip-bit', offset: 7 },
      times: Number.POSITIVE_INFINITY,
    })
    const job = k.rewrapJob('a', target(), [old()], { mode, partSize: 10 * PART })
    expect((await errorOf(k.rewrap(job))).code).toBe('checksum')
    k.practice.faults.clear()
    expect((await content('a', old())).equals(body)).toBe(true)
    expect(await k.uploadsLeft()).toBe(0)
  })

  test.each([100, 9 * 1024 ** 2])(
    'a lost answer of %i bytes: our object is found',
    async (size) => {
      const body = plaintext(size)
      await k.store('a', old(), body)
      k.practice.faults.add({
        match: size > 100 ? { method: 'POST', query: 'uploadId' } : { method: 'PUT', key: 'a' },
        do: { kind: 'lose-response' },
        times: 1,
      })
      const found = await k.rewrap(k.rewrapJob('a', target(), [old()], { partSize: 10 * PART }))
      expect(found).toMatchObject({ did: 'rewrapped', checksum: 'matches' })
      expect((await content('a', target())).equals(body)).toBe(true)
    },
  )

  test('an object of the same bytes is not taken for ours when the last request was not heard', async () => {
    const body = plaintext(9 * 1024 ** 2)
    await k.store('a', old(), body)
    k.practice.faults.add({
      match: { method: 'POST', query: 'uploadId' },
      do: { kind: 'reset-request', afterBytes: 0 },
      times: Number.POSITIVE_INFINITY,
    })
    const job = k.rewrapJob('a', target(), [old()], { partSize: 10 * PART })
    expect((await errorOf(k.rewrap(job))).code).toBe('unreachable')
    k.practice.faults.clear()
    expect((await content('a', old())).equals(body)).toBe(true)
  })

  test('a server that loses headers loses an empty object of its own name, and nothing else', async () => {
    const body = plaintext(300)
    await k.store('a', old(), body)
    const lost = new Failure({ code: 'copy-differs', key: 'a', what: 'x' })
    const trial = openTrialThat(async () => Promise.reject(lost))
    const job = k.rewrapJob('a', target(), [old()], { trial })
    expect((await errorOf(k.rewrap(job))).code).toBe('copy-differs')
    expect(await content('a', old())).toEqual(body)
  })

  test('a proof is made once, and leaves nothing', async () => {
    const trial = openTrial()
    for (const key of ['a', 'b']) await k.store(key, old(), plaintext(10))
    for (const key of ['a', 'b']) await k.rewrap(k.rewrapJob(key, target(), [old()], { trial }))
    const made = k.practice.log.entries().filter(({ key }) => key.includes('.cipherbucket-'))
    expect(made.map(({ method }) => method)).toEqual(['PUT', 'HEAD', 'DELETE'])
  })
})

/** A proof that only does this work. */
const openTrialThat = (work: () => Promise<void>) => (): Promise<void> => work()
