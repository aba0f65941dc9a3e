import { describe, expect, test } from 'vitest'
import { putSmall } from '../../electron/core/oss/objects.ts'
import { readTags } from '../../electron/core/oss/tags.ts'
import { judgeSeal, type SealVerdict } from '../../electron/core/seals/judge-seal.ts'
import { LeafSum, rootOf } from '../../electron/core/seals/leaves.ts'
import { deriveSealKeys } from '../../electron/core/seals/seal-keys.ts'
import { rememberedSeal } from '../../electron/core/seals/memory.ts'
import {
  readSealText,
  SEAL_HEADER,
  SEAL_TAG,
  type Seal,
} from '../../electron/core/seals/seal-text.ts'
import { valueOf } from '../../shared/contract/errors.ts'
import { readHeaders, recognise } from '../../shared/format/recognise.ts'
import { never } from './oss-practice.ts'
import { rewrapKit, type KeyMaker } from './rewrap-kit.ts'
import { openersOf, PART, plaintext } from './transfer-kit.ts'

const k = rewrapKit()
const MIB = 1024 ** 2
const [old, target] = [() => k.rsa('old'), () => k.rsa('new')]

/** Judges an object by all its bytes, with this key alone. */
async function judged(key: string, master: KeyMaker): Promise<SealVerdict> {
  const head = await k.head(key)
  const found = recognise(readHeaders(head.headers))
  if (found.kind !== 'encrypted') throw new Error('not encrypted')
  const { dataKey, counter } = valueOf(await openersOf(master()).envelope(found.envelope, never))
  using keys = deriveSealKeys(dataKey.bytes)
  const inMetadata = head.headers.get(SEAL_HEADER)
  const tags = await readTags(k.oss, { bucket: k.bucket, key, versionId: null }, never)
  const texts = [
    inMetadata ?? [],
    ...tags.flatMap(([name, text]) => (name === SEAL_TAG ? [text] : [])),
  ]
  const read = readSealText(String(texts.flat()[0]))
  if (read.kind !== 'seal') throw new Error('no seal')
  const { sealId, exponent, length } = read.seal
  const sum = new LeafSum(keys, { sealId, exponent, firstIndex: 0 })
  sum.update(await k.stored(key))
  const root = rootOf(keys, { sealId, exponent, length, leaves: sum.leaves() })
  return judgeSeal({
    bucket: k.bucket,
    key,
    envelope: { state: 'open', candidates: [{ keys, counter }] },
    metadata: inMetadata === undefined ? [] : [inMetadata],
    tags: tags.flatMap(([name, text]) => (name === SEAL_TAG ? [text] : [])),
    length: head.size,
    content: { root },
    memory: null,
    isVersionAsked: false,
    writers: [master().writerSecret?.() ?? new Uint8Array(32)],
  })
}

/** Stores a sealed object. */
async function store(key: string, body: Buffer, inParts = false): Promise<void> {
  await k.store(key, old(), body, inParts, true)
}

/** Puts the object once more with other bytes or under another name. */
async function putAgain(from: string, key: string, change: (bytes: Buffer) => Buffer) {
  const [head, bytes] = [await k.head(from), await k.stored(from)]
  const headers = Object.fromEntries(
    [...head.headers].filter(([name]) => name.startsWith('x-oss-meta-')),
  )
  const body = change(bytes)
  await putSmall(k.oss, { bucket: k.bucket, key, headers, body, forbidOverwrite: false }, never)
}

