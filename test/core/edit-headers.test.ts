import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openHttpClient, type HttpClient } from '../../electron/core/net/http-client.ts'
import { openOss, type Oss } from '../../electron/core/oss/client.ts'
import { editHeaders } from '../../electron/core/transfer/copy/edit-headers.ts'
import { ok, Failure } from '../../shared/contract/errors.ts'
import type { Practice } from '../tools/practice.ts'
import { allInside, freshPractice, send } from '../practice/harness.ts'
import { PLACE, openAppKit } from './app-kit.ts'

/** Headers of stored objects are changed, and no object ever loses what opens it. */

const P = 'x-oss-meta-client-side-encryption-'
const ENVELOPE = {
  [`${P}key`]: 'a2V5',
  [`${P}start`]: 'c3RhcnQ=',
  [`${P}cek-alg`]: 'AES/CTR/NoPadding',
  [`${P}wrap-alg`]: 'RSA/NONE/PKCS1Padding',
  [`${P}matdesc`]: '{"a":"b"}',
}
const never = new AbortController().signal

let practice: Practice
let wire: HttpClient
let oss: Oss
beforeAll(async () => {
  practice = await freshPractice()
  wire = openHttpClient()
  const { endpoint, region, accessKeyId, accessKeySecret } = practice
  oss = openOss(
    {
      endpoint,
      region,
      credentials: async () => ok({ accessKeyId, accessKeySecret, securityToken: null }),
    },
    wire,
  )
})
afterAll(async () => {
  wire.close()
  await practice.close()
})

const KEY = 'folder/a b.bin'
const put = (headers: Record<string, string>, key = KEY) =>
  send(practice, {
    method: 'PUT',
    key,
    body: 'ciphertext',
    headers: {
      'content-type': 'text/a',
      'cache-control': 'no-store',
      'x-oss-meta-mine': '1',
      ...headers,
    },
  })
const head = async (key = KEY) => (await send(practice, { method: 'HEAD', key })).headers
const etagOf = async () => (await head())['etag']?.replaceAll('"', '') ?? ''
const spot = (through: Oss = oss) => ({ oss: through, bucket: practice.bucket, key: KEY })
const keys = async () => allInside((await send(practice, {})).text, 'Key')
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (cause: unknown) => (cause instanceof Failure ? cause.error.code : String(cause)),
  )

describe.each([
  ['encrypted', ENVELOPE],
  ['plain', {}],
] as const)('an object that is %s', (_name, envelope) => {
  test('gets the headers of the change, and keeps all else', async () => {
    await put({
      ...envelope,
      'x-oss-tagging': 'k=v',
      'x-oss-storage-class': 'IA',
      'x-oss-object-acl': 'public-read',
    })
    const before = await head()
    await editHeaders(
      spot(),
      await etagOf(),
      {
        'content-type': 'image/png',
        'cache-control': null,
        'x-oss-meta-mine': '2',
        'x-oss-meta-new': 'x',
      },
      never,
    )
    const now = await head()
    expect(now).toMatchObject({
      ...envelope,
      'content-type': 'image/png',
      'x-oss-meta-mine': '2',
      'x-oss-meta-new': 'x',
      'x-oss-storage-class': 'IA',
      'x-oss-tagging-count': '1',
      'x-oss-hash-crc64ecma': before['x-oss-hash-crc64ecma'],
    })
    expect(now['cache-control']).toBeUndefined()
    const acl = await send(practice, { key: KEY, query: { acl: null } })
    expect([acl.text.includes('<Grant>public-read</Grant>'), await keys()]).toEqual([true, [KEY]])
  })
  test('is left as it is when it was replaced meanwhile', async () => {
    await put(envelope)
    const old = await etagOf()
    await send(practice, { method: 'PUT', key: KEY, body: 'another', headers: envelope })
    expect(await codeOf(editHeaders(spot(), old, { 'content-type': 'x/y' }, never))).toBe(
      'object-changed',
    )
    expect([(await send(practice, { key: KEY })).text, await keys()]).toEqual(['another', [KEY]])
  })
})

/** A server that does `after` once it has made a copy whose name ends as told. */
function lossy(matches: (key: string) => boolean, after: (key: string) => Promise<unknown>): Oss {
  return {
    ...oss,
    async call(request, signal) {
      const answer = await oss.call(request, signal)
      if (
        request.method === 'PUT' &&
        request.headers?.['x-oss-copy-source'] !== undefined &&
        matches(request.key ?? '')
      )
        await after(request.key ?? '')
      return answer
    },
  }
}
const withoutEnvelope = (key: string) =>
  send(practice, {
    method: 'PUT',
    key,
    body: 'ciphertext',
    headers: { 'content-type': 'image/png' },
  })

