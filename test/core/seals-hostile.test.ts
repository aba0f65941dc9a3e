import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { openPreviews } from '../../electron/core/app/previews/previews.ts'
import { openReadable } from '../../electron/core/transfer/download/read-range.ts'
import { putTags } from '../../electron/core/oss/tags.ts'
import { deleteObject } from '../../electron/core/oss/object-deletes.ts'
import { rememberedSeal, type SealMemory } from '../../electron/core/seals/memory.ts'
import { readSealText, SEAL_TAG } from '../../electron/core/seals/seal-text.ts'
import {
  PLAIN_SEAL_RULES,
  type SealMemories,
  type SealRules,
} from '../../electron/core/transfer/run/stored-seal.ts'
import type { DownloadJob } from '../../electron/core/transfer/run/jobs.ts'
import type { SealReason } from '../../shared/contract/models-seals.ts'
import { errorOf, never } from './oss-practice.ts'
import { putSealed, sealedObject, type SealedObject, type SealTextsAt } from './sealed-object.ts'
import { kit, openersOf, plaintext, testKey } from './transfer-kit.ts'

/** A server that changes what it stores, by every way that FORMAT.md 11 promises to notice. */

const k = kit()
const MIB = 1024 * 1024
const NAME = 'docs/report.bin'
const TAGS = { method: 'GET', key: NAME, query: 'tagging' } as const
const DENIED = { kind: 'status', status: 403, code: 'AccessDenied' } as const

/** Three chunks and some bytes. */
let good: SealedObject
let path = ''
beforeEach(async () => {
  path = join(k.dir, 'down', 'file.bin')
  good = await sealedObject(testKey(), { bucket: k.bucket, key: NAME, plain: plaintext(3 * MIB + 77) })
})

const put = (change: SealTextsAt = {}, object = good) =>
  putSealed(k.oss, k.bucket, object, { metadata: object.text, ...change })
const flipped = (bytes: Buffer, at: number): Buffer => {
  const changed = Buffer.from(bytes)
  changed[at] = (changed[at] ?? 0) ^ 1
  return changed
}
/** A memory of seals as the app has it. */
function memory(...seals: readonly SealedObject['seal'][]): SealMemories & { last(): SealMemory | null } {
  let known = seals.reduce<SealMemory | null>(
    (all, seal) => rememberedSeal(all, seal, Date.now()),
    null,
  )
  return {
    find: async (_bucket, key) => (key === NAME ? known : null),
    remember: async (_bucket, _key, seal) => void (known = rememberedSeal(known, seal, Date.now())),
    last: () => known,
  }
}
const rules = (change: Partial<SealRules>) => (): SealRules => ({ ...PLAIN_SEAL_RULES, ...change })
const names = (): Promise<readonly string[]> => readdir(join(k.dir, 'down')).catch(() => [])

/** A download is refused with this reason, and nothing of it stays. */
async function refused(
  reason: SealReason,
  change: Partial<DownloadJob> = {},
  code: 'seal-refused' | 'not-sealed' = 'seal-refused',
): Promise<void> {
  expect(await errorOf(k.down(NAME, { path, ...change }))).toMatchObject({ code, reason, key: NAME })
  expect(await names()).toEqual([])
}
async function released(change: Partial<DownloadJob> = {}, plain = good.plain) {
  const outcome = await k.down(NAME, { path, existing: 'replace', ...change })
  expect((await readFile(path)).equals(plain)).toBe(true)
  return outcome
}

describe('an intact object is released', () => {
  test('its seal in the metadata, and no tag is asked for', async () => {
    await put({ tag: 'x' })
    k.practice.faults.add({ match: TAGS, do: DENIED })
    expect(await released()).toMatchObject({
      checksum: 'matches',
      seal: { state: 'intact', reason: 'read', writer: null },
    })
  })
  test('its seal in a tag', async () => {
    await putSealed(k.oss, k.bucket, good, { tag: good.text })
    expect(await released()).toMatchObject({ seal: { state: 'intact' } })
  })
  test('sealed later, by reading', async () => {
    const later = await sealedObject(testKey(), {
      bucket: k.bucket,
      key: NAME,
      plain: plaintext(10),
      promised: false,
      byWriter: false,
    })
    await put({ metadata: later.text }, later)
    expect(await released({}, later.plain)).toMatchObject({ seal: { reason: 'sealed-later' } })
  })
  test.each([0, 1, MIB - 1, MIB, MIB + 1, 2 * MIB])('%i bytes', async (size) => {
    const one = await sealedObject(testKey(), { bucket: k.bucket, key: NAME, plain: plaintext(size) })
    await put({ metadata: one.text }, one)
    expect(await released({}, one.plain)).toMatchObject({ seal: { state: 'intact' } })
  })
  test('chunks of two MiB', async () => {
    const plain = plaintext(5 * MIB + 1)
    const one = await sealedObject(testKey(), { bucket: k.bucket, key: NAME, plain, exponent: 21 })
    await put({ metadata: one.text }, one)
    expect(await released({}, plain)).toMatchObject({ seal: { state: 'intact' } })
  })
  test('a range of it, out of the whole', async () => {
    await put()
    const range = { offset: MIB - 3, length: 7 }
    const outcome = await released({ range }, good.plain.subarray(MIB - 3, MIB + 4))
    expect(outcome).toMatchObject({ checksum: 'matches', seal: { state: 'intact' } })
  })
})

