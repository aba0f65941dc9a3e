import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { Faults } from '../tools/oss-faults.ts'
import type { Practice } from '../tools/practice.ts'
import { freshPractice, inside, send, type Given } from './harness.ts'

let practice: Practice
beforeAll(async () => void (practice = await freshPractice()))
afterEach(() => practice.reset())
afterAll(() => practice.close())

const body = Buffer.alloc(1024 * 1024, 'abcdefghijklmnop')
const put = (key = 'f', more: Given = {}) => send(practice, { method: 'PUT', key, body, ...more })
const get = (key = 'f', headers: Given['headers'] = {}) => send(practice, { key, headers })
/** The error of a broken connection. */
const broken = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (cause: NodeJS.ErrnoException) => cause.code,
  )
const CUT = /ECONNRESET|EPIPE|HPE_INVALID_EOF_STATE/

describe('which requests are struck', () => {
  const strike = (
    faults: Faults,
    more: Partial<{
      method: string
      bucket: string
      key: string
      query: ReadonlyMap<string, string>
    }> = {},
  ) =>
    faults.strike({
      method: 'PUT',
      bucket: 'b',
      key: 'k',
      query: new Map([['partNumber', '2']]),
      ...more,
    }).length
  const delay = { kind: 'delay', ms: 0 } as const
  test.each([
    [{}, true],
    [{ method: 'PUT' }, true],
    [{ method: 'GET' }, false],
    [{ key: 'k' }, true],
    [{ key: 'x' }, false],
    [{ key: /^k/ }, true],
    [{ key: /^x/ }, false],
    [{ bucket: 'b' }, true],
    [{ bucket: 'c' }, false],
    [{ query: 'partNumber' }, true],
    [{ query: 'partNumber=2' }, true],
    [{ query: 'partNumber=3' }, false],
    [{ query: 'uploads' }, false],
  ])('%j: %s', (match, struck) => {
    const faults = new Faults()
    faults.add({ match, do: delay })
    expect(strike(faults)).toBe(struck ? 1 : 0)
  })
  test('once, a number of times, the n-th, every third', () => {
    const tried = (match: object, times?: number) => {
      const faults = new Faults()
      faults.add({ match, do: delay, ...(times !== undefined && { times }) })
      return Array.from({ length: 7 }, () => strike(faults)).join('')
    }
    expect([
      tried({}),
      tried({}, 3),
      tried({ nth: 2 }),
      tried({ every: 3 }, 9),
      tried({ every: 3 }),
      tried({}, Number.POSITIVE_INFINITY),
    ]).toEqual(['1000000', '1110000', '0100000', '0010010', '0010000', '1111111'])
  })
  test('none after clear', () => {
    const faults = new Faults()
    faults.add({ match: {}, do: delay, times: 5 })
    expect(faults.left).toBe(5)
    faults.clear()
    expect([faults.left, strike(faults)]).toEqual([0, 0])
  })
})

