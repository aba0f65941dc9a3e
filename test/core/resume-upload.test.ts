import { generateKeyPairSync } from 'node:crypto'
import { renameSync, utimesSync } from 'node:fs'
import { appendFile, copyFile, readFile, rename, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { abortUpload, listParts } from '../../electron/core/oss/multipart.ts'
import type { UploadJob } from '../../electron/core/transfer/run/jobs.ts'
import { fail, valueOf } from '../../shared/contract/errors.ts'
import { readHeaders, recognise } from '../../shared/format/recognise.ts'
import { memorySaved, uploadIdOf, withDone } from './memory-saved.ts'
import { errorOf, never } from './oss-practice.ts'
import { checkpointIn, KEY, resumeKit } from './resume-kit.ts'
import { noOpeners, openersOf, PART, plaintext, testKey } from './transfer-kit.ts'

const { k, file, withSaved, opens, uploads, stopAfter } = resumeKit()
const partsSent = (steps: readonly { readonly t: string }[]): number =>
  steps.filter(({ t }) => t === 'moved').length

describe('continued from nothing but the checkpoint', () => {
  for (const [name, change] of [
    ['format V2', {}],
    ['format V2, OAEP', { format: 'v2-oaep' }],
    ['format V1', { format: 'v1' }],
  ] as const satisfies readonly (readonly [string, Partial<UploadJob>])[]) {
    test(name, async () => {
      const plain = plaintext(7 * PART + 5)
      const [path, saved] = [await file(plain), memorySaved()]
      await stopAfter(3, path, saved, change)
      expect((await uploads()).length).toBe(1)
      const noted = checkpointIn(saved)
      expect(noted.pieces.done.map(({ number }) => number)).toEqual([1, 2, 3])
      const running = withSaved(memorySaved(noted))
      expect(await k.up(path, change, running)).toMatchObject({ checksum: 'matches' })
      expect(running.steps.filter(({ t }) => t === 'part-done').length).toBe(8)
      const back = join(k.dir, 'back')
      expect(await k.down(KEY, { path: back })).toMatchObject({
        encrypted: true,
        checksum: 'matches',
      })
      expect((await readFile(back)).equals(plain)).toBe(true)
      expect((await uploads()).length).toBe(0)
    })
  }

  test('what was noted holds no data key and no counter: only what is in the bucket too', async () => {
    const [path, saved] = [await file(plaintext(4 * PART)), memorySaved()]
    await stopAfter(2, path, saved)
    const { envelope } = await listParts(
      k.oss,
      { bucket: k.bucket, key: KEY, uploadId: uploadIdOf(checkpointIn(saved)) },
      never,
    )
    const noted = checkpointIn(saved).what.headers
    expect(Object.values(noted)).toContain(envelope?.wrappedDataKey)
    const found = recognise(readHeaders(Object.entries(noted)))
    if (found.kind !== 'encrypted') throw new Error('an envelope was noted')
    const opened = valueOf(await openersOf(testKey()).envelope(found.envelope, never))
    using dataKey = opened.dataKey
    for (const secret of [dataKey.bytes, opened.counter])
      for (const form of ['base64', 'hex', 'latin1'] as const)
        expect(JSON.stringify(saved.last())).not.toContain(Buffer.from(secret).toString(form))
  })

  test('parts that arrived and were not noted are summed here, and not sent again', async () => {
    const [plain, saved] = [plaintext(6 * PART), memorySaved()]
    const path = await file(plain)
    await stopAfter(4, path, saved)
    const noted = checkpointIn(saved)
    const forgot = withDone(noted, noted.pieces.done.slice(0, 1))
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
    const spoilt = withDone(
      noted,
      noted.pieces.done.map((part) => (part.number === 2 ? { ...part, crc64: '1' } : part)),
    )
    await k.up(path, {}, withSaved(memorySaved(spoilt)))
    await opens(plain)
  })
})

describe('begun anew, under another data key', () => {
  const changes: readonly (readonly [string, (path: string) => Promise<void>])[] = [
    ['it grew', (path) => appendFile(path, 'x')],
    [
      'it was rewritten in place with its old size and time',
      async (path) => {
        const { mtime, atime, size } = await stat(path)
        await writeFile(path, plaintext(size))
        await utimes(path, atime, mtime)
      },
    ],
    [
      'another file has its name',
      async (path) => {
        const { size, mtime, atime } = await stat(path)
        await writeFile(`${path}.2`, plaintext(size))
        utimesSync(`${path}.2`, atime, mtime)
        renameSync(`${path}.2`, path)
      },
    ],
    [
      'a copy of it has its name',
      async (path) => {
        await copyFile(path, `${path}.2`)
        await rename(`${path}.2`, path)
      },
    ],
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
      const [wrapped] = Object.entries(before.what.headers).find(([header]) =>
        header.endsWith('encryption-key'),
      ) ?? ['']
      expect(headers.get(wrapped)).not.toBe(before.what.headers[wrapped])
      expect((await uploads()).length).toBe(0)
    })
  }

  test('the sample tells what times and numbers do not', async () => {
    const saved = memorySaved()
    const path = await file(plaintext(5 * PART))
    await stopAfter(2, path, saved)
    const noted = checkpointIn(saved)
    if (noted.source?.kind !== 'file') throw new Error('an upload of this computer')
    const running = withSaved(
      memorySaved({ ...noted, source: { ...noted.source, sample: '0'.repeat(64) } }),
    )
    await k.up(path, {}, running)
    expect(running.steps).toContainEqual({ t: 'restarted', why: 'source-changed' })
  })

  test('the upload is gone', async () => {
    const [plain, saved] = [plaintext(5 * PART), memorySaved()]
    const path = await file(plain)
    await stopAfter(2, path, saved)
    await abortUpload(
      k.oss,
      { bucket: k.bucket, key: KEY, uploadId: uploadIdOf(checkpointIn(saved)) },
      never,
    )
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
    const headers = Object.fromEntries(
      [...(await k.head('other.bin')).headers].filter(([name]) => name in noted.what.headers),
    )
    const running = withSaved(
      memorySaved({
        ...noted,
        what: { ...noted.what, headers: { ...noted.what.headers, ...headers } },
      }),
    )
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
    expect(
      (
        await errorOf(
          k.up(
            path,
            { openers: noOpeners({ code: 'unknown-master-key', description: '{}' }) },
            withSaved(saved),
          ),
        )
      ).code,
    ).toBe('unknown-master-key')
    const stranger = testKey('work', generateKeyPairSync('rsa', { modulusLength: 2048 }))
    expect(
      (await errorOf(k.up(path, { openers: openersOf(stranger) }, withSaved(saved)))).code,
    ).toBe('wrong-master-key')
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
    expect((await errorOf(k.up(path, { masterKey: gone }, withSaved(saved)))).code).toBe(
      'not-found',
    )
    expect((await uploads()).length).toBe(0)
    expect((await errorOf(k.head(KEY))).code).toBe('not-found')
  })
})

test('an upload that was about to begin when the app ended is looked for by its envelope, and dropped', async () => {
  const [plain, saved] = [plaintext(5 * PART), memorySaved()]
  const path = await file(plain)
  await stopAfter(2, path, saved)
  const running = withSaved(memorySaved({ ...withDone(checkpointIn(saved), []), started: null }))
  await k.up(path, {}, running)
  await opens(plain)
  expect((await uploads()).length).toBe(0)
})
