import type { Socket } from 'node:net'
import { inspect } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { KmsClient } from '../../electron/core/keys/kms/kms-client.ts'
import type { KmsFaultAction } from '../tools/kms-faults.ts'
import { Failure, ok, type AppError } from '../../shared/contract/errors.ts'
import { errorOf, kmsBench, never, scripted } from './kms-practice.ts'

const bench = kmsBench()
const kms = () => bench.practice.kms
const asked = () => kms().log.entries().length

describe('trying again', () => {
  test.each<[KmsFaultAction]>([
    [{ kind: 'throttle' }],
    [{ kind: 'throttle', code: 'Throttling' }],
    [{ kind: 'status', status: 500, code: 'InternalFailure' }],
    [{ kind: 'status', status: 503, code: 'ServiceUnavailableTemporary' }],
    [{ kind: 'status', status: 400, code: 'SignatureNonceUsed' }],
    [{ kind: 'reset-request' }],
    [{ kind: 'lose-response' }],
    [{ kind: 'html' }],
    [{ kind: 'cut', chars: 20 }],
  ])('after %j twice', async (fault) => {
    const client = bench.connect()
    const blob = await client.encrypt(kms().cmkId, 'aGVsbG8=', null, never)
    kms().log.clear()
    kms().faults.add({ match: { action: 'Decrypt' }, do: fault, times: 2 })
    expect((await client.decrypt(blob, null, never)).plaintext).toBe('aGVsbG8=')
    expect(asked()).toBe(3)
  })

  test.each<[KmsFaultAction, Partial<AppError> & { readonly code: string }]>([
    [{ kind: 'throttle' }, { code: 'kms', status: 429, kmsCode: 'Rejected.Throttling' }],
    [
      { kind: 'throttle', code: 'Throttling' },
      { code: 'kms', status: 400, kmsCode: 'Throttling' },
    ],
    [
      { kind: 'status', status: 503, code: 'ServiceUnavailableTemporary' },
      { code: 'kms', status: 503, kmsCode: 'ServiceUnavailableTemporary' },
    ],
    [{ kind: 'reset-request' }, { code: 'unreachable', host: 'HOST', reason: 'ECONNRESET' }],
    [{ kind: 'html' }, { code: 'kms', status: 0 }],
  ])('%j is told after the last attempt', async (fault, error) => {
    kms().faults.add({ match: {}, do: fault, times: Infinity })
    const expected = 'host' in error ? { ...error, host: new URL(kms().endpoint).host } : error
    expect(await errorOf(bench.connect().describeKey('k', never))).toMatchObject(expected)
    expect(asked()).toBe(3)
  })

  test('no attempt begins after the time is up', async () => {
    kms().faults.add({ match: {}, do: { kind: 'throttle' }, times: Infinity })
    expect(
      await errorOf(bench.connect({}, {}, { attempts: 1000, totalMs: 0 }).describeKey('k', never)),
    ).toMatchObject({ code: 'kms', status: 429 })
    expect(asked()).toBe(1)
  })

  test('a KMS that is down', async () => {
    const server = await scripted(() => {})
    await server[Symbol.asyncDispose]()
    expect(
      await errorOf(
        bench.connect({ endpoint: server.endpoint }, {}, { attempts: 2 }).listKeys(never),
      ),
    ).toEqual({ code: 'unreachable', host: new URL(server.endpoint).host, reason: 'ECONNREFUSED' })
  })

  test('no TLS where TLS is asked for', async () => {
    const endpoint = kms().endpoint.replace('http:', 'https:')
    expect(
      await errorOf(bench.connect({ endpoint }, {}, { attempts: 1 }).listKeys(never)),
    ).toMatchObject({
      code: 'unreachable',
      reason: expect.stringMatching(/SSL|TLS|EPROTO|ECONNRESET/) as unknown,
    })
    expect(asked()).toBe(0)
  })
})