test('a server that loses the envelope with new headers loses only the trial copy', async () => {
  await put(ENVELOPE)
  const before = await head()
  const server = lossy((key) => key !== KEY, withoutEnvelope)
  expect(
    await codeOf(editHeaders(spot(server), await etagOf(), { 'content-type': 'image/png' }, never)),
  ).toBe('copy-differs')
  const { date: _date, 'x-oss-request-id': _id, ...now } = await head()
  expect(before).toMatchObject(now)
  expect(await keys()).toEqual([KEY])
})

test('a server that loses it at the second copy leaves the first one, and says its name', async () => {
  await put(ENVELOPE)
  const server = lossy((key) => key === KEY, withoutEnvelope)
  const cause: unknown = await editHeaders(
    spot(server),
    await etagOf(),
    { 'content-type': 'image/png' },
    never,
  ).catch((failed: unknown) => failed)
  if (!(cause instanceof Failure) || cause.error.code !== 'headers-differ') throw cause
  expect(await head(cause.error.kept)).toMatchObject({ ...ENVELOPE, 'content-type': 'image/png' })
  await send(practice, { method: 'DELETE', key: cause.error.kept })
})

test('a refusal changes nothing and leaves nothing', async () => {
  await put(ENVELOPE)
  practice.faults.add({
    match: { method: 'PUT' },
    do: { kind: 'status', status: 400, code: 'InvalidEncryptionRequest', ec: '0005-00000421' },
  })
  expect(
    await codeOf(editHeaders(spot(), await etagOf(), { 'content-type': 'image/png' }, never)),
  ).toBe('oss')
  expect([(await head())['content-type'], await keys()]).toEqual(['text/a', [KEY]])
})

test.each([
  ['first', (key: string) => key !== KEY, 'text/a'],
  ['second', (key: string) => key === KEY, 'image/png'],
] as const)(
  'given up at the %s copy, it is done or not, and nothing is left beside it',
  async (_name, matches, type) => {
    await put(ENVELOPE)
    const stop = new AbortController()
    const server = lossy(matches, async () => stop.abort())
    await editHeaders(
      spot(server),
      await etagOf(),
      { 'content-type': 'image/png' },
      stop.signal,
    ).catch(() => undefined)
    expect(await head()).toMatchObject({ ...ENVELOPE, 'content-type': type })
    expect(await keys()).toEqual([KEY])
  },
)

test('more metadata than OSS takes changes nothing, and is told with its size', async () => {
  await put(ENVELOPE)
  const change = Object.fromEntries(
    ['a', 'b', 'c', 'd', 'e'].map((name) => [`x-oss-meta-${name}`, 'x'.repeat(2048)]),
  )
  const cause: unknown = await editHeaders(spot(), await etagOf(), change, never).catch(
    (failed: unknown) => failed,
  )
  if (!(cause instanceof Failure) || cause.error.code !== 'metadata-too-large') throw cause
  expect(cause.error.size).toBeGreaterThan(5 * 2048)
  expect([
    cause.error.key,
    cause.error.limit,
    (await head())['x-oss-meta-a'],
    await keys(),
  ]).toEqual([KEY, 8192, undefined, [KEY]])
})

describe('through the door', () => {
  const kit = openAppKit()
  test.each([
    `${P}key`,
    'x-oss-meta-oss-crypto-key',
    'x-oss-meta-oss-wrap-alg',
    'x-oss-meta-header',
    'x-oss-meta-x-oss-meta-iv',
    'etag',
    'x-oss-storage-class',
    'Content-Type',
  ])('%s cannot be changed', async (name) => {
    const answer = await kit.f.bridge.call('objects.editHeaders', {
      ...PLACE,
      key: 'k',
      etag: 'e',
      change: { [name]: 'x' },
    })
    expect(answer).toMatchObject({ ok: false, error: { code: 'bad-request' } })
  })
  test.each(['', ' a', 'a\r\nb: c', 'ü'])('the value %j is refused', async (value) => {
    const answer = await kit.f.bridge.call('objects.editHeaders', {
      ...PLACE,
      key: 'k',
      etag: 'e',
      change: { 'content-type': value },
    })
    expect(answer).toMatchObject({ ok: false, error: { code: 'bad-request' } })
  })
})