describe('bytes', () => {
  test.each([0, MIB - 1, MIB, 2 * MIB + 5, 3 * MIB + 76])('one bit at %i', async (at) => {
    await put({ body: flipped(good.stored, at) })
    await refused('content')
  })
  test('a bit on the way, the sum of OSS being right', async () => {
    await put()
    k.practice.faults.add({
      match: { method: 'GET', key: NAME, query: null },
      do: { kind: 'flip-bit', offset: 5 },
    })
    await refused('content')
  })
  test('a range outside of the changed bytes', async () => {
    await put({ body: flipped(good.stored, 2 * MIB + 5) })
    await refused('content', { range: { offset: 0, length: 10 } })
  })
  test('two chunks exchanged', async () => {
    const body = Buffer.concat([
      good.stored.subarray(MIB, 2 * MIB),
      good.stored.subarray(0, MIB),
      good.stored.subarray(2 * MIB),
    ])
    await put({ body })
    await refused('content')
  })
  test.each([1, 77, MIB])('%i bytes cut off', async (count) => {
    await put({ body: good.stored.subarray(0, -count) })
    await refused('length')
  })
  test('bytes added', async () => {
    await put({ body: Buffer.concat([good.stored, Buffer.alloc(1)]) })
    await refused('length')
  })
  test('the raw bytes are there for whoever wants to look at them', async () => {
    const body = flipped(good.stored, 9)
    await put({ body })
    await k.down(NAME, { path, raw: true })
    expect((await readFile(path)).equals(body)).toBe(true)
  })
})

describe('names, envelopes and old versions', () => {
  const other = (change = {}) =>
    sealedObject(testKey(), { bucket: k.bucket, key: 'docs/other', plain: plaintext(5000), ...change })

  test('two objects exchanged', async () => {
    await put({}, { ...(await other()), key: NAME })
    await refused('other-name')
  })
  test('renamed, and taken by a decision of the user', async () => {
    const one = await other()
    await put({}, { ...one, key: NAME })
    expect(await released({ seals: rules({ allowMoved: true }) }, one.plain)).toMatchObject({
      seal: { state: 'moved', reason: 'other-name' },
    })
  })
  test('renamed and changed is changed, also where moved ones are allowed', async () => {
    const one = await other()
    await put({ body: flipped(one.stored, 3) }, { ...one, key: NAME })
    await refused('content', { seals: rules({ allowMoved: true }) })
  })
  test('a copy that keeps the old seal in its metadata has its own in the tag', async () => {
    const one = await other()
    const placed = await other({ key: NAME })
    await put({ metadata: one.text, tag: placed.text }, { ...one, key: NAME })
    await refused('other-name')
  })
  test('the envelope of another object', async () => {
    await put({ envelope: (await other()).envelope })
    await refused('key')
  })
  test('the counter of another object', async () => {
    const start = 'x-oss-meta-client-side-encryption-start'
    const { [start]: foreign = '' } = (await other()).envelope
    await put({ envelope: { ...good.envelope, [start]: foreign } })
    await refused('key')
  })
  test('without an envelope, with a seal', async () => {
    await put({ envelope: {} })
    await refused('envelope-missing')
  })
  test('with a damaged envelope, with a seal', async () => {
    await put({
      envelope: { ...good.envelope, 'x-oss-meta-client-side-encryption-cek-alg': 'AES/CTR/Other' },
    })
    await refused('envelope-missing')
  })
  test('without envelope and seal, known', async () => {
    await putSealed(k.oss, k.bucket, good, { envelope: {} })
    await refused('envelope-missing', { seals: rules({ memory: memory(good.seal) }) })
  })
  test('an old version comes back', async () => {
    const before = await other({ key: NAME, time: Date.now() - 60_000 })
    const known = memory(before.seal)
    await put()
    await released({ seals: rules({ memory: known }) })
    await put({}, before)
    expect(
      await errorOf(k.down(NAME, { path: `${path}.2`, seals: rules({ memory: known }) })),
    ).toMatchObject({ code: 'seal-refused', reason: 'older-version' })
    expect(await names()).toEqual(['file.bin'])
  })
  test('a seal that was found intact is remembered, and one of a changed object is not', async () => {
    const known = memory()
    await put({ body: flipped(good.stored, 1) })
    await refused('content', { seals: rules({ memory: known }) })
    expect(known.last()).toBeNull()
    await put()
    await released({ seals: rules({ memory: known }) })
    expect(known.last()?.last.place).toEqual(good.seal.place)
  })
  test('another object of ours without a seal', async () => {
    const bare = await other({ key: NAME, promised: false })
    await putSealed(k.oss, k.bucket, bare, {})
    await refused('replaced', { seals: rules({ memory: memory(good.seal) }) })
    await released({}, bare.plain)
  })
})

