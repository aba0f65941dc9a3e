import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { sealOfFile } from '../../electron/core/app/offline/seal-of-file.ts'
import { DataKey } from '../../electron/core/cipher/data-key.ts'
import { wrapSecond } from '../../electron/core/keys/second-envelope.ts'
import { rsaMasterKey } from '../../electron/core/keys/rsa-master-key.ts'
import { putTags, readTags, type ObjectTag } from '../../electron/core/oss/tags.ts'
import { promisedCounter } from '../../electron/core/seals/promise.ts'
import { deriveSealKeys } from '../../electron/core/seals/seal-keys.ts'
import { SEAL_TAG } from '../../electron/core/seals/seal-text.ts'
import { isSecondTag, secondTags } from '../../electron/core/seals/second-text.ts'
import { decryptFile } from '../../electron/core/transfer/download/decrypt-file.ts'
import { openReadable } from '../../electron/core/transfer/download/read-range.ts'
import { verifyObject } from '../../electron/core/transfer/download/verify-object.ts'
import { PLAIN_SEAL_RULES } from '../../electron/core/transfer/run/stored-seal.ts'
import { readEnvelopeFile } from '../../shared/format/envelope/envelope-file.ts'
import { valueOf } from '../../shared/contract/errors.ts'
import { errorOf, never } from './oss-practice.ts'
import { rewrapKit, type KeyMaker } from './rewrap-kit.ts'
import { openersOf, plaintext } from './transfer-kit.ts'

/** A second key of an object, in its tags: how it is made, and what it opens. FORMAT.md 11.11. */

const k = rewrapKit()
const MIB = 1024 ** 2
const [own, second, other] = [() => k.rsa('own'), () => k.rsa('second'), () => k.rsa('other')]
const publicHalf: KeyMaker = () => {
  const publicKey = second()().publicHalf?.()
  if (publicKey === undefined) throw new Error('no public half')
  const facts = { id: 'second', name: 'second', description: '{"key":"second"}' } as const
  return rsaMasterKey({ ...facts, writes: 'v2', publicKey, privateKey: null })
}

let body: Buffer
beforeEach(async () => {
  body = plaintext(3 * MIB + 7)
  await k.store('a', own(), body, true, true)
})

const at = (key: string) => ({ bucket: k.bucket, key, versionId: null })
const add = (key: string, target: KeyMaker = publicHalf, ring: KeyMaker[] = [own()]) =>
  k.rewrap(k.rewrapJob(key, target, ring, { mode: 'second' }))
const tags = (key = 'a') => readTags(k.oss, at(key), never)
const seconds = async (key = 'a') => (await tags(key)).filter(isSecondTag)
const setTags = (list: readonly ObjectTag[], key = 'a') => putTags(k.oss, at(key), list, never)

async function content(key: string, master: KeyMaker): Promise<Buffer> {
  const path = join(k.dir, `down-${randomBytes(8).toString('hex')}`)
  await k.down(key, { path, openers: openersOf(master()) })
  return readFile(path)
}
const refusal = (key: string, master: KeyMaker) => errorOf(content(key, master))
const verdict = async (key: string, master: KeyMaker) =>
  (
    await verifyObject(
      { oss: k.oss, pool: k.pool, traffic: () => ({}) },
      at(key),
      { openers: openersOf(master()), rules: PLAIN_SEAL_RULES },
      never,
    )
  ).verdict

