import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { wrapSecond } from '../../electron/core/keys/second-envelope.ts'
import { secondTags } from '../../electron/core/seals/second-text.ts'
import { openReadable } from '../../electron/core/transfer/download/read-range.ts'
import { valueOf } from '../../shared/contract/errors.ts'
import { readHeaders, recognise } from '../../shared/format/recognise.ts'
import { headObject } from '../../electron/core/oss/objects.ts'
import { currentObject } from '../../electron/core/oss/object-ref.ts'
import { putTags, readTags } from '../../electron/core/oss/tags.ts'
import { SEAL_TAG } from '../../electron/core/seals/seal-text.ts'
import { verifyObject } from '../../electron/core/transfer/download/verify-object.ts'
import { PLAIN_SEAL_RULES } from '../../electron/core/transfer/run/stored-seal.ts'
import type { SealReason } from '../../shared/contract/models-seals.ts'
import { BESIDE, copyKit, type Where } from './copy-kit.ts'
import { never } from './oss-practice.ts'
import { putSealed, sealedObject, type SealedObject, type SealTextsAt } from './sealed-object.ts'
import { openersOf, plaintext, testKey } from './transfer-kit.ts'

/** The seals of objects that the app copies and moves. Source FORMAT.md 11.7. */

const k = copyKit()
/** In parts, where it passes through this computer. */
const SIZE = 700_000
const openers = openersOf(testKey())
const ossOf = (where: Where) => (where === 'elsewhere' ? k.other.oss : k.oss)
const bucketOf = (where: Where): string =>
  where === 'here' ? k.bucket : where === 'beside' ? BESIDE : k.other.bucket

async function stored(change: (one: SealedObject) => SealTextsAt): Promise<SealedObject> {
  const plain = plaintext(SIZE)
  const one = await sealedObject(testKey(), { bucket: k.bucket, key: 'source', plain })
  await putSealed(k.oss, k.bucket, one, change(one))
  return one
}
async function reasonAt(where: Where, key: string): Promise<SealReason> {
  const reader = { oss: ossOf(where), pool: k.pool, traffic: () => ({}) }
  const ref = currentObject(bucketOf(where), key)
  return (await verifyObject(reader, ref, { openers, rules: PLAIN_SEAL_RULES }, never)).verdict
    .reason
}

const TEXTS: readonly (readonly [string, (one: SealedObject) => SealTextsAt])[] = [
  ['in the metadata', ({ text }) => ({ metadata: text })],
  ['in a tag', ({ text }) => ({ tag: text })],
  ['in both', ({ text }) => ({ metadata: text, tag: text })],
]

describe.each(TEXTS)('a seal %s', (_where, change) => {
  test.each<[Where, boolean]>([
    ['here', false],
    ['here', true],
    ['beside', true],
    ['elsewhere', false],
    ['elsewhere', true],
  ])('%s, moved: %s: the copy is intact at its new place', async (to, removeSource) => {
    const one = await stored(change)
    const tags = await readTags(k.oss, currentObject(k.bucket, 'source'), never)
    await k.copy(k.copyJob('here', to, { openers, removeSource }))
    expect(await reasonAt(to, 'target')).toBe('read')
    expect((await k.at(to, 'target'))?.bytes.equals(one.stored)).toBe(true)
    const others = (await readTags(ossOf(to), currentObject(bucketOf(to), 'target'), never)).filter(
      ([name]) => name !== SEAL_TAG,
    )
    expect(others).toEqual(tags.filter(([name]) => name !== SEAL_TAG))
    expect((await k.at('here', 'source')) === null).toBe(removeSource)
    // A copy of a copy is as good as the first.
    await k.copy(k.copyJob(to, to, { openers, key: 'target', toKey: 'again' }))
    expect(await reasonAt(to, 'again')).toBe('read')
  })

  test('without a key at hand the copy is done, and the seal belongs to the old place', async () => {
    await stored(change)
    await k.copy(k.copyJob('here', 'here'))
    expect(await reasonAt('here', 'target')).toBe('other-name')
  })
})