describe('a seal under another key', () => {
  test.each([
    [3000, false, 'relay'],
    [0, false, 'relay'],
    [3 * MIB + 7, true, 'relay'],
    [9 * MIB, true, 'relay'],
    [3000, false, 'fresh'],
    [3 * MIB + 7, true, 'fresh'],
  ] as const)('%i bytes, in parts: %s, %s', async (size, inParts, mode) => {
    await store('a', plaintext(size), inParts)
    const before = await judged('a', old())
    expect(before).toMatchObject({ state: 'intact' })
    const job = k.rewrapJob('a', target(), [old()], { mode, partSize: 10 * PART })
    expect(await k.rewrap(job)).toMatchObject({ did: 'rewrapped', checksum: 'matches' })
    const after = await judged('a', target())
    expect(after).toMatchObject({ state: 'intact' })
    // The mark is that of the new key.
    expect(after.writer).not.toBeNull()
    expect(after.writer).not.toBe(before.writer)
    const content = ({ seal }: SealVerdict): string =>
      Buffer.from(seal?.content ?? []).toString('hex')
    expect(content(after) === content(before)).toBe(mode === 'relay')
    const tags = await readTags(k.oss, { bucket: k.bucket, key: 'a', versionId: null }, never)
    expect(tags).toEqual([])
  })

  test('a key of KMS makes no mark', async () => {
    await store('a', plaintext(100))
    await k.rewrap(k.rewrapJob('a', k.kms('cmk'), [old()]))
    expect(await judged('a', k.kms('cmk'))).toMatchObject({ state: 'intact', writer: null })
  })
})

describe('an object whose seal does not fit keeps its key', () => {
  const left = async (key: string, mode: 'relay' | 'fresh') =>
    (await k.rewrap(k.rewrapJob(key, target(), [old()], { mode }))).why

  test('it was moved, cut or robbed of its seal', async () => {
    await store('a', plaintext(300))
    await putAgain('a', 'b', (bytes) => bytes)
    expect([await left('b', 'relay'), await left('b', 'fresh')]).toEqual([
      'seal-moved',
      'seal-moved',
    ])
    await putAgain('a', 'a', (bytes) => bytes.subarray(1))
    expect(await left('a', 'relay')).toBe('seal-changed')
  })

  test('it is older than a seal that this computer knows, or has none where one is known', async () => {
    const known = async (): Promise<Seal> => {
      const read = readSealText((await k.head('a')).headers.get(SEAL_HEADER) ?? '')
      if (read.kind !== 'seal') throw new Error('no seal')
      return read.seal
    }
    await store('a', plaintext(300))
    await putAgain('a', 'older', (bytes) => bytes)
    const first = await known()
    await store('a', plaintext(301))
    const memory = rememberedSeal(
      rememberedSeal(null, first, Date.now()),
      await known(),
      Date.now(),
    )
    const sealMemory = async () => memory
    const rewrapped = async (mode: 'relay' | 'fresh') =>
      (await k.rewrap(k.rewrapJob('a', target(), [old()], { mode, sealMemory }))).why
    await putAgain('older', 'a', (bytes) => bytes)
    expect([await rewrapped('relay'), await rewrapped('fresh')]).toEqual([
      'seal-changed',
      'seal-changed',
    ])
    await k.store('a', old(), plaintext(301), false, false)
    expect(await rewrapped('relay')).toBe('seal-changed')
    // The newest one changes its key.
    await store('a', plaintext(302))
    expect(await rewrapped('relay')).toBeNull()
  })

  test('fresh never makes changed bytes look like new ones', async () => {
    await store('a', plaintext(300))
    await putAgain('a', 'a', (bytes) => {
      bytes[7] = (bytes[7] ?? 0) ^ 1
      return bytes
    })
    expect(await left('a', 'fresh')).toBe('seal-changed')
    expect(await judged('a', old())).toMatchObject({ state: 'changed', reason: 'content' })
    // A relay keeps the bytes and the seal, so the change is still seen.
    expect(await left('a', 'relay')).toBeNull()
    expect(await judged('a', target())).toMatchObject({ state: 'changed', reason: 'content' })
  })

  test('a large one is not encrypted again, since it could not be verified at once', async () => {
    await store('a', plaintext(9 * MIB), true)
    expect(await left('a', 'fresh')).toBe('sealed-large')
    expect(await judged('a', old())).toMatchObject({ state: 'intact' })
  })
})