describe('an object with a second key', () => {
  test('opens with both keys; its bytes, headers and other tags stay', async () => {
    await setTags([...(await tags()), ['user', '1']])
    const before = await k.head('a')
    expect(await add('a')).toMatchObject({ did: 'rewrapped', checksum: 'matches', stillOpen: [] })
    const after = await k.head('a')
    expect(after.crc64).toBe(before.crc64)
    expect(after.modified).toBe(before.modified)
    expect(await tags()).toContainEqual(['user', '1'])
    expect((await seconds()).map(([name]) => name)).toEqual([
      'cipherbucket.key.1',
      'cipherbucket.key.2',
    ])
    expect((await content('a', own())).equals(body)).toBe(true)
    expect((await content('a', second())).equals(body)).toBe(true)
    expect((await refusal('a', other())).code).toBe('wrong-master-key')
    for (const master of [own(), second()])
      expect(await verdict('a', master)).toMatchObject({ state: 'intact', reason: 'read' })
    expect(await verdict('a', other())).toMatchObject({ state: 'unknown' })
  })

  test('is read by range and as a preview', async () => {
    await add('a')
    const how = { openers: openersOf(second()()), message: false, repair: false } as const
    using object = await openReadable(
      { oss: k.oss, pool: k.pool, traffic: () => ({}) },
      at('a'),
      how,
      never,
    )
    expect(Buffer.from(await object.read(MIB - 3, 40, never))).toEqual(
      body.subarray(MIB - 3, MIB + 37),
    )
    expect(Buffer.from((await object.readWhole(never)).bytes).equals(body)).toBe(true)
  })

  test.each([2048, 3072, 4096])('a key of %i bits fits into the tags', async (bits) => {
    const target = k.rsa(`second-${bits}`, 'v2', bits)
    expect(await add('a', target)).toMatchObject({ did: 'rewrapped' })
    expect((await content('a', target)).equals(body)).toBe(true)
  })

  test('its seal may be in the metadata, and the object empty', async () => {
    for (const [key, bytes] of [
      ['small', plaintext(3000)],
      ['empty', Buffer.alloc(0)],
    ] as const) {
      await k.store(key, own(), bytes, false, true)
      expect(await add(key)).toMatchObject({ did: 'rewrapped' })
      expect((await content(key, second())).equals(bytes)).toBe(true)
    }
  })

  test('a key of KMS or a program may have made it', async () => {
    for (const [key, master] of [
      ['kms', k.kms('cmk')],
      ['hsm', k.program('hsm')],
    ] as const) {
      await k.store(key, master, body, true, true)
      expect(await add(key, publicHalf, [master])).toMatchObject({ did: 'rewrapped' })
      expect((await content(key, second())).equals(body)).toBe(true)
    }
  })

  test('is done the second time where the private half is here, and written again else', async () => {
    await add('a')
    const first = await seconds()
    expect(await add('a', second())).toMatchObject({ did: 'already' })
    expect(await seconds()).toEqual(first)
    expect(await add('a')).toMatchObject({ did: 'rewrapped' })
    expect(await seconds()).not.toEqual(first)
    expect((await content('a', second())).equals(body)).toBe(true)
  })

  test('is decrypted offline by its envelope file', async () => {
    await add('a')
    const blob = join(k.dir, 'blob')
    await k.down('a', { path: blob, raw: true })
    const printed = await readFile(`${blob}.ossenv.json`, 'utf8')
    const decrypted = async (text: string) => {
      const read = valueOf(readEnvelopeFile(text))
      const path = join(k.dir, `plain-${randomBytes(8).toString('hex')}`)
      await decryptFile(
        {
          kind: 'decrypt',
          name: 'blob',
          target: '',
          profileId: null,
          keyName: null,
          blob,
          size: 0,
          envelopeFile: '',
          headers: read.headers,
          path,
          existing: 'fail',
          expectedSize: null,
          expectedCrc64: null,
          whole: false,
          repair: false,
          seal: sealOfFile(read),
          openers: openersOf(second()()),
          parallel: null,
        } as Parameters<typeof decryptFile>[0],
        k.running(),
      )
      return readFile(path)
    }
    expect((await decrypted(printed)).equals(body)).toBe(true)
    const changed = (change: object) => JSON.stringify({ ...JSON.parse(printed), ...change })
    expect(await errorOf(decrypted(changed({ seal: null })))).toMatchObject({
      code: 'seal-refused',
      reason: 'seal-missing',
    })
    expect(await errorOf(decrypted(changed({ key: 'b' })))).toMatchObject({
      code: 'seal-refused',
      reason: 'other-name',
    })
    expect(await errorOf(decrypted(changed({ second: 'AAAA' })))).toMatchObject({
      code: 'second-key',
      problem: 'damaged',
    })
    expect((await errorOf(decrypted(changed({ second: null })))).code).toBe('wrong-master-key')
  })
})

