import { generateKeyPairSync } from 'node:crypto'
import { renameSync, utimesSync } from 'node:fs'
import { appendFile, copyFile, readFile, rename, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { abortUpload, listParts, listUploads } from '../../electron/core/oss/multipart.ts'
import { putSmall } from '../../electron/core/oss/objects.ts'
import { openControl } from '../../electron/core/transfer/control.ts'
import type { UploadJob } from '../../electron/core/transfer/jobs.ts'
import type { Running } from '../../electron/core/transfer/running.ts'
import { memorySaved, type Saved } from '../../electron/core/transfer/saved.ts'
import { fail, valueOf } from '../../shared/contract/errors.ts'
import type { PartsCheckpoint } from '../../shared/format/checkpoint.ts'
import { readHeaders, recognise } from '../../shared/format/recognise.ts'
import { errorOf, never } from './oss-practice.ts'
import { kit, noOpeners, openersOf, openIndependently, PART, plaintext, testKey } from './transfer-kit.ts'

const k = kit()
const KEY = 'source.bin'

const file = async (bytes: Buffer): Promise<string> => {
  const path = join(k.dir, KEY)
  await writeFile(path, bytes)
  return path
}
const withSaved = (saved: Saved, control = openControl(), onPart?: () => void): ReturnType<typeof k.running> => ({
  ...k.running(control, ({ t }) => void (t === 'part-done' && onPart?.())), saved, parallel: () => 1,
})
const checkpointIn = (saved: Saved): PartsCheckpoint => {
  const last = saved.last()
  if (last?.kind !== 'parts') throw new Error('nothing was noted')
  return last
}
const opens = async (plain: Buffer): Promise<void> => expect(openIndependently(await k.head(KEY), await k.stored(KEY)).equals(plain)).toBe(true)
const uploads = () => listUploads(k.oss, { bucket: k.bucket, prefix: '' }, never)
/** Stops the upload as the end of the app does, after so many parts. */
async function stopAfter(parts: number, path: string, saved: Saved, change: Partial<UploadJob> = {}): Promise<void> {
  const control = openControl()
  let done = 0
  const error = await errorOf(k.up(path, change, withSaved(saved, control, () => ++done === parts && control.cancel('suspend'))))
  expect(error).toEqual({ code: 'cancelled' })
}
const partsSent = (steps: readonly { readonly t: string }[]): number => steps.filter(({ t }) => t === 'moved').length

describe('continued from nothing but the checkpoint', () => {
  for (const [name, change] of [
    ['format V2', {}], ['format V2, OAEP', { format: 'v2-oaep' }], ['format V1', { format: 'v1' }],
  ] as const satisfies readonly (readonly [string, Partial<UploadJob>])[]) {
    test(name, async () => {
      const plain = plaintext(7 * PART + 5)
      const [path, saved] = [await file(plain), memorySaved()]
      await stopAfter(3, path, saved, change)
      expect((await uploads()).length).toBe(1)
      const noted = checkpointIn(saved)
      expect(noted.parts.map(({ number }) => number)).toEqual([1, 2, 3])
      const running = withSaved(memorySaved(noted))
      expect(await k.up(path, change, running)).toMatchObject({ checksum: 'matches' })
      expect(running.steps.filter(({ t }) => t === 'part-done').length).toBe(8)
      const back = join(k.dir, 'back')
      expect(await k.down(KEY, { path: back })).toMatchObject({ encrypted: true, checksum: 'matches' })
      expect((await readFile(back)).equals(plain)).toBe(true)
      expect((await uploads()).length).toBe(0)
    })
  }

  test('what was noted holds no data key and no counter: only what is in the bucket too', async () => {
    const [path, saved] = [await file(plaintext(4 * PART)), memorySaved()]
    await stopAfter(2, path, saved)
    const { envelope } = await listParts(k.oss, { bucket: k.bucket, key: KEY, uploadId: checkpointIn(saved).uploadId }, never)
    const noted = checkpointIn(saved).headers
    expect(Object.values(noted)).toContain(envelope?.wrappedDataKey)
    const found = recognise(readHeaders(Object.entries(noted)))
    if (found.kind !== 'sealed') throw new Error('an envelope was noted')
    const opened = valueOf(await openersOf(testKey()).envelope(found.envelope, never))
    using dataKey = opened.dataKey
    for (const secret of [dataKey.bytes, opened.counter]) for (const form of ['base64', 'hex', 'latin1'] as const) expect(JSON.stringify(saved.last())).not.toContain(Buffer.from(secret).toString(form))
  })

  test('parts that arrived and were not noted are summed here, and not sent again', async () => {
    const [plain, saved] = [plaintext(6 * PART), memorySaved()]
    const path = await file(plain)
    await stopAfter(4, path, saved)
    const forgot = { ...checkpointIn(saved), parts: checkpointIn(saved).parts.slice(0, 1) }
    const running = withSaved(memorySaved(forgot))
    await k.up(path, {}, running)
    expect(partsSent(running.steps)).toBeLessThanOrEqual(2 * 2)
    await opens(plain)
  })

  test('a part that OSS holds with another sum is sent again', async () => {
    const [plain, saved] = [plaintext(5 * PART), memorySaved()]
    const path = await file(plain)
    await stopAfter(3, path, saved)
    const noted = checkpointIn(saved)
    const spoilt = { ...noted, parts: noted.parts.map((part) => (part.number === 2 ? { ...part, crc64: '1' } : part)) }
    await k.up(path, {}, withSaved(memorySaved(spoilt)))
    await opens(plain)
  })
})

describe('begun anew, under another data key', () => {
  const changes: readonly (readonly [string, (path: string) => Promise<void>])[] = [
    ['it grew', (path) => appendFile(path, 'x')],
    ['it was rewritten in place with its old size and time', async (path) => {
      const { mtime, atime, size } = await stat(path)
      await writeFile(path, plaintext(size))
      await utimes(path, atime, mtime)
    }],
    ['another file has its name', async (path) => {
      const { size, mtime, atime } = await stat(path)
      await writeFile(`${path}.2`, plaintext(size))
      utimesSync(`${path}.2`, atime, mtime)
      renameSync(`${path}.2`, path)
    }],
    ['a copy of it has its name', async (path) => {
      await copyFile(path, `${path}.2`)
      await rename(`${path}.2`, path)
    }],
  ]
  for (const [name, change] of changes) {
    test(name, async () => {
      const saved = memorySaved()
      const path = await file(plaintext(6 * PART))
      await stopAfter(3, path, saved)
      const before = checkpointIn(saved)
      await change(path)
      const running = withSaved(memorySaved(before))
      await k.up(path, {}, running)
      expect(running.steps).toContainEqual({ t: 'restarted', why: 'source-changed' })
      const { headers } = await k.head(KEY)
      const [wrapped] = Object.entries(before.headers).find(([header]) => header.endsWith('encryption-key')) ?? ['']
      expect(headers.get(wrapped)).not.toBe(before.headers[wrapped])
      expect((await uploads()).length).toBe(0)
    })
  }

  test('the sample tells what times and numbers do not', async () => {
    const saved = memorySaved()
    const path = await file(plaintext(5 * PART))
    await stopAfter(2, path, saved)
    const noted = checkpointIn(saved)
    if (noted.source === null) throw new Error('an upload of this computer')
    const running = withSaved(memorySaved({ ...noted, source: { ...noted.source, sample: '0'.repeat(64) } }))
    await k.up(path, {}, running)
    expect(running.steps).toContainEqual({ t: 'restarted', why: 'source-changed' })
  })

  test('the upload is gone', async () => {
    const [plain, saved] = [plaintext(5 * PART), memorySaved()]
    const path = await file(plain)
    await stopAfter(2, path, saved)
    await abortUpload(k.oss, { bucket: k.bucket, key: KEY, uploadId: checkpointIn(saved).uploadId }, never)
    const running = withSaved(memorySaved(checkpointIn(saved)))
    await k.up(path, {}, running)
    expect(running.steps).toContainEqual({ t: 'restarted', why: 'upload-gone' })
    await opens(plain)
  })

  test('OSS remembers another envelope', async () => {
    const [plain, saved] = [plaintext(5 * PART), memorySaved()]
    const path = await file(plain)
    await stopAfter(2, path, saved)
    const noted = checkpointIn(saved)
    const other = memorySaved()
    await k.up(path, { key: 'other.bin' }, { ...withSaved(other), stall: () => false })
    const headers = Object.fromEntries([...(await k.head('other.bin')).headers].filter(([name]) => name in noted.headers))
    const running = withSaved(memorySaved({ ...noted, headers: { ...noted.headers, ...headers } }))
    await k.up(path, {}, running)
    expect(running.steps).toContainEqual({ t: 'restarted', why: 'envelope-differs' })
    await opens(plain)
    expect((await uploads()).length).toBe(0)
  })
})

describe('needs a key', () => {
  test('without one it waits with all that is there, and goes on when the key has come', async () => {
    const [plain, saved] = [plaintext(6 * PART), memorySaved()]
    const path = await file(plain)
    await stopAfter(3, path, saved)
    expect((await errorOf(k.up(path, { openers: noOpeners({ code: 'unknown-master-key', description: '{}' }) }, withSaved(saved)))).code).toBe('unknown-master-key')
    const stranger = testKey('work', generateKeyPairSync('rsa', { modulusLength: 2048 }))
    expect((await errorOf(k.up(path, { openers: openersOf(stranger) }, withSaved(saved)))).code).toBe('wrong-master-key')
    expect((await uploads()).length).toBe(1)
    const running = withSaved(saved)
    await k.up(path, {}, running)
    expect(running.steps.filter(({ t }) => t === 'restarted')).toEqual([])
    await opens(plain)
  })

  test('a key that was deleted meanwhile: nothing under it is finished', async () => {
    const [path, saved] = [await file(plaintext(5 * PART)), memorySaved()]
    await stopAfter(2, path, saved)
    const gone = async () => fail({ code: 'not-found', what: 'master-key', name: 'work' } as const)
    expect((await errorOf(k.up(path, { masterKey: gone }, withSaved(saved)))).code).toBe('not-found')
    expect((await uploads()).length).toBe(0)
    expect((await errorOf(k.head(KEY))).code).toBe('not-found')
  })
})

test('an upload that was about to begin when the app ended is looked for by its envelope, and dropped', async () => {
  const [plain, saved] = [plaintext(5 * PART), memorySaved()]
  const path = await file(plain)
  await stopAfter(2, path, saved)
  const running = withSaved(memorySaved({ ...checkpointIn(saved), uploadId: '', parts: [] }))
  await k.up(path, {}, running)
  await opens(plain)
  expect((await uploads()).length).toBe(0)
})

describe('the answer to the last request was lost, and the app with it', () => {
  test('in parts: the object is known as ours, and its sum is compared', async () => {
    const [plain, saved] = [plaintext(4 * PART), memorySaved()]
    const path = await file(plain)
    let noted: PartsCheckpoint | null = null
    await k.up(path, {}, { ...withSaved(saved), tell: ({ t }) => void (t === 'finishing' && (noted = checkpointIn(saved))) })
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
    await putSmall(k.oss, { bucket: k.bucket, key: KEY, headers: {}, body: Buffer.from('theirs'), forbidOverwrite: false }, never)
    expect((await errorOf(k.up(path, {}, withSaved(saved)))).code).toBe('object-exists')
    expect((await k.stored(KEY)).toString()).toBe('theirs')
  })
})

describe('begun on another computer', () => {
  const foreign = (noted: PartsCheckpoint): PartsCheckpoint => ({ ...noted, source: null, parts: [], headers: Object.fromEntries(Object.entries(noted.headers).filter(([name]) => !name.endsWith('matdesc'))) })

  test('goes on from the same file, proven by the parts that are there', async () => {
    const [plain, saved] = [plaintext(6 * PART + 3), memorySaved()]
    await stopAfter(3, await file(plain), saved)
    const elsewhere = join(k.dir, 'elsewhere.bin')
    await writeFile(elsewhere, plain)
    const here = memorySaved(foreign(checkpointIn(saved)))
    const running = withSaved(here)
    await k.up(elsewhere, { key: KEY }, running)
    await opens(plain)
    expect(running.steps.filter(({ t }) => t === 'restarted')).toEqual([])
    expect((await uploads()).length).toBe(0)
  })

  const wrong: readonly (readonly [string, (plain: Buffer) => Buffer])[] = [
    ['another file of the same size', (plain) => plaintext(plain.length)],
    ['one byte of a part that is there differs', (plain) => Buffer.from(plain).fill(plain[PART + 1] === 0 ? 1 : 0, PART + 1, PART + 2)],
  ]
  for (const [name, make] of wrong) {
    test(`${name}: refused, and what is there stays`, async () => {
      const [plain, saved] = [plaintext(6 * PART), memorySaved()]
      await stopAfter(3, await file(plain), saved)
      const elsewhere = join(k.dir, 'elsewhere.bin')
      await writeFile(elsewhere, make(plain))
      expect(await errorOf(k.up(elsewhere, { key: KEY }, withSaved(memorySaved(foreign(checkpointIn(saved))))))).toEqual({ code: 'source-differs', path: elsewhere })
      expect((await uploads()).length).toBe(1)
    })
  }

  test('nothing of it is there that could tell: refused', async () => {
    const saved = memorySaved()
    const path = await file(plaintext(6 * PART))
    const control = openControl()
    await errorOf(k.up(path, {}, { ...withSaved(saved, control), tell: () => undefined, saved: { ...saved, note: async (one) => (await saved.note(one), control.cancel('suspend')) } }))
    expect(checkpointIn(saved).parts).toEqual([])
    expect((await errorOf(k.up(path, {}, withSaved(memorySaved(foreign(checkpointIn(saved))))))).code).toBe('source-differs')
  })
})

describe('trouble on the way', () => {
  /** Waits out what the queue would, at once. */
  const patient = (saved: Saved, control = openControl()): Running & { readonly stalls: string[] } => {
    const stalls: string[] = []
    return {
      ...withSaved(saved, control), stalls,
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
  for (const [name, match] of [['a part', { method: 'PUT', query: 'partNumber=3' }], ['the initiate', { method: 'POST', query: 'uploads' }], ['the completion', { method: 'POST', query: 'uploadId' }]] as const) {
    test(`credentials that are refused at ${name}: it stands still with its data key, and goes on`, async () => {
      const plain = plaintext(5 * PART)
      k.practice.faults.add({ match, do: { kind: 'status', status: 403, code: 'SecurityTokenExpired' }, times: 100 })
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
    k.practice.faults.add({ match: { method: 'PUT', query: 'partNumber=4' }, do: { kind: 'status', status: 403, code: 'AccessDenied' }, times: 100 })
    expect((await errorOf(k.up(path, {}, withSaved(saved)))).code).toBe('access-denied')
    expect(checkpointIn(saved).parts.length).toBe(3)
    k.practice.faults.clear()
    const running = withSaved(saved)
    await k.up(path, {}, running)
    await opens(plain)
    expect(running.steps.filter(({ t }) => t === 'restarted')).toEqual([])
  })

  test('a cancel drops everything, an end of the app nothing', async () => {
    for (const [how, left] of [[undefined, 0], ['suspend', 1]] as const) {
      const control = openControl()
      const saved = memorySaved()
      await errorOf(k.up(await file(plaintext(6 * PART)), { key: `${how}` }, withSaved(saved, control, () => control.cancel(how))))
      expect((await uploads()).length).toBe(left)
      expect(saved.last() === null).toBe(how === undefined)
      for (const upload of await uploads()) await abortUpload(k.oss, upload, never)
    }
  })
})
