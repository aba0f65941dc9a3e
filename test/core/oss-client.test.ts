import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { listBuckets } from '../../electron/core/oss/buckets.ts'
import type { Oss } from '../../electron/core/oss/client.ts'
import { deleteObject } from '../../electron/core/oss/object-deletes.ts'
import { getRange, headObject, listObjects, putSmall } from '../../electron/core/oss/objects.ts'
import { fail } from '../../shared/contract/errors.ts'
import { bench, errorOf, never } from './oss-practice.ts'

const at = bench()
const body = Buffer.alloc(4000, 'x')
const MINUTE = 60_000

const put = (oss: Oss = at.oss, key = 'k') =>
  putSmall(oss, { bucket: at.bucket, key, headers: {}, body, forbidOverwrite: false }, never)
const list = (oss: Oss = at.oss, signal: AbortSignal = never) =>
  listObjects(
    oss,
    { bucket: at.bucket, prefix: '', delimiter: '/', cursor: null, max: 1000 },
    signal,
  )
const requests = () => at.practice.log.entries().length

describe('credentials', () => {
  test('a wrong secret, an unknown id, a token that is over, another account’s token', async () => {
    expect(await errorOf(list(at.connect({ accessKeySecret: 'wrong' })))).toMatchObject({
      code: 'bad-credentials',
      reason: 'wrong-secret',
    })
    expect(await errorOf(list(at.connect({ accessKeyId: 'LTAInobody' })))).toMatchObject({
      code: 'bad-credentials',
      reason: 'unknown-key-id',
    })
    const token = at.practice.issueToken({ expiresInMs: MINUTE })
    const temporary = at.connect(token)
    expect(await list(temporary)).toEqual({ rows: [], cursor: null })
    at.skewMs = 2 * MINUTE
    expect(await errorOf(list(temporary))).toMatchObject({
      code: 'bad-credentials',
      reason: 'expired',
    })
  })

  test('HEAD says it as well, although it has no body', async () => {
    expect(
      await errorOf(headObject(at.connect({ accessKeySecret: 'wrong' }), at.bucket, 'k', never)),
    ).toMatchObject({ code: 'bad-credentials', reason: 'wrong-secret' })
  })

  test('are asked for at every request, so a new token is used at once', async () => {
    let asked = 0
    const { accessKeyId, accessKeySecret } = at.practice
    const changing = at.connect(
      {},
      {},
      {
        credentials: async () => ({
          ok: true,
          value: {
            accessKeyId,
            accessKeySecret: asked++ === 0 ? 'old' : accessKeySecret,
            securityToken: null,
          },
        }),
      },
    )
    expect(await errorOf(list(changing))).toMatchObject({ code: 'bad-credentials' })
    await list(changing)
    await changing.sign({ method: 'GET', bucket: at.bucket, key: 'k' })
    expect(asked).toBe(3)
  })

  test('that cannot be had are the answer, and nothing is sent', async () => {
    expect(
      await errorOf(
        list(at.connect({}, {}, { credentials: async () => fail({ code: 'keychain-locked' }) })),
      ),
    ).toEqual({ code: 'keychain-locked' })
    expect(requests()).toBe(0)
  })

  test('are asked for once by all that sign at the same time, and anew by the next', async () => {
    const { accessKeyId, accessKeySecret } = at.practice
    let asked = 0
    const oss = at.connect(
      {},
      {},
      {
        credentials: async () => ({
          ok: true,
          value: { accessKeyId: `${accessKeyId}${asked++}`, accessKeySecret, securityToken: null },
        }),
      },
    )
    const sign = async () =>
      (await oss.sign({ method: 'GET', bucket: at.bucket, key: 'k' })).headers[
        'authorization'
      ]?.match(/Credential=([^/]+)/)?.[1]
    expect(new Set(await Promise.all(Array.from({ length: 20 }, sign)))).toEqual(
      new Set([`${accessKeyId}0`]),
    )
    expect(await sign()).toBe(`${accessKeyId}1`)
  })

  test('never stand in a signed request but as a signature', async () => {
    const token = at.practice.issueToken({ expiresInMs: MINUTE })
    const signed = await at
      .connect(token)
      .sign({ method: 'PUT', bucket: at.bucket, key: 'k', query: { uploads: '' } })
    expect(JSON.stringify(signed)).not.toContain(token.accessKeySecret)
    expect(signed.url).not.toContain(token.securityToken)
  })
})