describe('an object that gets none', () => {
  const left = async (key: string, ...more: [KeyMaker?, KeyMaker[]?]) => {
    k.practice.log.clear()
    const found = await add(key, ...more)
    const writes = k.practice.log.entries().filter(({ method }) => !/HEAD|GET/.test(method))
    expect(writes).toEqual([])
    return found.did === 'left' ? found.why : found.did
  }

  test('has no seal, or one that does not fit', async () => {
    await k.store('plain', own(), body)
    expect(await left('plain')).toBe('not-sealed')
    const list = await tags()
    await setTags(list.map(([name, value]) => [name, name === SEAL_TAG ? 'x' : value]))
    expect(await left('a')).toBe('seal-changed')
    await setTags(list.filter(([name]) => name !== SEAL_TAG))
    expect(await left('a')).toBe('seal-changed')
  })

  test('has other bytes than those that were sealed', async () => {
    const list = await tags()
    const headers = [...(await k.head('a')).headers].filter(([name]) =>
      name.startsWith('x-oss-meta-'),
    )
    const bytes = await k.stored('a')
    bytes[2 * MIB] = (bytes[2 * MIB] ?? 0) ^ 1
    await k.oss.call(
      {
        method: 'PUT',
        bucket: k.bucket,
        key: 'a',
        action: 'oss:PutObject',
        body: bytes,
        headers: Object.fromEntries(headers),
      },
      never,
    )
    await setTags(list)
    expect(await left('a')).toBe('seal-changed')
    expect(await seconds()).toEqual([])
  })

  test('is under the very key, under an unknown one, or only looked at', async () => {
    expect(await left('a', own(), [second()])).toBe('already')
    expect(await left('a', publicHalf, [other()])).toBe('unknown-key')
    const job = k.rewrapJob('a', publicHalf, [own()], { mode: 'second', dryRun: true })
    expect(await k.rewrap(job)).toMatchObject({ did: 'would' })
    expect(await seconds()).toEqual([])
  })

  test('has another second key, or one that nobody can read', async () => {
    await add('a', other())
    expect(await left('a')).toBe('second-taken')
    const list = (await tags()).filter((tag) => !isSecondTag(tag))
    await setTags([...list, ['cipherbucket.key.1', 'AQID']])
    expect(await left('a')).toBe('second-taken')
  })

  test('has too many tags; with one less there is room', async () => {
    const seal = await tags()
    const users = (n: number) => Array.from({ length: n }, (_, i) => [`user${i}`, '1'] as const)
    await setTags([...seal, ...users(8)])
    expect(await left('a')).toBe('no-room')
    await setTags([...seal, ...users(7)])
    expect(await add('a')).toMatchObject({ did: 'rewrapped' })
    expect(await tags()).toHaveLength(10)
    expect((await content('a', second())).equals(body)).toBe(true)
  })

  test('is not said to have one where OSS did not keep the tags', async () => {
    k.practice.faults.add({
      match: { method: 'PUT', key: 'a', query: 'tagging' },
      do: { kind: 'status', status: 403, code: 'AccessDenied' },
      times: 9,
    })
    expect((await errorOf(add('a'))).code).toBe('access-denied')
  })
})