describe('texts of seals', () => {
  const newer = () => Buffer.from(good.text, 'base64url').fill(2, 0, 1).toString('base64url')
  test('stripped: the counter promises one', async () => {
    await putSealed(k.oss, k.bucket, good, {})
    await refused('seal-missing')
  })
  test('the tag waits for its seal', async () => {
    await putSealed(k.oss, k.bucket, good, { tag: '0' })
    await refused('seal-missing')
  })
  test('malformed', async () => {
    await put({ metadata: good.text.slice(1) })
    await refused('seal-damaged')
  })
  test('malformed in the metadata, and a good one in the tag', async () => {
    await put({ metadata: 'x', tag: good.text })
    await released()
  })
  test('newer', async () => {
    await put({ metadata: newer() })
    await refused('newer-seal')
  })
  test('newer in the metadata: the good one in the tag is not tried', async () => {
    await put({ metadata: newer(), tag: good.text })
    await refused('newer-seal')
  })
  test('a seal of the same key and other content in the metadata', async () => {
    const { seal } = readSealText(good.text) as { seal: SealedObject['seal'] }
    expect(seal.length).toBe(good.stored.length)
    const forged = flipped(Buffer.from(good.text, 'base64url'), 30).toString('base64url')
    await put({ metadata: forged, tag: good.text })
    await refused('key')
  })
  test('unreadable tags of a promised object', async () => {
    await putSealed(k.oss, k.bucket, good, { tag: good.text })
    k.practice.faults.add({ match: TAGS, do: DENIED })
    await refused('tags-unreadable')
  })
  test('unreadable tags of an object that nothing says was sealed', async () => {
    const bare = await sealedObject(testKey(), {
      bucket: k.bucket,
      key: NAME,
      plain: plaintext(9),
      promised: false,
    })
    await putSealed(k.oss, k.bucket, bare, { tag: 'x' })
    k.practice.faults.add({ match: TAGS, do: DENIED })
    await refused('tags-unreadable', { seals: rules({ sealedOnly: true }) })
    k.practice.faults.add({ match: TAGS, do: DENIED })
    expect(await released({}, bare.plain)).not.toHaveProperty('seal')
  })
  test('objects without a seal are read as before, unless only sealed ones are allowed', async () => {
    const bare = await sealedObject(testKey(), {
      bucket: k.bucket,
      key: NAME,
      plain: plaintext(9),
      promised: false,
    })
    await putSealed(k.oss, k.bucket, bare, {})
    await refused('never-sealed', { seals: rules({ sealedOnly: true }) }, 'not-sealed')
    await released({}, bare.plain)
    await putSealed(k.oss, k.bucket, bare, { envelope: {} })
    expect(
      await errorOf(k.down(NAME, { path: `${path}.2`, seals: rules({ sealedOnly: true }) })),
    ).toMatchObject({ code: 'not-sealed', reason: 'plain' })
  })
})

