import { createCipheriv } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { openPreviews } from '../../electron/core/app/previews/previews.ts'
import { newEnvelope } from '../../electron/core/keys/keyring.ts'
import { openReadable } from '../../electron/core/transfer/download/read-range.ts'
import { valueOf } from '../../shared/contract/errors.ts'
import type { Preview } from '../../shared/contract/models-previews.ts'
import type { Session } from '../../shared/contract/routes/routes.ts'
import { counterAt } from '../../shared/format/counter.ts'
import { serializeEnvelope } from '../../shared/format/envelope/envelope.ts'
import { putSmall } from '../../electron/core/oss/objects.ts'
import { errorOf, never } from './oss-practice.ts'
import { kit, openersOf, plaintext, testKey } from './transfer-kit.ts'
import { fakeKms, writeMessage } from './transfer-message-kit.ts'

const k = kit()
const kms = fakeKms()
const how = (message: boolean) => ({
  openers: openersOf(kms.key(), testKey()),
  message,
  repair: false,
})
const open = (key = 'o', message = false) =>
  openReadable(
    { oss: k.oss, pool: k.pool, traffic: () => ({}) },
    { bucket: k.bucket, key, versionId: null },
    how(message),
    never,
  )
const put = (headers: Readonly<Record<string, string>>, body: Uint8Array) =>
  putSmall(k.oss, { bucket: k.bucket, key: 'o', headers, body, forbidOverwrite: false }, never)

/** A client whose end a test decides. */
function client(): Session & { end(): void } {
  const listeners = new Set<() => void>()
  return {
    onEnd: (listener) => (listeners.add(listener), () => void listeners.delete(listener)),
    end: () => listeners.forEach((listener) => listener()),
  }
}

async function all(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const got: Uint8Array[] = []
  for await (const piece of pieces) got.push(piece)
  return Buffer.concat(got)
}

/** 3,000,001 bytes: several pieces, and an end inside of a block. */
const PLAIN = plaintext(3_000_001)

describe('each format is read by range and whole, and says what was checked', () => {
  const sealedAs = (format: 'v1' | 'v2' | 'v2-oaep') => async () => {
    const made = valueOf(await newEnvelope(testKey(), format, never))
    using dataKey = made.dataKey
    const cipher = createCipheriv('aes-256-ctr', dataKey.bytes, made.counter)
    await put(serializeEnvelope(made.envelope), cipher.update(PLAIN))
  }
  const written = (id: number, form: 'split' | 'message' | 'stream') => async () => {
    const { object, headers } = writeMessage(kms, id, form, PLAIN)
    await put(headers, object)
  }
  test.each<[string, () => Promise<unknown>, boolean, Preview['integrity'], Preview['integrity']]>([
    ['V1', sealedAs('v1'), false, 'checksum', 'none'],
    ['V2', sealedAs('v2'), false, 'checksum', 'none'],
    ['V2 with OAEP', sealedAs('v2-oaep'), false, 'checksum', 'none'],
    ['plain', () => put({}, PLAIN), false, 'checksum', 'none'],
    ['a GCM message in parts', written(2, 'split'), false, 'verified', 'parts'],
    ['a GCM message', written(2, 'message'), true, 'verified', 'parts'],
    ['a GCM stream', written(2, 'stream'), true, 'verified', 'parts'],
  ])('%s', async (name, store, message, whole, parts) => {
    await store()
    const previews = openPreviews()
    for (const [wholeUpTo, integrity] of [
      [10_000_000, whole],
      [0, parts],
    ] as const) {
      const preview = await previews.open(
        await open('o', message),
        'a.bin',
        wholeUpTo,
        undefined,
        never,
      )
      expect(preview).toMatchObject({ size: PLAIN.length, integrity, encrypted: name !== 'plain' })
      for (const [offset, length] of [
        [0, PLAIN.length],
        [0, 1],
        [1_048_575, 2],
        [2_999_990, 11],
        [17, 1_500_000],
      ] as const)
        expect(
          (await all(previews.read(preview.id, offset, length, never))).equals(
            PLAIN.subarray(offset, offset + length),
          ),
        ).toBe(true)
      previews.close(preview.id, undefined)
    }
    expect(await readdir(k.dir)).toEqual([])
  })
})

test('a changed GCM message is never shown: not whole, and no byte before its tag', async () => {
  const { object, headers } = writeMessage(kms, 2, 'split', plaintext(100_000))
  const wrong = Buffer.from(object)
  wrong[50_000] = (wrong[50_000] ?? 0) ^ 1
  await put(headers, wrong)
  const previews = openPreviews()
  expect(
    await errorOf(previews.open(await open('o', false), 'o', 10_000_000, undefined, never)),
  ).toMatchObject({ code: 'message-damaged' })
})

