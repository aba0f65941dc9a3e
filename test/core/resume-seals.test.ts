import { appendFile, rm } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { LEAF_BYTES } from '../../electron/core/seals/leaves.ts'
import type { CheckpointStore } from '../../electron/core/transfer/run/checkpoint-store.ts'
import {
  readCheckpoint,
  writeCheckpoint,
} from '../../electron/core/transfer/run/checkpoint-text.ts'
import type { UploadJob } from '../../electron/core/transfer/run/jobs.ts'
import type { FaultMatch } from '../tools/oss-faults.ts'
import { memorySaved, withDone } from './memory-saved.ts'
import { errorOf } from './oss-practice.ts'
import { checkpointIn, KEY, resumeKit } from './resume-kit.ts'
import { INTACT, sealPlaces, verdictOf } from './seal-verdict.ts'
import { plaintext } from './transfer-kit.ts'

const MIB = 1024 ** 2
const { k, file, withSaved, opens, stopAfter } = resumeKit()
const SEALED: Partial<UploadJob> = { seals: () => true, multipartFrom: MIB, partSize: MIB }
const COMPLETE: FaultMatch = { method: 'POST', query: 'uploadId' }
const TAGGING: FaultMatch = { method: 'PUT', query: 'tagging' }

/** The note as the next start of the app reads it. */
const again = (saved: CheckpointStore): CheckpointStore =>
  memorySaved(readCheckpoint(writeCheckpoint(checkpointIn(saved))))
/** Continues an upload, and returns the numbers of the parts that were sent. */
async function goOn(
  path: string,
  saved: CheckpointStore,
  change: Partial<UploadJob> = SEALED,
): Promise<readonly number[]> {
  k.practice.log.clear()
  await k.up(path, change, withSaved(saved))
  return k.practice.log
    .entries()
    .filter(({ method }) => method === 'PUT')
    .map(({ query }) => Number(query.get('partNumber') ?? 0))
    .filter((number) => number > 0)
}
const isIntact = async (plain: Buffer): Promise<void> => {
  expect(await verdictOf(k, KEY)).toMatchObject(INTACT)
  expect(await sealPlaces(k, KEY)).toEqual([false, 1])
  await opens(plain)
}

describe('a sealed upload continues', () => {
  const plain = plaintext(5 * MIB + 17)

  test('with the leaves that were noted, and reads no part twice', async () => {
    const [path, saved] = [await file(plain), memorySaved()]
    await stopAfter(3, path, saved, SEALED)
    const { seal, pieces } = checkpointIn(saved)
    expect(seal).toMatchObject({ exponent: 20, text: null })
    expect(pieces.done.map(({ leaves = '' }) => Buffer.from(leaves, 'base64').length)).toEqual([
      LEAF_BYTES,
      LEAF_BYTES,
      LEAF_BYTES,
    ])
    expect(await goOn(path, again(saved))).toEqual([4, 5, 6])
    await isIntact(plain)
  })

  test('with leaves of the file for parts that were not noted, or without leaves', async () => {
    const [path, saved] = [await file(plain), memorySaved()]
    await stopAfter(4, path, saved, SEALED)
    const noted = checkpointIn(saved)
    const [first, second, ...rest] = noted.pieces.done
    if (first === undefined || second === undefined) throw new Error('no part was noted')
    const { leaves: _leaves, ...bare } = first
    const started = memorySaved(withDone(noted, [bare, ...rest]))
    expect(await goOn(path, started)).toEqual([5, 6])
    await isIntact(plain)
  })

  test('in another order of parts', async () => {
    const [path, saved] = [await file(plain), memorySaved()]
    await stopAfter(4, path, saved, SEALED)
    const noted = checkpointIn(saved)
    await goOn(path, memorySaved(withDone(noted, [...noted.pieces.done].reverse())))
    await isIntact(plain)
  })

  test('a part that is sent again replaces its leaves', async () => {
    const path = await file(plain)
    const PART: FaultMatch = { method: 'PUT', query: 'partNumber=2' }
    k.practice.faults.add({ match: PART, do: { kind: 'reset-request', afterBytes: 300_000 } })
    k.practice.faults.add({ match: PART, do: { kind: 'lose-response' } })
    await k.up(path, SEALED, withSaved(memorySaved()))
    expect(k.practice.faults.left).toBe(0)
    await isIntact(plain)
  })

  test('a file that changed is sealed under another key', async () => {
    const [path, saved] = [await file(plain), memorySaved()]
    await stopAfter(3, path, saved, SEALED)
    await appendFile(path, 'x')
    expect(await goOn(path, again(saved))).toEqual([1, 2, 3, 4, 5, 6])
    await isIntact(Buffer.concat([plain, Buffer.from('x')]))
  })

  test('an upload of version 2 without a seal goes on without one', async () => {
    const [path, saved] = [await file(plain), memorySaved()]
    await stopAfter(3, path, saved, { ...SEALED, seals: () => false })
    const { seal: _seal, ...before } = checkpointIn(saved)
    const noted = readCheckpoint(JSON.stringify({ ...before, version: 2 }))
    expect(await goOn(path, memorySaved(noted))).toEqual([4, 5, 6])
    expect([await verdictOf(k, KEY), await sealPlaces(k, KEY)]).toMatchObject([
      { state: 'unsealed', promised: false },
      [false, 0],
    ])
  })

  test('an upload that was begun with a seal gets it, also when seals are off by now', async () => {
    const [path, saved] = [await file(plain), memorySaved()]
    await stopAfter(3, path, saved, SEALED)
    await goOn(path, again(saved), { ...SEALED, seals: () => false })
    await isIntact(plain)
  })
})

