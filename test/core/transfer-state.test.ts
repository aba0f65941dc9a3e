import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { UploadJob } from '../../electron/core/transfer/run/jobs.ts'
import { waitsFor } from '../../electron/core/transfer/queue/waits-for.ts'
import {
  newState,
  next,
  snapshot,
  type Step,
  type TransferState,
} from '../../electron/core/transfer/run/transfer-state.ts'
import { fail, type AppError } from '../../shared/contract/errors.ts'

const no = async () => fail({ code: 'cancelled' })
const JOB: UploadJob = {
  kind: 'upload',
  name: 'a',
  target: 'bucket',
  profileId: 'p',
  keyName: null,
  oss: no,
  bucket: 'bucket',
  key: 'a',
  source: '/a',
  size: 100,
  masterKey: no,
  openers: { envelope: no, message: no },
  format: 'v2',
  seals: () => false,
  replace: false,
  multipartFrom: 1,
  partSize: 10,
  parallel: null,
}
const SHOWN = { kind: 'upload', bucket: JOB.bucket, key: JOB.key } as const
const after = (...steps: readonly (readonly [at: number, step: Step])[]): TransferState =>
  steps.reduce((state, [at, step]) => next(state, step, at), newState('t', JOB, SHOWN, 7, 0))
const started: Step = { t: 'started' }
const planned: Step = { t: 'planned', total: 1000, parts: 4, keyName: 'k' }
const moved = (part: number, bytes: number): Step => ({ t: 'moved', part, bytes })
const done = (part: number, bytes: number): Step => ({ t: 'part-done', part, bytes })

describe('what is shown', () => {
  test('before anything happened', () => {
    expect(snapshot(newState('t', JOB, SHOWN, 7, 0), 0)).toEqual({
      id: 't',
      kind: 'upload',
      phase: 'waiting',
      name: 'a',
      target: 'bucket',
      profileId: 'p',
      bucket: 'bucket',
      key: 'a',
      done: 0,
      total: 100,
      partsDone: 0,
      parts: 0,
      speed: null,
      secondsLeft: null,
      retries: 0,
      keyName: null,
      outcome: null,
      error: null,
      retryAt: null,
      restarted: null,
      files: null,
      batchId: null,
      changed: '1970-01-01T00:00:00.000Z',
      order: 7,
    })
  })

  test('bytes are those of finished parts and of present attempts; a failed attempt is taken back', () => {
    const state = after(
      [0, started],
      [0, planned],
      [100, moved(1, 100)],
      [200, moved(2, 50)],
      [300, done(1, 250)],
      [400, moved(2, 0)],
      [400, { t: 'retried' }],
    )
    expect(snapshot(state, 400)).toMatchObject({
      done: 250,
      partsDone: 1,
      parts: 4,
      retries: 1,
      keyName: 'k',
      total: 1000,
    })
  })

  test('speed is the mean of five seconds, and time left follows from it', () => {
    const steady = after(
      [0, started],
      [0, planned],
      ...Array.from({ length: 8 }, (_, i) => [(i + 1) * 1000, moved(1, (i + 1) * 100)] as const),
    )
    expect(snapshot(steady, 8000)).toMatchObject({ speed: 100, secondsLeft: 2, done: 800 })
  })

  test('a stall slows down and then has no speed at all', () => {
    const state = after([0, started], [0, planned], [1000, moved(1, 500)])
    expect(snapshot(state, 1000).speed).toBe(500)
    expect(snapshot(state, 4000).speed).toBe(125)
    expect(snapshot(state, 9000)).toMatchObject({ speed: null, secondsLeft: null })
  })

  test('pause: no speed, finished parts stay, attempts do not count', () => {
    const state = after(
      [0, started],
      [0, planned],
      [1000, done(1, 250)],
      [1000, moved(2, 100)],
      [2000, { t: 'paused' }],
    )
    expect(snapshot(state, 2000)).toMatchObject({
      phase: 'paused',
      done: 250,
      speed: null,
      secondsLeft: null,
    })
    const again = after(
      [0, started],
      [0, planned],
      [1000, done(1, 250)],
      [2000, { t: 'paused' }],
      [3000, { t: 'waiting' }],
      [4000, started],
      [5000, moved(2, 100)],
    )
    expect(snapshot(again, 5000)).toMatchObject({
      phase: 'running',
      done: 350,
      speed: 100,
      partsDone: 1,
    })
  })

  test('a retry starts from nothing; the end is whole', () => {
    const failed: Step = {
      t: 'failed',
      phase: 'failed',
      error: { code: 'checksum' },
      retryAt: null,
    }
    const again = after([0, started], [0, planned], [1, done(1, 250)], [2, failed])
    expect(snapshot(again, 2)).toMatchObject({ phase: 'failed', error: { code: 'checksum' } })
    expect(snapshot(next(again, { t: 'waiting' }, 3), 3)).toMatchObject({
      phase: 'waiting',
      done: 0,
      partsDone: 0,
      error: null,
    })
    const outcome = {
      encrypted: true,
      checksum: 'matches',
      tag: 'none',
      savedAs: null,
      skipped: false,
    } as const
    expect(
      snapshot(
        after([0, started], [0, planned], [5, { t: 'finishing' }], [9, { t: 'done', outcome }]),
        9,
      ),
    ).toMatchObject({ phase: 'done', done: 1000, partsDone: 4, outcome })
  })
})