test('a preview ends with its client, and belongs to it alone', async () => {
  await put({}, plaintext(1000))
  const previews = openPreviews()
  const [mine, other] = [client(), client()]
  const { id } = await previews.open(await open(), 'o', 0, mine, never)
  expect(id).toMatch(/^[0-9a-f]{48}$/)
  const gone = { code: 'not-found', what: 'preview' }
  await expect(async () => previews.close(id, other)).rejects.toMatchObject({ error: gone })
  const reading = previews.read(id, 0, 1000, never)
  mine.end()
  expect(previews.find(id)).toBeNull()
  expect(await errorOf(all(reading))).toMatchObject(gone)
})

test('an object that is replaced while it is shown gives no byte of another, and says why', async () => {
  await put({}, plaintext(300_000))
  const previews = openPreviews()
  const { id } = await previews.open(await open(), 'o', 0, undefined, never)
  await put({}, plaintext(200_000))
  expect(await errorOf(all(previews.read(id, 0, 300_000, never)))).toMatchObject({
    code: 'object-changed',
  })
  expect(previews.problem(id, undefined)).toMatchObject({ code: 'object-changed' })
})

test('a reader that leaves ends its requests; more than 16 at once, and 64 previews, are refused', async () => {
  await put({}, PLAIN)
  const previews = openPreviews()
  const { id } = await previews.open(await open(), 'o', 0, undefined, never)
  const readers = Array.from({ length: 16 }, () => previews.read(id, 0, PLAIN.length, never))
  await Promise.all(readers.map((reader) => reader.next()))
  expect(await errorOf(all(previews.read(id, 0, 1, never)))).toMatchObject({ code: 'too-many' })
  await Promise.all(readers.map((reader) => reader.return(undefined)))
  expect((await all(previews.read(id, 0, 1, never))).length).toBe(1)
  for (let opened = 1; opened < 64; opened++)
    await previews.open(await open(), 'o', 0, undefined, never)
  expect(await errorOf(previews.open(await open(), 'o', 0, undefined, never))).toMatchObject({
    code: 'too-many',
    limit: 64,
  })
  previews.closeAll()
  expect(previews.find(id)).toBeNull()
})

describe('a video of 20 GiB', () => {
  const SIZE = 20 * 1024 ** 3 + 7
  /** Every 8 bytes of the plaintext are their own place. */
  const plainAt = (offset: number, length: number): Buffer => {
    const first = offset - (offset % 16)
    const bytes = Buffer.alloc(Math.ceil((length + 16) / 8) * 8)
    for (let at = 0; at < bytes.length; at += 8) bytes.writeBigUInt64BE(BigInt(first + at), at)
    return bytes.subarray(offset - first, offset - first + length)
  }
  let server: Server
  afterAll(() => new Promise((resolve) => server.close(resolve)))

  test('is read from any place on, by requests for nothing else', async () => {
    const made = valueOf(await newEnvelope(testKey(), 'v2', never))
    const { counter, envelope } = made
    const key = Buffer.from(made.dataKey.bytes)
    const asked: (readonly [number, number])[] = []
    server = createServer((request, response) => {
      const headers = { ...serializeEnvelope(envelope), etag: '"e"', 'accept-ranges': 'bytes' }
      if (request.method === 'HEAD')
        return void response.writeHead(200, { ...headers, 'content-length': SIZE }).end()
      const [, from, to] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '') ?? []
      const [offset, end] = [Number(from), Number(to) + 1]
      asked.push([offset, end - offset])
      const first = offset - (offset % 16)
      const cipher = createCipheriv('aes-256-ctr', key, counterAt(counter, first))
      const body = cipher.update(plainAt(first, end - first)).subarray(offset - first)
      response
        .writeHead(206, {
          ...headers,
          'content-length': body.length,
          'content-range': `bytes ${offset}-${end - 1}/${SIZE}`,
        })
        .end(body)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const object = await openReadable(
      { oss: k.connect({}, {}, { endpoint }), pool: k.pool, traffic: () => ({}) },
      { bucket: k.bucket, key: 'film.mp4', versionId: null },
      how(false),
      never,
    )
    const previews = openPreviews()
    const { id } = await previews.open(object, 'film.mp4', 10_000_000, undefined, never)
    for (const [offset, length] of [
      [0, 100],
      [SIZE - 7, 7],
      [2 ** 32 - 5, 64],
      [15 * 1024 ** 3 + 3, 300_000],
    ] as const) {
      asked.length = 0
      const bytes = await all(previews.read(id, offset, length, never))
      expect(bytes.equals(plainAt(offset, length))).toBe(true)
      expect(asked.reduce((sum, [, count]) => sum + count, 0)).toBe(length)
      expect(asked[0]?.[0]).toBe(offset)
    }
    previews.closeAll()
  })
})

test('nothing of a preview is written below the folder of the app', async () => {
  await put({}, plaintext(5_000_000))
  const previews = openPreviews()
  const before = await readdir(join(k.dir, '..'), { recursive: true })
  const { id } = await previews.open(await open(), 'o', 10_000_000, undefined, never)
  await all(previews.read(id, 0, 5_000_000, never))
  expect(await readdir(join(k.dir, '..'), { recursive: true })).toEqual(before)
})
