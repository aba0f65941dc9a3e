import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openHttpClient, type HttpClient } from '../../electron/core/net/http-client.ts'
import { openOss, type Oss } from '../../electron/core/oss/client.ts'
import { initiate, listUploads } from '../../electron/core/oss/multipart.ts'
import { getRange, headObject, putSmall } from '../../electron/core/oss/objects.ts'
import { Failure, ok } from '../../shared/contract/errors.ts'
import { bench, errorOf, never } from '../core/oss-practice.ts'
import { openProxy, type FaultProxy } from './proxy.ts'
import { onCue, randomly, type Call, type Strike } from './schedule.ts'

const b = bench()
let wire: HttpClient
let proxy: FaultProxy
let oss: Oss
/** Bytes of bodies that the proxy heard, by name of the call. */
let heard: Map<string, number>
beforeAll(() => void (wire = openHttpClient()))
afterAll(() => wire.close())
beforeEach(async () => {
  heard = new Map()
  proxy = await openProxy(
    b.practice,
    undefined,
    ({ name }) =>
      (bytes) =>
        void heard.set(name, (heard.get(name) ?? 0) + bytes.length),
  )
  const { accessKeyId, accessKeySecret, region } = b.practice
  // One attempt: what a strike does is to be seen, and not how it is got over.
  oss = openOss(
    {
      endpoint: proxy.endpoint,
      region,
      credentials: async () => ok({ accessKeyId, accessKeySecret, securityToken: null }),
    },
    wire,
    { attempts: 1, idleMs: 1_000 },
  )
})
afterEach(() => proxy.close())

const BODY = randomBytes(300_000)
const put = (key = 'a b/ü.bin', forbidOverwrite = false, body: Uint8Array = BODY) =>
  putSmall(oss, { bucket: b.bucket, key, headers: {}, body, forbidOverwrite }, never)
const strike = (one: Strike, method?: string): void =>
  void (proxy.schedule = onCue({
    match: method === undefined ? {} : { method },
    do: one,
    times: 1,
  }))
const isThere = () =>
  headObject(b.oss, b.bucket, 'a b/ü.bin', never).then(
    () => true,
    () => false,
  )
async function read(): Promise<Buffer> {
  const { body } = await getRange(
    oss,
    { bucket: b.bucket, key: 'a b/ü.bin', offset: 0, length: null, ifMatch: null },
    never,
  )
  return Buffer.concat((await body.toArray()) as Buffer[])
}

test('without a schedule it is not there', async () => {
  await put()
  await put('second')
  expect((await read()).equals(BODY)).toBe(true)
  expect(await listUploads(oss, { bucket: b.bucket, prefix: '' }, never)).toEqual([])
  expect(proxy.calls.map(({ method, key, length, nth }) => [method, key, length, nth])).toEqual([
    ['PUT', 'a b/ü.bin', 300_000, 1],
    ['PUT', 'second', 300_000, 1],
    ['GET', 'a b/ü.bin', 0, 1],
    ['GET', '', 0, 1],
  ])
  expect([...heard.values()]).toEqual([300_000, 300_000])
})

describe('a PUT', () => {
  test.each<readonly [string, Strike, string, boolean]>([
    ['reset before its first byte', { kind: 'reset-request', at: 0 }, 'unreachable', false],
    ['reset within its head', { kind: 'reset-request', at: 40 }, 'unreachable', false],
    ['reset within its body', { kind: 'reset-request', at: 100_000 }, 'unreachable', false],
    [
      'left in silence within its body',
      { kind: 'half-open-request', at: 100_000, ms: 100 },
      'unreachable',
      false,
    ],
    [
      'whose answer is reset before its first byte',
      { kind: 'reset-answer', at: 0 },
      'unreachable',
      true,
    ],
    [
      'whose answer is reset within its head',
      { kind: 'reset-answer', at: 20 },
      'unreachable',
      true,
    ],
    [
      'whose answer is left in silence',
      { kind: 'half-open-answer', at: 20, ms: 100 },
      'unreachable',
      true,
    ],
    ['whose answer is lost', { kind: 'lost' }, 'unreachable', true],
    [
      'in a storm',
      { kind: 'status', status: 503, delayMs: 70 },
      'oss 503 ServiceUnavailable 70',
      false,
    ],
    [
      'of too many',
      { kind: 'status', status: 429, delayMs: 0 },
      'oss 429 TooManyRequests 0',
      false,
    ],
    ['and a bug', { kind: 'status', status: 500, delayMs: 0 }, 'oss 500 InternalError 0', false],
  ])('%s', async (_, one, error, done) => {
    strike(one)
    const found = await errorOf(put())
    expect([
      found.code === 'oss'
        ? `oss ${found.status} ${found.ossCode} ${found.retryAfterMs}`
        : found.code,
      await isThere(),
    ]).toEqual([error, done])
    await put()
    expect((await read()).equals(BODY)).toBe(true)
  })

  test('left in silence for long: the client gives up first', async () => {
    strike({ kind: 'half-open-answer', at: 10, ms: 60_000 })
    expect(await errorOf(put())).toMatchObject({ code: 'unreachable', reason: 'ETIMEDOUT' })
  })

  test.each<readonly [string, Strike]>([
    ['delayed', { kind: 'delay', ms: 50 }],
    ['done twice', { kind: 'twice', answer: 1 }],
    ['done twice, the second answer', { kind: 'twice', answer: 2 }],
  ])('%s is done', async (_, one) => {
    strike(one)
    await put()
    expect((await read()).equals(BODY)).toBe(true)
  })

  test('done twice is forbidden the second time', async () => {
    strike({ kind: 'twice', answer: 2 })
    expect(await errorOf(put('once', true))).toMatchObject({ code: 'object-exists' })
    strike({ kind: 'twice', answer: 1 })
    await put('twice', true)
    expect(
      b.practice.log
        .entries()
        .filter(({ key }) => key === 'twice')
        .map(({ status }) => status),
    ).toEqual([200, 409])
  })

  test('answered with another sum, another ETag', async () => {
    const right = await put()
    strike({ kind: 'wrong-crc' })
    expect((await put()).crc64).not.toBe(right.crc64)
    strike({ kind: 'wrong-etag' })
    const wrong = await put()
    expect([wrong.crc64, wrong.etag === right.etag, wrong.etag.length]).toEqual([
      right.crc64,
      false,
      32,
    ])
  })
})