describe('time', () => {
  test('silence ends an attempt', async () => {
    await using server = await scripted(() => {})
    expect(
      await errorOf(
        bench
          .connect({ endpoint: server.endpoint }, {}, { silenceMs: 100, attempts: 2 })
          .listKeys(never),
      ),
    ).toMatchObject({ code: 'unreachable', reason: 'ETIMEDOUT' })
    expect(server.urls).toHaveLength(2)
  })

  test('so does an answer that never ends', async () => {
    await using server = await scripted((request, response) => {
      const drip = setInterval(() => response.write(' '), 20)
      request.once('close', () => clearInterval(drip))
      response.once('close', () => clearInterval(drip))
    })
    expect(
      await errorOf(
        bench
          .connect({ endpoint: server.endpoint }, {}, { answerMs: 300, attempts: 1 })
          .listKeys(never),
      ),
    ).toMatchObject({ code: 'unreachable', reason: 'ETIMEDOUT' })
  })
})

describe('an answer without end', () => {
  /** How it comes: with the length that it says, or without one; what its first bytes are. */
  test.each([
    ['chunked', null, '{"Keys":"'],
    ['a length that is told', 10 ** 12, '{"Keys":"'],
    ['an error', null, '{"Code":"'],
    ['no JSON', null, '<'],
  ] as const)(
    'is cut off after some megabytes over all attempts: %s',
    async (_name, length, first) => {
      const sockets = new Set<Socket>()
      await using server = await scripted((request, response) => {
        sockets.add(request.socket)
        if (length === null)
          response.writeHead(first.includes('Code') ? 400 : 200, {
            'content-type': 'application/json',
          })
        else
          response.writeHead(200, { 'content-type': 'application/json', 'content-length': length })
        response.write(first)
        const more = Buffer.alloc(65_536, 'x')
        const flood = (): void => {
          while (!response.destroyed && response.write(more));
          if (!response.destroyed) response.once('drain', flood)
        }
        flood()
      })
      expect(
        (
          await errorOf(
            bench
              .connect({ endpoint: server.endpoint }, {}, { silenceMs: 20_000, answerMs: 20_000 })
              .listKeys(never),
          )
        ).code,
      ).toMatch(/^(kms|unreachable)$/)
      await Promise.all(
        [...sockets].map(
          (socket) =>
            new Promise((resolve) =>
              socket.destroyed ? resolve(null) : socket.once('close', resolve),
            ),
        ),
      )
      const sent = [...sockets].reduce((sum, { bytesWritten }) => sum + bytesWritten, 0)
      expect(sent).toBeGreaterThan(1024 ** 2)
      expect(sent).toBeLessThan(64 * 1024 ** 2)
    },
  )
})

describe('cancelling', () => {
  test('before, nothing is asked', async () => {
    expect(await errorOf(bench.connect().describeKey(kms().cmkId, AbortSignal.abort()))).toEqual({
      code: 'cancelled',
    })
    expect(asked()).toBe(0)
  })

  test.each<[string, KmsFaultAction, number]>([
    ['while KMS thinks', { kind: 'delay', ms: 1500 }, 1],
    ['between attempts', { kind: 'status', status: 503, code: 'ServiceUnavailableTemporary' }, 1],
  ])('%s, at once', async (_, fault, least) => {
    kms().faults.add({ match: {}, do: fault, times: Infinity })
    const control = new AbortController()
    const client = bench.connect(
      {},
      {},
      { attempts: 1000, silenceMs: 3_600_000, answerMs: 3_600_000 },
    )
    const work = errorOf(client.describeKey(kms().cmkId, control.signal))
    while (asked() < least) await sleep(5)
    await sleep(20)
    control.abort()
    // Without the cancellation, the work would go on for as long as the test may take.
    expect(await work).toEqual({ code: 'cancelled' })
    const before = asked()
    await sleep(300)
    const after = asked()
    // One request may have been on its way to the server.
    expect(after - before).toBeLessThanOrEqual(1)
    await sleep(300)
    expect(asked()).toBe(after)
  })

  test('while the credentials are waited for', async () => {
    const control = new AbortController()
    const work = errorOf(
      bench.connect({ credentials: () => new Promise(() => {}) }).listKeys(control.signal),
    )
    control.abort()
    expect(await work).toEqual({ code: 'cancelled' })
  })
})