describe('what goes wrong', () => {
  test('an answer in place of the real one', async () => {
    practice.faults.add({
      match: { method: 'PUT' },
      do: { kind: 'status', status: 500, code: 'InternalError', ec: '0000-1' },
    })
    const got = await put()
    expect([got.status, got.code, got.ec, await practice.bytes()]).toEqual([
      500,
      'InternalError',
      '0000-1',
      0,
    ])
    expect((await put()).status).toBe(200)
  })
  test('throttling says how long to wait', async () => {
    practice.faults.add({ match: {}, do: { kind: 'throttle', delayMs: 250 } })
    const got = await put()
    expect([got.status, got.headers['x-oss-qos-delay-time']]).toEqual([503, '250'])
  })
  test('a delay', async () => {
    practice.faults.add({ match: {}, do: { kind: 'delay', ms: 120 } })
    const started = performance.now()
    expect((await put()).status).toBe(200)
    expect(performance.now() - started).toBeGreaterThanOrEqual(119)
  })
  test.each([[0], [1], [300_000]])(
    'a reset after %d bytes of the request leaves nothing',
    async (afterBytes) => {
      practice.faults.add({ match: {}, do: { kind: 'reset-request', afterBytes } })
      expect(await broken(put())).toMatch(CUT)
      expect([await practice.bytes(), (await get()).status]).toEqual([0, 404])
    },
  )
  test.each([[0], [1], [300_000]])('a reset after %d bytes of the answer', async (afterBytes) => {
    await put()
    practice.faults.add({ match: { method: 'GET' }, do: { kind: 'reset-response', afterBytes } })
    expect(await broken(get())).toMatch(CUT)
    expect(practice.log.entries().at(-1)?.responseBytes).toBe(afterBytes)
    expect((await get()).body.equals(body)).toBe(true)
  })
  test('a body that ends too early, in good order', async () => {
    await put()
    practice.faults.add({ match: { method: 'GET' }, do: { kind: 'truncate', bytes: 1000 } })
    expect(await broken(get())).toMatch(CUT)
  })
  test('a truncated listing', async () => {
    practice.faults.add({ match: { method: 'GET' }, do: { kind: 'truncate', bytes: 10 } })
    expect(await broken(send(practice, {}))).toMatch(CUT)
  })
  test('one wrong bit', async () => {
    await put()
    practice.faults.add({ match: { method: 'GET' }, do: { kind: 'flip-bit', offset: 500_000 } })
    const got = await get()
    expect(got.body.findIndex((byte, i) => byte !== body[i])).toBe(500_000)
    expect(Buffer.compare(got.body.subarray(500_001), body.subarray(500_001))).toBe(0)
  })
  test('a wrong checksum in the answer, the right one stored', async () => {
    practice.faults.add({ match: { method: 'PUT' }, do: { kind: 'wrong-crc' } })
    const [wrong, right] = [await put(), await get()].map(
      ({ headers }) => headers['x-oss-hash-crc64ecma'],
    )
    expect(wrong).toMatch(/^\d+$/)
    expect(wrong).not.toBe(right)
  })
  test('a clock that is wrong, and says so in Date', async () => {
    practice.faults.add({ match: {}, do: { kind: 'skew', ms: 20 * 60_000 } })
    const got = await get()
    expect(got.code).toBe('RequestTimeTooSkewed')
    expect(Math.round((Date.parse(got.headers['date'] ?? '') - Date.now()) / 60_000)).toBe(20)
  })
  test('an upload that is forgotten', async () => {
    const uploadId =
      inside(
        (await send(practice, { method: 'POST', key: 'f', query: { uploads: null } })).text,
        'UploadId',
      ) ?? ''
    practice.faults.add({ match: { query: 'partNumber=2' }, do: { kind: 'forget-upload' } })
    const part = (number: string) => put('f', { query: { partNumber: number, uploadId } })
    expect([(await part('1')).status, (await part('2')).code, (await part('1')).code]).toEqual([
      200,
      'NoSuchUpload',
      'NoSuchUpload',
    ])
  })
  test('an answer that is lost although the work was done', async () => {
    practice.faults.add({ match: { method: 'PUT' }, do: { kind: 'lose-response' } })
    expect(await broken(put())).toMatch(CUT)
    expect((await get()).body.equals(body)).toBe(true)
  })
  test('every third request is reset', async () => {
    practice.faults.add({
      match: { every: 3 },
      do: { kind: 'reset-request', afterBytes: 0 },
      times: Number.POSITIVE_INFINITY,
    })
    const outcomes = []
    for (let i = 0; i < 6; i++) outcomes.push(await broken(put()))
    expect(outcomes.map((outcome) => outcome === 'done')).toEqual([
      true,
      true,
      false,
      true,
      true,
      false,
    ])
  })
})

test('the log shows what was asked, without secrets', async () => {
  await put('a/b', { headers: { 'x-oss-meta-a': 'b' } })
  await send(practice, {
    key: 'nope',
    query: { 'response-content-type': 'x' },
    credentials: practice.issueToken({ expiresInMs: 1000 }),
  })
  const [first, second] = practice.log.entries()
  expect(first).toMatchObject({
    method: 'PUT',
    bucket: 'practice-bucket',
    key: 'a/b',
    requestBytes: body.length,
    status: 200,
    code: '',
  })
  expect(first?.headers.get('x-oss-meta-a')).toBe('b')
  expect(second).toMatchObject({ method: 'GET', key: 'nope', status: 404, code: 'NoSuchKey' })
  expect([...(second?.query ?? [])]).toEqual([['response-content-type', 'x']])
  expect(second?.headers.has('authorization') || second?.headers.has('x-oss-security-token')).toBe(
    false,
  )
  practice.log.clear()
  expect(practice.log.entries()).toEqual([])
})