test.each<Where>(['here', 'beside', 'elsewhere'])(
  '%s: a copy keeps the second key, which opens it',
  async (to) => {
    const one = await stored(({ text }) => ({ tag: text }))
    const spare = testKey('spare', generateKeyPairSync('rsa', { modulusLength: 2048 }))
    const at = currentObject(k.bucket, 'source')
    const found = recognise(
      readHeaders((await headObject(k.oss, k.bucket, 'source', never)).headers),
    )
    if (found.kind !== 'encrypted') throw new Error(found.kind)
    const secret = valueOf(await openers.envelope(found.envelope, never))
    const added = secondTags(wrapSecond(spare, secret))
    await putTags(k.oss, at, [...(await readTags(k.oss, at, never)), ...added], never)
    await k.copy(k.copyJob('here', to, { openers }))
    const reader = { oss: ossOf(to), pool: k.pool, traffic: () => ({}) }
    const how = { openers: openersOf(spare), message: false, repair: false } as const
    using object = await openReadable(reader, currentObject(bucketOf(to), 'target'), how, never)
    expect(Buffer.from((await object.readWhole(never)).bytes).equals(one.plain)).toBe(true)
  },
)

test.each<Where>(['here', 'elsewhere'])(
  '%s: where tags may not be written, the copy is done all the same',
  async (to) => {
    await stored(({ text }) => ({ metadata: text }))
    const { faults } = to === 'here' ? k.practice : k.other.practice
    faults.add({ match: {}, do: { kind: 'no-tagging', names: true }, times: Infinity })
    await k.copy(k.copyJob('here', to, { openers }))
    expect(await reasonAt(to, 'target')).toBe('other-name')
  },
)

describe('a source with a fault is never made good by a copy', () => {
  const flip = (text: string): string =>
    `${text.slice(0, 100)}${text[100] === 'A' ? 'B' : 'A'}${text.slice(101)}`
  test.each<[string, SealReason, (one: SealedObject) => SealTextsAt]>([
    ['another key', 'key', ({ text }) => ({ metadata: flip(text) })],
    [
      'another length',
      'length',
      ({ text, stored: all }) => ({ metadata: text, body: all.subarray(1) }),
    ],
    ['a malformed text', 'seal-damaged', () => ({ tag: 'x' })],
    ['no text, though one is promised', 'seal-missing', () => ({})],
    ['no text but the one before the seal', 'seal-missing', () => ({ tag: '0' })],
  ])('%s', async (_name, reason, change) => {
    await stored(change)
    expect(await reasonAt('here', 'source')).toBe(reason)
    await k.copy(k.copyJob('here', 'here', { openers }))
    expect(await reasonAt('here', 'target')).toBe(reason)
  })

  test('an object that was sealed under another name', async () => {
    const one = await stored(({ text }) => ({ metadata: text }))
    await putSealed(k.oss, k.bucket, one, { metadata: one.text, key: 'moved' })
    await k.copy(k.copyJob('here', 'here', { openers, key: 'moved' }))
    expect(await reasonAt('here', 'target')).toBe('other-name')
  })

  test('flipped bytes: nobody reads them for a copy, and the copy shows them', async () => {
    await stored(({ text, stored: all }) => {
      const body = Buffer.from(all)
      body[7] = (body[7] ?? 0) ^ 1
      return { metadata: text, body }
    })
    await k.copy(k.copyJob('here', 'here', { openers }))
    expect(await reasonAt('here', 'target')).toBe('content')
  })

  test('an older seal than this computer knows', async () => {
    const { seal } = await stored(({ text }) => ({ metadata: text }))
    const last = { ...seal, time: seal.time + 3_600_000, place: Buffer.alloc(32, 1) }
    const sealMemory = async () => ({
      last,
      earlier: [seal.place.subarray(0, 8)],
      newest: last.time,
    })
    await k.copy(k.copyJob('here', 'here', { openers, sealMemory }))
    expect(await reasonAt('here', 'target')).toBe('other-name')
  })
})

test('ten tags of the user leave no room: the copy keeps them, and the seal as it is', async () => {
  await stored(({ text }) => ({ metadata: text }))
  const ref = currentObject(k.bucket, 'source')
  const tags = Array.from({ length: 10 }, (_, i) => [`t${i}`, 'x'] as const)
  await putTags(k.oss, ref, tags, never)
  await k.copy(k.copyJob('here', 'here', { openers }))
  expect(await readTags(k.oss, currentObject(k.bucket, 'target'), never)).toEqual(tags)
  expect(await reasonAt('here', 'target')).toBe('other-name')
})

test('an object without a seal is copied without a request for tags or a key', async () => {
  await k.put('here', 'source', Buffer.from('plain'))
  k.practice.log.clear()
  await k.copy(k.copyJob('here', 'here', { openers }))
  expect(k.practice.log.entries().some(({ query }) => query.has('tagging'))).toBe(false)
  expect(
    (await headObject(k.oss, k.bucket, 'target', never)).headers.has('x-oss-tagging-count'),
  ).toBe(false)
})