describe('secrets stay inside', () => {
  const MARKS = {
    plaintext: 'TUFSS0VSLVBMQUlO',
    context: 'marker-context',
    token: 'marker-token',
    secret: 'marker-secret',
    blob: 'TUFSS0VSLUJMT0I=',
  }
  let written = ''
  const streams = [process.stdout, process.stderr].map((stream) => ({
    stream,
    write: stream.write,
  }))
  const strays: unknown[] = []
  const stray = (cause: unknown) => void strays.push(cause)

  beforeEach(() => {
    written = ''
    strays.length = 0
    process.on('unhandledRejection', stray)
    for (const { stream } of streams)
      stream.write = ((text: string | Uint8Array) => (
        (written += Buffer.from(text).toString()),
        true
      )) as typeof stream.write
  })
  afterEach(() => {
    for (const { stream, write } of streams) stream.write = write
    process.off('unhandledRejection', stray)
  })

  /**
   * Every call, with a mark in everything that is secret; the errors as a careless logger would
   * show them.
   */
  async function errorsOf(client: KmsClient): Promise<string> {
    const context = new Map([['mark', MARKS.context]])
    const work = [
      client.encrypt('k', MARKS.plaintext, context, never),
      client.decrypt(MARKS.blob, context, never),
      client.generateDataKey('k', 32, context, never),
      client.describeKey('k', never),
      client.listKeys(never),
    ]
    const settled = await Promise.allSettled(work)
    const causes = settled.flatMap((result) =>
      result.status === 'rejected' ? [result.reason as unknown] : [],
    )
    expect(causes).toHaveLength(work.length)
    for (const cause of causes) expect(cause).toBeInstanceOf(Failure)
    return causes
      .map((cause) =>
        [
          inspect(cause, { depth: 20, showHidden: true, maxStringLength: null }),
          JSON.stringify(cause),
          String((cause as Error).stack),
        ].join('\n'),
      )
      .join('\n')
  }

  function expectNothingOf(shown: string) {
    for (const mark of Object.values(MARKS)) {
      for (const form of [mark, encodeURIComponent(mark), Buffer.from(mark).toString('base64')]) {
        expect(shown).not.toContain(form)
        expect(written).not.toContain(form)
      }
    }
    expect(strays).toEqual([])
  }

  const FAULTS: readonly KmsFaultAction[] = [
    { kind: 'status', status: 400, code: 'Other', message: Object.values(MARKS).join(' ') },
    {
      kind: 'status',
      status: 500,
      code: Object.values(MARKS).join(' '),
      message: Object.values(MARKS).join(' '),
    },
    { kind: 'throttle' },
    { kind: 'delay', ms: 400 },
    { kind: 'reset-request' },
    { kind: 'lose-response' },
    { kind: 'cut', chars: 10 },
    { kind: 'html' },
    { kind: 'answer', with: { Plaintext: '', CiphertextBlob: '', Keys: '', KeyMetadata: '' } },
    { kind: 'skew', ms: 3_600_000 },
  ]

  test.each(FAULTS)('under $kind', async (fault) => {
    kms().faults.add({ match: {}, do: fault, times: Infinity })
    expectNothingOf(
      await errorsOf(
        bench.connect(
          {},
          { securityToken: MARKS.token },
          { attempts: 2, answerMs: 300, silenceMs: 200 },
        ),
      ),
    )
    // Late answers, too.
    await sleep(fault.kind === 'delay' ? 500 : 0)
    expectNothingOf('')
  })

  test('where the server quotes what it signed', async () => {
    expectNothingOf(
      await errorsOf(bench.connect({}, { accessKeySecret: MARKS.secret }, { attempts: 1 })),
    )
  })

  test('where nobody answers, or something else does', async () => {
    const gone = await scripted(() => {})
    await gone[Symbol.asyncDispose]()
    await using silent = await scripted(() => {})
    await using echo = await scripted((request, response) => response.end(request.url))
    await using broken = await scripted((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip'),
    )
    for (const { endpoint } of [gone, silent, echo, broken]) {
      expectNothingOf(
        await errorsOf(
          bench.connect(
            {
              endpoint,
              credentials: async () =>
                ok({
                  accessKeyId: 'id',
                  accessKeySecret: MARKS.secret,
                  securityToken: MARKS.token,
                }),
            },
            {},
            { attempts: 1, silenceMs: 150, answerMs: 300 },
          ),
        ),
      )
    }
  })
})