test.each<readonly [string, Strike, readonly string[]]>([
  ['reset in its middle', { kind: 'reset-answer', at: 100_000 }, ['unreachable']],
  ['ends early', { kind: 'truncate', bytes: 100_000 }, ['unreachable']],
  ['falls silent', { kind: 'half-open-answer', at: 100_000, ms: 200 }, ['unreachable']],
])('an answer with a body that %s', async (_, one, codes) => {
  await put()
  strike(one, 'GET')
  expect(codes).toContain((await errorOf(read())).code)
})

test('a clock that is wrong, a date that is wrong', async () => {
  await put()
  strike({ kind: 'wrong-date', ms: 3_600_000 })
  expect(
    Date.parse((await headObject(oss, b.bucket, 'a b/ü.bin', never)).headers.get('date') ?? '') -
      Date.now(),
  ).toBeGreaterThan(3_590_000)
  // Learnt and tried again; the proxy strikes once, the server believes the other clock no more
  // than a quarter of an hour.
  strike({ kind: 'skew', ms: 60_000 })
  await headObject(oss, b.bucket, 'a b/ü.bin', never)
  expect(oss.clockOffsetMs()).toBeGreaterThan(50_000)
})

test('a server that forgets an upload', async () => {
  const uploadId = await initiate(
    oss,
    { bucket: b.bucket, key: 'x', headers: {}, forbidOverwrite: false },
    never,
  )
  proxy.schedule = onCue({ match: { query: 'uploadId' }, do: { kind: 'forget-upload' } })
  const part = oss.call(
    {
      method: 'PUT',
      bucket: b.bucket,
      key: 'x',
      query: { uploadId, partNumber: '1' },
      body: BODY.subarray(0, 10),
      action: 'oss:PutObject',
    },
    never,
  )
  expect(await errorOf(part)).toMatchObject({ code: 'oss', ossCode: 'NoSuchUpload' })
  expect(await listUploads(b.oss, { bucket: b.bucket, prefix: '' }, never)).toEqual([])
})

test('what breaks off is heard all the same', async () => {
  strike({ kind: 'reset-request', at: 100_000 })
  await put().catch((cause: unknown) => expect(cause).toBeInstanceOf(Failure))
  const [bytes = 0] = heard.values()
  expect(bytes).toBeGreaterThan(90_000)
})

test('every strike of a seed is the same again, in whatever order the requests come, and another for another seed', () => {
  const call = (name: string, nth: number): Call => ({
    method: 'PUT',
    bucket: 'b',
    key: 'k',
    query: new Map(),
    headers: new Map(),
    length: 1000,
    name,
    nth,
  })
  const calls = Array.from({ length: 300 }, (_, i) =>
    call(`PUT b/k part ${i % 100}`, Math.floor(i / 100) + 1),
  )
  const strikes = (seed: number, order: readonly Call[]) => {
    const schedule = randomly(seed, {
      oneIn: 2,
      most: 2,
      kinds: ['reset-request', 'lost', 'delay', 'status'],
    })
    return new Map(order.map((one) => [`${one.name} ${one.nth}`, schedule(one)]))
  }
  const first = strikes(7, calls)
  for (const [name, one] of strikes(7, [...calls].reverse()))
    expect([name, one]).toEqual([name, first.get(name)])
  expect([...strikes(8, calls).values()]).not.toEqual([...first.values()])
  const hit = calls.filter((one) => first.get(`${one.name} ${one.nth}`) !== null)
  expect(hit.length).toBeGreaterThan(60)
  expect(hit.every(({ nth }) => nth <= 2)).toBe(true)
})