describe('a second key that does not belong to its object is refused by name', () => {
  const attack = async (list: readonly ObjectTag[]) => {
    await setTags([...(await tags()).filter((tag) => !isSecondTag(tag)), ...list])
    return refusal('a', second())
  }
  /** The second envelope of a key that the attacker made. */
  const made = (dataKey: Uint8Array, counter: Uint8Array): readonly ObjectTag[] =>
    secondTags(wrapSecond(publicHalf(), { dataKey: new DataKey(dataKey), counter }))
  const promising = (): readonly ObjectTag[] => {
    const dataKey = randomBytes(32)
    using keys = deriveSealKeys(dataKey)
    return made(dataKey, promisedCounter(keys))
  }
  const KEY = { code: 'seal-refused', state: 'changed', reason: 'key' }

  test('that of another object, made by the attacker, or of other counter', async () => {
    await k.store('b', own(), plaintext(100), true, true)
    await add('b')
    expect(await attack(await seconds('b'))).toMatchObject(KEY)
    expect(await verdict('a', second())).toMatchObject({ state: 'changed', reason: 'key' })
    expect(await attack(made(randomBytes(32), randomBytes(16)))).toMatchObject(KEY)
    expect(await attack(promising())).toMatchObject(KEY)
    // The own key is not disturbed.
    expect((await content('a', own())).equals(body)).toBe(true)
  })

  test('two objects whose second keys were exchanged', async () => {
    await k.store('b', own(), plaintext(100), true, true)
    await Promise.all([add('a'), add('b')])
    const [ofA, ofB] = [await seconds('a'), await seconds('b')]
    expect(await attack(ofB)).toMatchObject(KEY)
    await setTags([...(await tags('b')).filter((tag) => !isSecondTag(tag)), ...ofA], 'b')
    expect(await refusal('b', second())).toMatchObject(KEY)
  })

  test('edited, cut off, or two of them', async () => {
    await add('a')
    const [first, last] = await seconds()
    if (first === undefined || last === undefined) throw new Error('no second key')
    const damaged = { code: 'second-key', key: 'a', problem: 'damaged' }
    const letter = first[1][99] === 'A' ? 'B' : 'A'
    const edited = first[1].slice(0, 99) + letter + first[1].slice(100)
    expect(await attack([[first[0], edited], last])).toEqual(damaged)
    expect(await attack([first])).toEqual(damaged)
    expect(await attack([last])).toEqual(damaged)
    expect(await attack([first, last, ['cipherbucket.key.3', first[1]]])).toEqual(damaged)
    expect(await verdict('a', second())).toMatchObject({ state: 'unknown', reason: 'cannot-open' })
  })

  test('of a later version', async () => {
    expect(await attack([['cipherbucket.key.1', 'AgEAAA']])).toMatchObject({
      code: 'second-key',
      problem: 'newer',
    })
  })

  test('without a seal: a stranger’s text is never shown as the object', async () => {
    await k.store('b', own(), body)
    const strangers = made(randomBytes(32), randomBytes(16).fill(0, 8, 12))
    await setTags([...strangers], 'b')
    expect(await refusal('b', second())).toEqual({
      code: 'second-key',
      key: 'b',
      problem: 'no-seal',
    })
    expect(await verdict('b', second())).toMatchObject({ state: 'unknown', reason: 'cannot-open' })
    // A key that promises a seal says that it is missing.
    await setTags([...promising()], 'b')
    expect(await refusal('b', second())).toMatchObject({ state: 'changed', reason: 'seal-missing' })
  })

  test('the seal is taken off after the tags were read once', async () => {
    await add('a')
    const list = await tags()
    const strangers = made(randomBytes(32), randomBytes(16).fill(0, 8, 12))
    // The first answer has a seal, and the second has none.
    await setTags([...list.filter((tag) => !isSecondTag(tag)), ...strangers])
    let asked = 0
    const oss: typeof k.oss = {
      ...k.oss,
      async call(request, signal) {
        const isTags = request.method === 'GET' && request.query?.['tagging'] !== undefined
        if (isTags && ++asked === 2) await setTags([...strangers])
        return k.oss.call(request, signal)
      },
    }
    const how = { openers: openersOf(second()()), message: false, repair: false } as const
    const reader = { oss, pool: k.pool, traffic: () => ({}) }
    expect(await errorOf(openReadable(reader, at('a'), how, never))).toMatchObject({
      code: 'seal-refused',
      reason: 'cannot-open',
    })
    expect(asked).toBe(2)
  })

  test('stripped: the object is closed for the second key, and intact for its own', async () => {
    await add('a')
    expect((await attack([])).code).toBe('wrong-master-key')
    expect(await verdict('a', own())).toMatchObject({ state: 'intact' })
  })
})

describe('a change of the master key', () => {
  test('a relay leaves the second key of the old key behind, and keeps that of a third', async () => {
    await add('a', second())
    const job = k.rewrapJob('a', other(), [own(), second()], { from: ['own', 'second'] })
    expect(await k.rewrap(job)).toMatchObject({ did: 'rewrapped', stillOpen: [] })
    expect(await seconds()).toEqual([])
    await k.store('b', own(), body, true, true)
    await add('b', second())
    expect(await k.rewrap(k.rewrapJob('b', other(), [own()]))).toMatchObject({ did: 'rewrapped' })
    for (const master of [other(), second()])
      expect((await content('b', master)).equals(body)).toBe(true)
  })

  test('an object that is done loses the second key of an old key', async () => {
    await add('a', second())
    const job = (dryRun: boolean) =>
      k.rewrapJob('a', own(), [second()], { from: ['second'], dryRun })
    expect(await k.rewrap(job(true))).toMatchObject({ did: 'would' })
    expect(await k.rewrap(job(false))).toMatchObject({ did: 'rewrapped' })
    expect(await seconds()).toEqual([])
    expect(await k.rewrap(job(false))).toMatchObject({ did: 'already' })
    expect((await content('a', own())).equals(body)).toBe(true)
  })

  test('fresh leaves every second key behind, since it would open nothing', async () => {
    await k.store('b', own(), plaintext(3000), false, true)
    await add('b', second())
    expect(await k.rewrap(k.rewrapJob('b', other(), [own()], { mode: 'fresh' }))).toMatchObject({
      did: 'rewrapped',
    })
    expect(await seconds('b')).toEqual([])
  })
})