describe('the clock', () => {
  test.each([20, -20, 60 * 24])(
    '%d minutes off is corrected by one more request, and only once',
    async (minutes) => {
      at.skewMs = minutes * MINUTE
      await list()
      expect(requests()).toBe(2)
      expect(Math.abs(at.oss.clockOffsetMs() - at.skewMs)).toBeLessThan(2000)
      await list()
      expect(requests()).toBe(3)
      // A HEAD error has no body, and presigned URLs use the same clock.
      const late = at.connect()
      expect(await errorOf(headObject(late, at.bucket, 'none', never))).toMatchObject({
        code: 'not-found',
      })
      expect(await late.presign({ method: 'GET', bucket: at.bucket, key: 'k' }, 60)).toContain(
        new Date(Date.now() + at.skewMs).toISOString().slice(0, 10).replaceAll('-', ''),
      )
    },
  )

  test('ten minutes off are no matter', async () => {
    at.skewMs = 10 * MINUTE
    await list()
    expect([requests(), at.oss.clockOffsetMs()]).toEqual([1, 0])
  })

  test.each([
    [-1, 60],
    [1, -60],
  ])('a clock that runs away cannot be corrected: %d hours a call', async (step, minutes) => {
    let calls = 0
    const start = Date.now()
    const oss = at.connect({}, { now: () => start + step * 60 * MINUTE * ++calls })
    const error = await errorOf(list(oss))
    expect(error.code).toBe('clock')
    // Positive: this computer is behind.
    if (error.code === 'clock') expect(Math.sign(error.minutes)).toBe(Math.sign(minutes))
    expect(requests()).toBe(3)
  })

  test('an answer that came through a worker thread teaches it too', async () => {
    const told = {
      status: 403,
      headers: new Map([['date', new Date(Date.now() + 30 * MINUTE).toUTCString()]]),
      text: '<Error><Code>RequestTimeTooSkewed</Code></Error>',
    }
    expect(
      at.oss.failure(told, { action: 'oss:PutObject', bucket: at.bucket, key: 'k' }),
    ).toMatchObject({ code: 'clock', minutes: 30 })
    expect(Math.round(at.oss.clockOffsetMs() / MINUTE)).toBe(30)
    // A proxy may drop the Date header; the error itself says the time too.
    const text = `<Error><Code>RequestTimeTooSkewed</Code><ServerTime>${new Date(Date.now() - 45 * MINUTE).toISOString()}</ServerTime></Error>`
    expect(
      at.oss.failure(
        { status: 403, headers: new Map(), text },
        { action: 'oss:PutObject', bucket: at.bucket, key: 'k' },
      ),
    ).toMatchObject({ code: 'clock', minutes: -45 })
    expect(Math.round(at.oss.clockOffsetMs() / MINUTE)).toBe(-45)
  })
})

