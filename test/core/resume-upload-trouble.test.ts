import { writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { abortUpload } from '../../electron/core/oss/multipart.ts'
import { putSmall } from '../../electron/core/oss/objects.ts'
import { openControl } from '../../electron/core/transfer/run/control.ts'
import type { Running } from '../../electron/core/transfer/run/running.ts'
import type { Saved } from '../../electron/core/transfer/run/saved.ts'
import type { PartsCheckpoint } from '../../electron/core/transfer/run/checkpoint.ts'
import { memorySaved } from './memory-saved.ts'
import { errorOf, never } from './oss-practice.ts'
import { checkpointIn, KEY, resumeKit } from './resume-kit.ts'
import { noOpeners, PART, plaintext } from './transfer-kit.ts'

const { k, file, withSaved, opens, uploads, stopAfter } = resumeKit()
const partsSent = (steps: readonly { readonly t: string }[]): number =>
  steps.filter(({ t }) => t === 'moved').length

describe('the answer to the last request was lost, and the app with it', () => {
  test('in parts: the object is known as ours, and its sum is compared', async () => {
    const [plain, saved] = [plaintext(4 * PART), memorySaved()]
    const path = await file(plain)
    let noted: PartsCheckpoint | null = null
    await k.up(
      path,
      {},
      {
        ...withSaved(saved),
        tell: ({ t }) => void (t === 'finishing' && (noted = checkpointIn(saved))),
      },
    )
    const running = withSaved(memorySaved(noted))
    expect(await k.up(path, {}, running)).toMatchObject({ checksum: 'matches' })
    expect(partsSent(running.steps)).toBe(0)
    await opens(plain)
  })

  test('in one request', async () => {
    const plain = plaintext(500)
    const path = await file(plain)
    const saved = memorySaved()
    const watched: Saved = { ...saved, drop: () => undefined }
    await k.up(path, {}, withSaved(watched))
    expect(saved.last()?.kind).toBe('put')
    const before = (await k.head(KEY)).etag
    expect(await k.up(path, {}, withSaved(saved))).toMatchObject({ encrypted: true })
    expect((await k.head(KEY)).etag).toBe(before)
  })

  test('in one request, and the file changed since: it is sent anew, in place of what nobody was told of', async () => {
    const path = await file(plaintext(500))
    const saved = memorySaved()
    await k.up(path, {}, withSaved(saved))
    const second = plaintext(600)
    await writeFile(path, second)
    const running = withSaved(saved)
    await k.up(path, {}, running)
    expect(running.steps).toContainEqual({ t: 'restarted', why: 'source-changed' })
    await opens(second)
  })

  test('an object of somebody else under the name is not taken for ours', async () => {
    const path = await file(plaintext(500))
    const saved = memorySaved()
    await k.up(path, {}, withSaved({ ...saved, drop: () => undefined }))
    await putSmall(
      k.oss,
      {
        bucket: k.bucket,
        key: KEY,
        headers: {},
        body: Buffer.from('theirs'),
        forbidOverwrite: false,
      },
      never,
    )
    expect((await errorOf(k.up(path, {}, withSaved(saved)))).code).toBe('object-exists')
    expect((await k.stored(KEY)).toString()).toBe('theirs')
  })
})

describe('without a record that this computer started it', () => {
  /** The stored object opens in the end, and under another data key than the first attempt's. */
  const startsAgain = async (
    plain: Buffer,
    change: (noted: PartsCheckpoint) => PartsCheckpoint,
    stays: boolean,
  ): Promise<void> => {
    const saved = memorySaved()
    const path = await file(plain)
    await stopAfter(3, path, saved)
    const noted = checkpointIn(saved)
    const running = withSaved(memorySaved(change(noted)))
    await k.up(path, {}, running)
    await opens(plain)
    expect((await k.head(KEY)).headers.get(WRAPPED)).not.toBe(noted.headers[WRAPPED])
    expect(running.steps.filter(({ t }) => t === 'restarted')).toEqual([
      { t: 'restarted', why: 'no-record' },
    ])
    expect((await uploads()).length).toBe(stays ? 1 : 0)
  }
  const WRAPPED = 'x-oss-meta-client-side-encryption-key'
  const rows: readonly (readonly [
    string,
    (noted: PartsCheckpoint) => PartsCheckpoint,
    stays: boolean,
  ])[] = [
    ['begun on another computer: its parts stay', (noted) => ({ ...noted, source: null }), true],
    ['of a version that noted no prints', (noted) => ({ ...noted, prints: null }), false],
    [
      'prints that are not there',
      (noted) => ({ ...noted, prints: { file: `${'0'.repeat(32)}.prints` } }),
      false,
    ],
    ['prints outside their folder', (noted) => ({ ...noted, prints: { file: '../other' } }), false],
    ['noted for another object', (noted) => ({ ...noted, key: 'other.bin' }), true],
  ]
  for (const [name, change, stays] of rows)
    test(`${name}: it starts again under a new data key`, () =>
      startsAgain(plaintext(6 * PART + 3), change, stays))
})

describe('trouble on the way', () => {
  /** Waits out what the queue would, at once. */
  const patient = (
    saved: Saved,
    control = openControl(),
  ): Running & { readonly stalls: string[] } => {
    const stalls: string[] = []
    return {
      ...withSaved(saved, control),
      stalls,
      stall: (cause) => {
        const { code } = (cause as { readonly error: { readonly code: string } }).error
        stalls.push(code)
        control.pause()
        k.practice.faults.clear()
        setImmediate(() => control.resume())
        return true
      },
    }
  }
  for (const [name, match] of [
    ['a part', { method: 'PUT', query: 'partNumber=3' }],
    ['the initiate', { method: 'POST', query: 'uploads' }],
    ['the completion', { method: 'POST', query: 'uploadId' }],
  ] as const) {
    test(`credentials that are refused at ${name}: it stands still with its data key, and goes on`, async () => {
      const plain = plaintext(5 * PART)
      k.practice.faults.add({
        match,
        do: { kind: 'status', status: 403, code: 'SecurityTokenExpired' },
        times: 100,
      })
      const running = patient(memorySaved())
      await k.up(await file(plain), { openers: noOpeners({ code: 'no-master-key' }) }, running)
      expect(running.stalls).toEqual(['bad-credentials'])
      await opens(plain)
      expect((await uploads()).length).toBe(0)
    })
  }

  test('a permission that is missing ends it, and what was sent is kept for another try', async () => {
    const [plain, saved] = [plaintext(5 * PART), memorySaved()]
    const path = await file(plain)
    k.practice.faults.add({
      match: { method: 'PUT', query: 'partNumber=4' },
      do: { kind: 'status', status: 403, code: 'AccessDenied' },
      times: 100,
    })
    expect((await errorOf(k.up(path, {}, withSaved(saved)))).code).toBe('access-denied')
    expect(checkpointIn(saved).parts.length).toBe(3)
    k.practice.faults.clear()
    const running = withSaved(saved)
    await k.up(path, {}, running)
    await opens(plain)
    expect(running.steps.filter(({ t }) => t === 'restarted')).toEqual([])
  })

  test('a cancel drops everything, an end of the app nothing', async () => {
    for (const [how, left] of [
      [undefined, 0],
      ['suspend', 1],
    ] as const) {
      const control = openControl()
      const saved = memorySaved()
      await errorOf(
        k.up(
          await file(plaintext(6 * PART)),
          { key: `${how}` },
          withSaved(saved, control, () => control.cancel(how)),
        ),
      )
      expect((await uploads()).length).toBe(left)
      expect(saved.last() === null).toBe(how === undefined)
      for (const upload of await uploads()) await abortUpload(k.oss, upload, never)
    }
  })
})