describe('races', () => {
  /** Calls `work` between HEAD and the tags, the first `times` times. */
  const between = (work: () => Promise<unknown>, times = 1): (() => SealRules) => {
    let left = times
    const find = async () => {
      if (left-- > 0) await work()
      return null
    }
    return rules({ memory: { find, remember: async () => undefined } })
  }
  const next = () =>
    sealedObject(testKey(), { bucket: k.bucket, key: NAME, plain: plaintext(2 * MIB) })

  test('replaced between HEAD and tags: the new object is read', async () => {
    const after = await next()
    await putSealed(k.oss, k.bucket, good, { tag: good.text })
    const seals = between(() => putSealed(k.oss, k.bucket, after, { tag: after.text }))
    await released({ seals }, after.plain)
  })
  test('replaced each time: given up, and nothing is kept', async () => {
    await putSealed(k.oss, k.bucket, good, { tag: good.text })
    const seals = between(async () => {
      const after = await next()
      await putSealed(k.oss, k.bucket, after, { tag: after.text })
    }, 10)
    expect(await errorOf(k.down(NAME, { path, seals }))).toMatchObject({ code: 'object-changed' })
    expect(await names()).toEqual([])
  })
  test('deleted between HEAD and tags', async () => {
    await putSealed(k.oss, k.bucket, good, { tag: good.text })
    const seals = between(() => deleteObject(k.oss, k.bucket, NAME, never))
    expect(await errorOf(k.down(NAME, { path, seals }))).toMatchObject({ code: 'not-found' })
    expect(await names()).toEqual([])
  })
  test('only the tags are exchanged: the object is as it was, and the seal is not its', async () => {
    const after = await next()
    await putSealed(k.oss, k.bucket, good, { tag: good.text })
    const ref = { bucket: k.bucket, key: NAME, versionId: null }
    const seals = between(() => putTags(k.oss, ref, [[SEAL_TAG, after.text]], never), 10)
    await refused('key', { seals })
  })
})

test('the folder of a refused download stays empty', async () => {
  await mkdir(join(k.dir, 'down'), { recursive: true })
  await put({ body: flipped(good.stored, 1) })
  await refused('content')
  expect(await k.leftovers()).toEqual([])
})

describe('a preview', () => {
  const open = (seals?: () => SealRules) =>
    openReadable(
      { oss: k.oss, pool: k.pool, traffic: () => ({}) },
      { bucket: k.bucket, key: NAME, versionId: null },
      { openers: openersOf(testKey()), message: false, repair: false, ...(seals && { seals }) },
      never,
    )
  const preview = async (seals?: () => SealRules) => {
    const previews = openPreviews()
    try {
      return await previews.open(await open(seals), NAME, 0, undefined, never)
    } finally {
      previews.closeAll()
    }
  }
  test('of an intact object was verified whole, whatever the window asked for', async () => {
    await put()
    expect(await preview()).toMatchObject({ integrity: 'verified', size: good.plain.length })
    await putSealed(k.oss, k.bucket, good, { tag: good.text })
    expect(await preview()).toMatchObject({ integrity: 'verified' })
  })
  test('shows nothing of a changed object', async () => {
    await put({ body: flipped(good.stored, 3 * MIB + 1) })
    expect(await errorOf(preview())).toMatchObject({ code: 'seal-refused', reason: 'content' })
  })
  test.each<[SealReason, () => Promise<unknown>]>([
    ['seal-missing', () => putSealed(k.oss, k.bucket, good, {})],
    ['length', () => put({ body: good.stored.subarray(1) })],
    ['envelope-missing', () => put({ envelope: {} })],
  ])('does not open: %s', async (reason, store) => {
    await store()
    expect(await errorOf(open())).toMatchObject({ code: 'seal-refused', reason })
  })
  test('of an object without a seal, where only sealed ones are allowed', async () => {
    await putSealed(k.oss, k.bucket, good, { envelope: {} })
    expect(await errorOf(open(rules({ sealedOnly: true })))).toMatchObject({ code: 'not-sealed' })
  })
  test('of an object above 64 MiB is read by range, and says that it is not verified', async () => {
    const plain = Buffer.alloc(64 * MIB + 1, 7)
    const large = await sealedObject(testKey(), { bucket: k.bucket, key: NAME, plain })
    await put({ metadata: large.text }, large)
    expect(await preview()).toMatchObject({ integrity: 'parts' })
    expect(
      await errorOf(k.down(NAME, { path, range: { offset: 5, length: 9 } })),
    ).toMatchObject({ code: 'seal-refused', reason: 'not-read' })
    const range = { offset: 5, length: 9 }
    expect(await k.down(NAME, { path, range, unverified: true })).toMatchObject({
      tag: 'not-verified',
    })
    expect(await readFile(path)).toEqual(plain.subarray(5, 14))
    await released({ partSize: 8 * MIB }, plain)
  })
})
