import { randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { bareEtag } from '../../electron/core/oss/answers.ts'
import {
  abortUpload,
  complete,
  initiate,
  listParts,
  listUploads,
  partQuery,
  type Upload,
} from '../../electron/core/oss/multipart.ts'
import { getRange, headObject, putSmall } from '../../electron/core/oss/objects.ts'
import { bench, errorOf, never } from './oss-practice.ts'

const at = bench()
const PART = 100 * 1024

/** The envelope's headers, as far as the server looks at them. */
const envelope = (dataSize: number, partSize: number) => {
  const prefix = 'x-oss-meta-client-side-encryption-'
  return {
    [`${prefix}key`]: Buffer.alloc(256, 1).toString('base64'),
    [`${prefix}start`]: Buffer.alloc(256, 2).toString('base64'),
    [`${prefix}cek-alg`]: 'AES/CTR/NoPadding',
    [`${prefix}wrap-alg`]: 'RSA/NONE/PKCS1Padding',
    [`${prefix}data-size`]: String(dataSize),
    [`${prefix}part-size`]: String(partSize),
  }
}

const begin = async (key: string, headers: Record<string, string> = {}): Promise<Upload> => ({
  bucket: at.bucket,
  key,
  uploadId: await initiate(
    at.oss,
    { bucket: at.bucket, key, headers, forbidOverwrite: false },
    never,
  ),
})

/** Sends one part as the worker does: signed here, sent elsewhere. */
async function send(
  { bucket, key, uploadId }: Upload,
  number: number,
  body: Uint8Array,
): Promise<{ number: number; etag: string }> {
  const { headers } = await at.oss.call(
    {
      method: 'PUT',
      bucket,
      key,
      query: partQuery(uploadId, number),
      body,
      action: 'oss:PutObject',
    },
    never,
  )
  return { number, etag: bareEtag(headers.get('etag')) }
}

describe('multipart', () => {
  test('initiate, parts in any order, list, complete, and the whole is there', async () => {
    const bytes = randomBytes(2 * PART + 500)
    const upload = await begin('dir/大.bin', {
      ...envelope(bytes.length, PART),
      'content-type': 'application/x-test',
    })
    const parts = [
      await send(upload, 3, bytes.subarray(2 * PART)),
      await send(upload, 1, bytes.subarray(0, PART)),
      await send(upload, 2, bytes.subarray(PART, 2 * PART)),
    ]
    const held = await listParts(at.oss, upload, never)
    expect(held.parts.map((part) => [part.number, part.size])).toEqual([
      [1, PART],
      [2, PART],
      [3, 500],
    ])
    expect(held.parts.map((part) => part.etag)).toEqual(
      [1, 2, 3].map((n) => parts.find((part) => part.number === n)?.etag),
    )
    expect(held.envelope).toEqual({
      wrappedDataKey: Buffer.alloc(256, 1).toString('base64'),
      wrappedCounter: Buffer.alloc(256, 2).toString('base64'),
      contentAlgorithm: 'AES/CTR/NoPadding',
      wrapAlgorithm: 'RSA/NONE/PKCS1Padding',
      dataSize: bytes.length,
      partSize: PART,
    })
    const stored = await complete(
      at.oss,
      { ...upload, parts, forbidOverwrite: true, crc64: null },
      never,
    )
    const head = await headObject(at.oss, at.bucket, upload.key, never)
    expect(head).toMatchObject({ ...stored, size: bytes.length, contentType: 'application/x-test' })
    expect(stored.crc64).toMatch(/^\d+$/)
    const whole = await getRange(
      at.oss,
      { bucket: at.bucket, key: upload.key, offset: 0, length: null, ifMatch: stored.etag },
      never,
    )
    expect(Buffer.compare(await buffer(whole.body), bytes)).toBe(0)
    expect(await listUploads(at.oss, { bucket: at.bucket, prefix: '' }, never)).toEqual([])
  })

  test('an upload that is not encrypted has no envelope', async () => {
    const upload = await begin('plain')
    expect(await listParts(at.oss, upload, never)).toEqual({ parts: [], envelope: null })
  })

  test('begun uploads are found by prefix, and abort drops them', async () => {
    const odd = await begin("a b/你+&<>'.bin")
    await begin('a b/other')
    await begin('elsewhere')
    expect(
      (await listUploads(at.oss, { bucket: at.bucket, prefix: 'a b/' }, never))
        .map((one) => one.key)
        .sort(),
    ).toEqual(['a b/other', odd.key].sort())
    const found = (await listUploads(at.oss, { bucket: at.bucket, prefix: odd.key }, never))[0]
    expect(found).toMatchObject(odd)
    expect(Date.now() - Date.parse(found?.begun ?? '')).toBeLessThan(60_000)
    await send(odd, 1, randomBytes(10))
    await abortUpload(at.oss, odd, never)
    await abortUpload(at.oss, odd, never)
    expect(await errorOf(listParts(at.oss, odd, never))).toMatchObject({
      code: 'oss',
      status: 404,
      ossCode: 'NoSuchUpload',
    })
  })

  test('more than a page of parts, and of uploads', async () => {
    const upload = await begin('many')
    const numbers = Array.from({ length: 1100 }, (_, i) => i * 9 + 1)
    for (let i = 0; i < numbers.length; i += 50)
      await Promise.all(
        numbers.slice(i, i + 50).map((number) => send(upload, number, Buffer.from(String(number)))),
      )
    expect((await listParts(at.oss, upload, never)).parts.map((part) => part.number)).toEqual(
      numbers,
    )
    // Many uploads of one key, too: the page then ends inside that key.
    for (let i = 0; i < 1050; i += 50)
      await Promise.all(
        Array.from({ length: 50 }, (_, j) => begin(i < 500 ? 'same' : `u/${i + j}`)),
      )
    const uploads = await listUploads(at.oss, { bucket: at.bucket, prefix: '' }, never)
    expect(new Set(uploads.map((one) => one.uploadId)).size).toBe(1051)
  })

  test('a wrong part is named by OSS, and nothing is made', async () => {
    const upload = await begin('k')
    await send(upload, 1, randomBytes(10))
    expect(
      await errorOf(
        complete(
          at.oss,
          {
            ...upload,
            parts: [{ number: 1, etag: 'F'.repeat(32) }],
            forbidOverwrite: false,
            crc64: null,
          },
          never,
        ),
      ),
    ).toMatchObject({ code: 'oss', status: 400, ossCode: 'InvalidPart' })
    expect(await errorOf(headObject(at.oss, at.bucket, 'k', never))).toMatchObject({
      code: 'not-found',
    })
  })

  test('the name was taken meanwhile', async () => {
    const upload = await begin('k')
    const part = await send(upload, 1, randomBytes(10))
    await putSmall(
      at.oss,
      {
        bucket: at.bucket,
        key: 'k',
        headers: {},
        body: Buffer.from('theirs'),
        forbidOverwrite: false,
      },
      never,
    )
    expect(
      await errorOf(
        complete(at.oss, { ...upload, parts: [part], forbidOverwrite: true, crc64: '1' }, never),
      ),
    ).toEqual({ code: 'object-exists', key: 'k' })
    expect((await headObject(at.oss, at.bucket, 'k', never)).size).toBe(6)
  })
})

describe('answers that are lost', () => {
  const bytes = Buffer.from('the same bytes')
  const lose = (method: string, query?: string) =>
    at.practice.faults.add({
      match: { method, ...(query === undefined ? {} : { query }) },
      do: { kind: 'lose-response' },
    })

  test.each([true, false])(
    'complete: the object of this CRC-64 is ours (forbid overwrite: %s)',
    async (forbidOverwrite) => {
      const upload = await begin('k')
      const part = await send(upload, 1, bytes)
      const twin = await putSmall(
        at.oss,
        { bucket: at.bucket, key: 'twin', headers: {}, body: bytes, forbidOverwrite: false },
        never,
      )
      lose('POST', 'uploadId')
      const stored = await complete(
        at.oss,
        { ...upload, parts: [part], forbidOverwrite, crc64: twin.crc64 },
        never,
      )
      expect(stored.crc64).toBe(twin.crc64)
      expect(at.practice.faults.left).toBe(0)
    },
  )

  test('complete: an object of another CRC-64 is not, and without one nothing is believed', async () => {
    for (const crc64 of ['1', null]) {
      const upload = await begin('k')
      const part = await send(upload, 1, bytes)
      lose('POST', 'uploadId')
      expect(
        await errorOf(
          complete(at.oss, { ...upload, parts: [part], forbidOverwrite: false, crc64 }, never),
        ),
      ).toMatchObject({ code: 'oss', ossCode: 'NoSuchUpload' })
    }
  })

  test('put: the object of these bytes is ours, another one is not', async () => {
    const object = { bucket: at.bucket, key: 'k', headers: {}, body: bytes, forbidOverwrite: true }
    lose('PUT')
    expect((await putSmall(at.oss, object, never)).etag).toBe(
      (await headObject(at.oss, at.bucket, 'k', never)).etag,
    )
    expect(at.practice.faults.left).toBe(0)
    at.practice.faults.add({
      match: { method: 'PUT' },
      do: { kind: 'reset-request', afterBytes: 0 },
    })
    expect(
      await errorOf(putSmall(at.oss, { ...object, body: Buffer.from('others') }, never)),
    ).toEqual({ code: 'object-exists', key: 'k' })
  })

  test('delete and abort do it twice and do not mind', async () => {
    const upload = await begin('k')
    lose('DELETE')
    await abortUpload(at.oss, upload, never)
    expect(at.practice.faults.left).toBe(0)
  })
})