describe('an end between the parts and the seal', () => {
  const plain = plaintext(2 * MIB + 1)

  test('before the object is there: the seal is noted, and made again', async () => {
    const [path, saved] = [await file(plain), memorySaved()]
    const denied = { kind: 'status', status: 403, code: 'AccessDenied' } as const
    k.practice.faults.add({ match: COMPLETE, do: denied })
    expect(await errorOf(k.up(path, SEALED, withSaved(saved)))).toMatchObject({
      code: 'access-denied',
    })
    expect(checkpointIn(saved).seal?.text).toHaveLength(198)
    expect(await goOn(path, again(saved))).toEqual([])
    await isIntact(plain)
  })

  test.each([true, false])('before the tag, the file is there: %s', async (isThere) => {
    const [path, saved] = [await file(plain), memorySaved()]
    const denied = { kind: 'no-tagging', names: false } as const
    k.practice.faults.add({ match: TAGGING, do: denied })
    const stored: unknown[] = []
    const change = { ...SEALED, stored: (facts: unknown) => void stored.push(facts) }
    expect(await errorOf(k.up(path, change, withSaved(saved)))).toMatchObject({
      code: 'seal-denied',
      why: 'permission',
      action: 'oss:PutObjectTagging',
    })
    expect(stored).toEqual([])
    expect(await verdictOf(k, KEY)).toMatchObject({ state: 'changed', reason: 'seal-missing' })
    if (!isThere) await rm(path)
    expect(await goOn(path, again(saved))).toEqual([])
    await isIntact(plain)
  })

  test('before the tag, and the object was replaced: it stays as it is', async () => {
    const [path, saved] = [await file(plain), memorySaved()]
    k.practice.faults.add({ match: TAGGING, do: { kind: 'no-tagging', names: true } })
    await errorOf(k.up(path, SEALED, withSaved(saved)))
    await k.up(path, { seals: () => false, replace: true, multipartFrom: 32 * MIB })
    const other = await k.stored(KEY)
    expect((await errorOf(k.up(path, SEALED, withSaved(again(saved))))).code).toBe('object-exists')
    expect((await k.stored(KEY)).equals(other)).toBe(true)
    expect(await sealPlaces(k, KEY)).toEqual([false, 0])
  })

  test('with a damaged object of ours: it gets no seal', async () => {
    const [path, saved] = [await file(plain), memorySaved()]
    k.practice.faults.add({ match: TAGGING, do: { kind: 'no-tagging', names: true } })
    await errorOf(k.up(path, SEALED, withSaved(saved)))
    const noted = checkpointIn(saved)
    const [first, ...rest] = noted.pieces.done
    if (first === undefined) throw new Error('no part was noted')
    const wrong = withDone(noted, [{ ...first, crc64: '1' }, ...rest])
    expect((await errorOf(k.up(path, SEALED, withSaved(memorySaved(wrong))))).code).toBe('checksum')
    expect(await verdictOf(k, KEY)).toMatchObject({ reason: 'seal-missing' })
  })
})