test('less than half a byte a second is no speed, and no time is left by it', () => {
  const state = next(
    next(next(newState('t', JOB, SHOWN, 0, 0), started, 0), planned, 0),
    moved(1, 1),
    0,
  )
  expect(snapshot(state, 2001)).toMatchObject({ done: 1, speed: null, secondsLeft: null })
})

test('whatever happens, numbers stay in their bounds', () => {
  const step = fc.oneof<fc.Arbitrary<Step>[]>(
    fc.constant(started),
    fc.constant(planned),
    fc.constant<Step>({ t: 'paused' }),
    fc.constant<Step>({ t: 'waiting' }),
    fc.constant<Step>({ t: 'finishing' }),
    fc
      .tuple(fc.integer({ min: 1, max: 4 }), fc.nat(400))
      .map(([part, bytes]) => moved(part, bytes)),
    fc.integer({ min: 1, max: 4 }).map((part) => done(part, 250)),
  )
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(2000), step), { maxLength: 60 }),
      fc.nat(9000),
      (steps, later) => {
        let at = 0
        let state = newState('t', JOB, SHOWN, 0, 0)
        for (const [ms, what] of steps) state = next(state, what, (at += ms))
        const { done: bytes, total, speed, secondsLeft } = snapshot(state, at + later)
        expect(bytes).toBeGreaterThanOrEqual(0)
        expect(bytes).toBeLessThanOrEqual(total)
        expect(speed === null || speed > 0).toBe(true)
        expect(secondsLeft === null || Number.isSafeInteger(secondsLeft)).toBe(true)
        expect(state.readings.length).toBeLessThanOrEqual(24)
      },
    ),
  )
})

describe('what an error makes a transfer wait for', () => {
  const rows: readonly (readonly [ReturnType<typeof waitsFor>, AppError])[] = [
    ['needs-master-key', { code: 'unknown-master-key', description: '' }],
    ['needs-master-key', { code: 'wrong-master-key', tried: [] }],
    ['needs-master-key', { code: 'keychain-locked' }],
    ['needs-master-key', { code: 'passphrase-needed', exists: true }],
    ['needs-credentials', { code: 'bad-credentials', reason: 'expired', requestId: '' }],
    ['needs-network', { code: 'unreachable', host: 'h', reason: 'ECONNREFUSED' }],
    [
      'needs-network',
      {
        code: 'oss',
        status: 503,
        ossCode: '',
        ec: '',
        message: '',
        requestId: '',
        retryAfterMs: 0,
      },
    ],
    [
      'needs-network',
      {
        code: 'oss',
        status: 429,
        ossCode: '',
        ec: '',
        message: '',
        requestId: '',
        retryAfterMs: 0,
      },
    ],
    ['needs-user', { code: 'disk-full', path: '', needed: 0 }],
    ['needs-user', { code: 'object-exists', key: '' }],
    ['needs-user', { code: 'target-exists', path: '' }],
    ['failed', { code: 'unreachable', host: 'h', reason: 'CERT_HAS_EXPIRED' }],
    [
      'failed',
      {
        code: 'oss',
        status: 403,
        ossCode: '',
        ec: '',
        message: '',
        requestId: '',
        retryAfterMs: 0,
      },
    ],
    ['failed', { code: 'checksum' }],
    ['failed', { code: 'source-changed', path: '' }],
  ]
  for (const [phase, error] of rows)
    test(`${error.code} → ${phase}`, () => void expect(waitsFor(error)).toBe(phase))
})
