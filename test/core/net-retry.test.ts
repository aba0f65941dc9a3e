import { getEventListeners } from 'node:events'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { backoffMs, pause, withRetry } from '../../electron/core/net/retry.ts'
import { pieceOf } from '../../electron/core/net/content-range.ts'
import { networkFailure } from '../../electron/core/net/net-error.ts'
import { Failure, type AppError } from '../../shared/contract/errors.ts'

const never = new AbortController().signal
const reset: AppError = { code: 'unreachable', host: 'h', reason: 'ECONNRESET' }
const busy: AppError = {
  code: 'oss',
  status: 503,
  ossCode: 'ServiceUnavailable',
  ec: '',
  message: '',
  requestId: '',
  retryAfterMs: 700,
}
const denied: AppError = {
  code: 'access-denied',
  action: 'oss:GetObject',
  ossCode: 'AccessDenied',
  ec: '',
  requestId: '',
}

describe('backoffMs', () => {
  test.each([
    [1, 0, 0, 0],
    [1, 0, 0.999, 199],
    [2, 0, 0.5, 200],
    [3, 0, 0.5, 400],
    [8, 0, 0.5, 10_000],
    [1000, 0, 0.5, 10_000],
    [0, 0, 0.5, 100],
    [1, 700, 0, 700],
    [1, 700, 0.5, 800],
    [1, 3_600_000, 0, 60_000],
    [1, -5, 0, 0],
  ])('attempt %d, asked for %d ms, chance %d: %d ms', (attempt, retryAfterMs, random, expected) => {
    expect(backoffMs(attempt, retryAfterMs, random)).toBe(expected)
  })

  test('never shorter than asked, never longer than a minute and twenty seconds, always whole', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 0, max: 60_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempt, asked, random) => {
          const ms = backoffMs(attempt, asked, random)
          expect(ms).toBeGreaterThanOrEqual(asked)
          expect(ms).toBeLessThanOrEqual(80_000)
          expect(Number.isInteger(ms)).toBe(true)
        },
      ),
    )
  })
})

/** Runs a script of outcomes; answers with what happened. */
async function run(
  script: readonly (AppError | 'ok' | 'bug')[],
  attempts: number,
  progressAt: readonly number[] = [],
) {
  const waits: number[] = []
  let calls = 0
  const numbers: number[] = []
  const outcome = await withRetry(
    async (attempt, progressed) => {
      const step = script[calls++] ?? 'ok'
      numbers.push(attempt)
      if (progressAt.includes(calls)) progressed()
      if (step === 'bug') throw new TypeError('bug')
      if (step !== 'ok') throw new Failure(step)
      return 'done'
    },
    { signal: never, attempts, random: () => 0.5, wait: async (ms) => void waits.push(ms) },
  ).catch((cause: unknown) => (cause instanceof Failure ? cause.error.code : String(cause)))
  return { outcome, calls, waits, numbers }
}

describe('withRetry', () => {
  test.each([
    ['success at once', [], 3, [], { outcome: 'done', calls: 1, waits: [] }],
    [
      'success after two resets',
      [reset, reset],
      3,
      [],
      { outcome: 'done', calls: 3, waits: [100, 200] },
    ],
    [
      'as many failures as attempts',
      [reset, reset, reset],
      3,
      [],
      { outcome: 'unreachable', calls: 3, waits: [100, 200] },
    ],
    [
      'what the server asks for is waited',
      [busy],
      3,
      [],
      { outcome: 'done', calls: 2, waits: [800] },
    ],
    [
      'what will not change is not tried again',
      [denied],
      3,
      [],
      { outcome: 'access-denied', calls: 1, waits: [] },
    ],
    [
      'a bug is not tried again',
      ['bug'],
      3,
      [],
      { outcome: 'TypeError: bug', calls: 1, waits: [] },
    ],
    [
      'progress starts the count anew',
      [reset, reset, reset, reset, reset],
      3,
      [2, 4],
      { outcome: 'done', calls: 6, waits: [100, 100, 200, 100, 200] },
    ],
  ] as const)('%s', async (_, script, attempts, progressAt, expected) => {
    expect(await run(script, attempts, progressAt)).toMatchObject(expected)
  })

  test('a cancelled pause ends at once, without another attempt', async () => {
    const control = new AbortController()
    let calls = 0
    const work = withRetry(
      async () => {
        calls++
        throw new Failure({ ...busy, retryAfterMs: 60_000 } as AppError)
      },
      { signal: control.signal, attempts: 5, onRetry: () => setImmediate(() => control.abort()) },
    )
    await expect(work).rejects.toMatchObject({ error: { code: 'cancelled' } })
    expect(calls).toBe(1)
  })

  test('pause: an aborted signal beforehand, and no listener left afterwards', async () => {
    const control = new AbortController()
    control.abort()
    await expect(pause(60_000, control.signal)).rejects.toMatchObject({
      error: { code: 'cancelled' },
    })
    const other = new AbortController().signal
    await pause(1, other)
    expect(getEventListeners(other, 'abort')).toEqual([])
  })
})

describe('networkFailure', () => {
  const coded = (code: string) => Object.assign(new Error(code), { code })
  test.each([
    'ECONNREFUSED',
    'ENOTFOUND',
    'EAI_AGAIN',
    'ETIMEDOUT',
    'EPIPE',
    'CERT_HAS_EXPIRED',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'HPE_INVALID_CONSTANT',
  ])('%s is the network’s', (code) => {
    expect((networkFailure(coded(code), 'h') as Failure).error).toEqual({
      code: 'unreachable',
      host: 'h',
      reason: code,
    })
  })
  test.each(['ENOSPC', 'EIO', 'ERR_INVALID_ARG_TYPE', ''])(
    '%s is not, and stays as it is',
    (code) => {
      const cause = coded(code)
      expect(networkFailure(cause, 'h')).toBe(cause)
    },
  )
  test('an abort is a cancellation; a Failure stays', () => {
    expect(
      (
        networkFailure(
          Object.assign(new Error('x'), { name: 'AbortError', code: 'ABORT_ERR' }),
          'h',
        ) as Failure
      ).error,
    ).toEqual({ code: 'cancelled' })
    const own = new Failure(denied)
    expect(networkFailure(own, 'h')).toBe(own)
  })
})

describe('pieceOf', () => {
  const of = (status: number, range: string | null, length: string | null) =>
    pieceOf(
      status,
      new Map([
        ...(range === null ? [] : [['content-range', range] as const]),
        ...(length === null ? [] : [['content-length', length] as const]),
      ]),
    )
  test.each([
    [206, 'bytes 16-31/100', '16', { offset: 16, length: 16, total: 100 }],
    [206, 'bytes 0-0/1', null, { offset: 0, length: 1, total: 1 }],
    // The server ignored the range: everything, from the start.
    [200, null, '100', { offset: 0, length: 100, total: 100 }],
    [200, 'bytes 16-31/100', '100', { offset: 0, length: 100, total: 100 }],
    [200, null, '0', { offset: 0, length: 0, total: 0 }],
  ])('%d %s %s', (status, range, length, expected) => {
    expect(of(status, range, length)).toEqual(expected)
  })
  test.each([
    [206, null, '16'],
    [206, 'bytes 16-31/*', '16'],
    [206, 'bytes 31-16/100', '16'],
    [206, 'bytes 0-99/50', '100'],
    [206, 'bytes 16-31/100', '15'],
    [206, 'bytes 16-99999999999999999999/100', null],
    [200, null, null],
    [200, null, '1e3'],
  ])('refused: %d %s %s', (status, range, length) => {
    expect(() => of(status, range, length)).toThrow(Failure)
  })
})