describe('a poor server', () => {
  test('every third connection reset: nothing is lost, nothing is told', async () => {
    at.practice.faults.add({
      match: { every: 3 },
      do: { kind: 'reset-request', afterBytes: 0 },
      times: Number.POSITIVE_INFINITY,
    })
    for (let i = 0; i < 12; i++) await put(at.oss, `k${i}`)
    expect((await list()).rows.length).toBe(12)
    for (let i = 0; i < 12; i++) await deleteObject(at.oss, at.bucket, `k${i}`, never)
    expect((await list()).rows.length).toBe(0)
  })

  test.each(['reset-response', 'truncate'] as const)(
    'a listing that breaks off by %s is asked for again, never believed',
    async (kind) => {
      at.practice.fill(Array.from({ length: 300 }, (_, i) => `f${i}`))
      at.practice.faults.add({
        match: { query: 'list-type' },
        do: kind === 'truncate' ? { kind, bytes: 1000 } : { kind, afterBytes: 1000 },
        times: 2,
      })
      expect((await list()).rows.length).toBe(300)
      expect(requests()).toBe(3)
    },
  )

  test('throttled: as long as it asks, then again', async () => {
    at.practice.faults.add({ match: {}, do: { kind: 'throttle', delayMs: 300 } })
    const start = Date.now()
    await list()
    expect(Date.now() - start).toBeGreaterThanOrEqual(300)
    expect(requests()).toBe(2)
  })

  test('and when it goes on, its own words', async () => {
    at.practice.faults.add({
      match: {},
      do: {
        kind: 'status',
        status: 500,
        code: 'InternalError',
        ec: '0001-00000001',
        message: 'We are sorry.',
      },
      times: 10,
    })
    expect(await errorOf(list())).toMatchObject({
      code: 'oss',
      status: 500,
      ossCode: 'InternalError',
      ec: '0001-00000001',
      message: 'We are sorry.',
      requestId: expect.stringMatching(/./) as string,
    })
    expect(requests()).toBe(4)
  })

  test('what will not change is not asked twice', async () => {
    at.practice.faults.add({
      match: {},
      do: { kind: 'status', status: 403, code: 'AccessDenied', ec: '0003-00000001' },
      times: 10,
    })
    expect(await errorOf(list())).toMatchObject({
      code: 'access-denied',
      action: 'oss:ListObjects',
      ossCode: 'AccessDenied',
      ec: '0003-00000001',
    })
    expect(await errorOf(listBuckets(at.oss, never))).toMatchObject({
      code: 'access-denied',
      action: 'oss:ListBuckets',
    })
    expect(await errorOf(put())).toMatchObject({ code: 'access-denied', action: 'oss:PutObject' })
    expect(await errorOf(headObject(at.oss, at.bucket, 'k', never))).toMatchObject({
      code: 'access-denied',
      action: 'oss:GetObject',
    })
    expect(requests()).toBe(4)
  })

  test('a silent one is given up after the idle time, twice', async () => {
    at.practice.faults.add({ match: {}, do: { kind: 'delay', ms: 5000 }, times: 10 })
    expect(await errorOf(list(at.connect({}, { idleMs: 100 })))).toEqual({
      code: 'unreachable',
      host: '127.0.0.1',
      reason: 'ETIMEDOUT',
    })
    expect(requests()).toBe(2)
  })

  test('a range that breaks off fails in its reader’s hands', async () => {
    await put()
    at.practice.faults.add({
      match: { method: 'GET' },
      do: { kind: 'reset-response', afterBytes: 100 },
    })
    const piece = await getRange(
      at.oss,
      { bucket: at.bucket, key: 'k', offset: 0, length: null, ifMatch: null },
      never,
    )
    expect(await errorOf(buffer(piece.body))).toEqual({
      code: 'unreachable',
      host: '127.0.0.1',
      reason: 'ECONNRESET',
    })
  })

  test('cancelled while it is slow: at once, and without another try', async () => {
    at.practice.faults.add({ match: {}, do: { kind: 'delay', ms: 5000 }, times: 10 })
    const control = new AbortController()
    setTimeout(() => control.abort(), 50)
    // The answer that comes in the end would be a good one.
    expect(await errorOf(list(at.oss, control.signal))).toEqual({ code: 'cancelled' })
    expect(requests()).toBe(1)
  })
})

describe('something else answers', () => {
  const answering = async (
    status: number,
    type: string,
    text: string,
  ): Promise<readonly [Oss, Server]> => {
    const server = createServer((_, response) =>
      response.writeHead(status, { 'content-type': type, connection: 'close' }).end(text),
    )
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    return [
      at.connect(
        {},
        { attempts: 1 },
        { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
      ),
      server,
    ]
  }
  test.each([
    [
      200,
      'text/html',
      '<html><body>Please log in to the network</body></html>',
      { code: 'oss', status: 200, message: 'the answer is no ListBucketResult' },
    ],
    [
      200,
      'application/xml',
      '<ListBucketResult><Contents><Key>a</Key></Contents>',
      { code: 'oss', status: 200 },
    ],
    [
      200,
      'application/xml',
      '<Error><Code>InternalError</Code><RequestId>R</RequestId></Error>',
      { code: 'oss', status: 200, ossCode: 'InternalError', requestId: 'R' },
    ],
    [204, 'text/plain', '', { code: 'oss', status: 204 }],
    [302, 'text/html', 'elsewhere', { code: 'oss', status: 302, ossCode: '' }],
    [502, 'text/html', '<h1>Bad Gateway</h1>', { code: 'oss', status: 502, ossCode: '' }],
    [403, 'text/html', 'x'.repeat(200_000), { code: 'access-denied', ossCode: '' }],
  ])('%d %s %s', async (status, type, text, expected) => {
    const [oss, server] = await answering(status, type, text)
    expect(await errorOf(list(oss))).toMatchObject(expected)
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  })
})

test('names that no bucket or object can have are told without asking', async () => {
  expect(await errorOf(headObject(at.oss, 'Not/A.Bucket', 'k', never))).toEqual({
    code: 'not-found',
    what: 'bucket',
    name: 'Not/A.Bucket',
  })
  expect(await errorOf(headObject(at.oss, at.bucket, 'half \ud83d', never))).toEqual({
    code: 'not-found',
    what: 'object',
    name: 'half \ud83d',
  })
  expect(requests()).toBe(0)
})
