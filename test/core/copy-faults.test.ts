import { describe, expect, test } from 'vitest'
import { openControl, type Control } from '../../electron/core/transfer/run/control.ts'
import type { Step } from '../../electron/core/transfer/run/transfer-state.ts'
import type { FaultAction, FaultMatch } from '../tools/oss-faults.ts'
import { ok, type AppError } from '../../shared/contract/errors.ts'
import { copyKit, type Where } from './copy-kit.ts'
import { errorOf } from './oss-practice.ts'
import { PART, plaintext } from './transfer-kit.ts'

const k = copyKit()
const SMALL = 2 * PART
const LARGE = 6 * PART + 7
const GET: FaultMatch = { method: 'GET', key: 'source' }
const PUT: FaultMatch = { method: 'PUT', key: 'target' }
const PARTS: FaultMatch = { ...PUT, query: 'uploadId' }
const COMPLETE: FaultMatch = { method: 'POST', key: 'target', query: 'uploadId' }
const HEAD: FaultMatch = { method: 'HEAD', key: 'target' }

/** OSS holds such an upload to its envelope and its parts, and tells whose it is. */
const P = 'x-oss-meta-client-side-encryption-'
const SEALED = {
  [`${P}key`]: 'a2V5',
  [`${P}start`]: 'c3RhcnQ=',
  [`${P}cek-alg`]: 'AES/CTR/NoPadding',
  [`${P}wrap-alg`]: 'custom',
  'x-oss-meta-a': '1',
}

type End = 'source' | 'target'
const at = (side: End, to: Where) =>
  side === 'source' || to !== 'elsewhere' ? k.practice.faults : k.other.practice.faults

/** A move of `size` bytes to `to`, with a fault at one of its ends. */
async function struck(
  to: Where,
  size: number,
  side: End,
  match: FaultMatch,
  fault: FaultAction,
  times = 1,
) {
  const body = plaintext(size)
  await k.put('here', 'source', body, SEALED)
  at(side, to).add({ match, do: fault, times })
  const move = () => k.copy(k.copyJob('here', to, { removeSource: true }))
  const over = async (): Promise<void> => {
    expect((await k.at(to, 'target'))?.bytes.equals(body)).toBe(true)
    expect(await k.at('here', 'source')).toBe(null)
    expect([at(side, to).left, await k.unfinished()]).toEqual([0, 0])
  }
  const untouched = async (): Promise<void> => {
    k.practice.faults.clear()
    k.other.practice.faults.clear()
    expect((await k.at('here', 'source'))?.bytes.equals(body)).toBe(true)
    expect(await k.at(to, 'target')).toBe(null)
    expect(await k.unfinished()).toBe(0)
  }
  return { body, move, over, untouched }
}

describe('what goes wrong on the way is done again', () => {
  test.each([
    [
      'the source breaks off, one request',
      'elsewhere',
      SMALL,
      'source',
      GET,
      { kind: 'reset-response', afterBytes: 70_000 },
    ],
    [
      'the source breaks off, parts',
      'elsewhere',
      LARGE,
      'source',
      { ...GET, nth: 2 },
      { kind: 'reset-response', afterBytes: 70_000 },
    ],
    ['the source ends early', 'elsewhere', LARGE, 'source', GET, { kind: 'truncate', bytes: 5 }],
    ['the source is busy', 'elsewhere', LARGE, 'source', GET, { kind: 'throttle', delayMs: 10 }],
    [
      'the target breaks off, one request',
      'elsewhere',
      SMALL,
      'target',
      PUT,
      { kind: 'reset-request', afterBytes: 70_000 },
    ],
    [
      'the target breaks off, parts',
      'elsewhere',
      LARGE,
      'target',
      { ...PARTS, nth: 3 },
      { kind: 'reset-request', afterBytes: 10 },
    ],
    [
      'the target is busy',
      'elsewhere',
      LARGE,
      'target',
      PARTS,
      { kind: 'status', status: 500, code: 'InternalError' },
    ],
    [
      'a bit is wrong when it comes, one request',
      'elsewhere',
      SMALL,
      'source',
      GET,
      { kind: 'flip-bit', offset: 3 },
    ],
    [
      'a wrong sum of a part',
      'elsewhere',
      LARGE,
      'target',
      { ...PARTS, nth: 2 },
      { kind: 'wrong-crc' },
    ],
    ['a wrong sum of one request', 'elsewhere', SMALL, 'target', PUT, { kind: 'wrong-crc' }],
    [
      'the answer is lost, one request',
      'elsewhere',
      SMALL,
      'target',
      PUT,
      { kind: 'lose-response' },
    ],
    [
      'the answer is lost, a part',
      'elsewhere',
      LARGE,
      'target',
      { ...PARTS, nth: 4 },
      { kind: 'lose-response' },
    ],
    [
      'the answer is lost, its beginning',
      'elsewhere',
      LARGE,
      'target',
      { method: 'POST', key: 'target', query: 'uploads' },
      { kind: 'lose-response' },
    ],
    [
      'the answer is lost, its end',
      'elsewhere',
      LARGE,
      'target',
      COMPLETE,
      { kind: 'lose-response' },
    ],
    ['the answer is lost, inside OSS', 'here', LARGE, 'target', PUT, { kind: 'lose-response' }],
    [
      'the answer is lost, the deletion',
      'here',
      LARGE,
      'source',
      { method: 'DELETE', key: 'source' },
      { kind: 'lose-response' },
    ],
  ] as const satisfies readonly (readonly [string, Where, number, End, FaultMatch, FaultAction])[])(
    '%s',
    async (_name, to, size, side, match, fault) => {
      const { move, over } = await struck(to, size, side, match, fault)
      expect(await move()).toMatchObject({ checksum: 'matches', skipped: false })
      await over()
    },
  )

  test('a part of which OSS has another sum is sent again, and no other', async () => {
    const { move, over } = await struck(
      'elsewhere',
      LARGE,
      'target',
      { ...PARTS, nth: 2 },
      { kind: 'wrong-crc' },
    )
    const before = k.other.practice.log.entries().length
    await move()
    const sent = k.other.practice.log
      .entries()
      .slice(before)
      .flatMap(({ method, query }) => (method === 'PUT' ? [Number(query.get('partNumber'))] : []))
    expect([sent.length, new Set(sent).size]).toEqual([8, 7])
    await over()
  })

  test.each([
    ['here', LARGE],
    ['elsewhere', SMALL],
  ] as const)('no answer at all, although it was done: to %s', async (to, size) => {
    const { move, over } = await struck(to, size, 'target', PUT, { kind: 'lose-response' }, 8)
    expect(await move()).toMatchObject({ checksum: 'matches' })
    at('target', to).clear()
    await over()
  })
})

describe('what cannot be proven is not kept, and the source stays', () => {
  const checksum: AppError = { code: 'checksum' }
  test.each([
    [
      'a bit is wrong when it comes, parts',
      'elsewhere',
      LARGE,
      'source',
      { ...GET, nth: 3 },
      { kind: 'flip-bit', offset: 3 },
      checksum,
    ],
    [
      'a wrong sum of the whole',
      'elsewhere',
      LARGE,
      'target',
      COMPLETE,
      { kind: 'wrong-crc' },
      checksum,
    ],
    [
      'a wrong sum when it is looked at, relayed',
      'elsewhere',
      LARGE,
      'target',
      { ...HEAD, nth: 2 },
      { kind: 'wrong-crc' },
      checksum,
    ],
    [
      'a wrong sum when it is looked at, inside OSS',
      'here',
      LARGE,
      'target',
      { ...HEAD, nth: 2 },
      { kind: 'wrong-crc' },
      checksum,
    ],
    [
      'OSS does not let us write',
      'elsewhere',
      LARGE,
      'target',
      PUT,
      { kind: 'status', status: 403, code: 'AccessDenied' },
      { code: 'access-denied', action: 'oss:PutObject' },
    ],
    [
      'OSS does not let us read',
      'elsewhere',
      LARGE,
      'source',
      GET,
      { kind: 'status', status: 403, code: 'AccessDenied' },
      { code: 'access-denied', action: 'oss:GetObject' },
    ],
    [
      'the upload is forgotten',
      'elsewhere',
      LARGE,
      'target',
      { ...PARTS, nth: 3 },
      { kind: 'forget-upload' },
      { code: 'oss', ossCode: 'NoSuchUpload' },
    ],
  ] as const satisfies readonly (readonly [
    string,
    Where,
    number,
    End,
    FaultMatch,
    FaultAction,
    Partial<AppError>,
  ])[])('%s', async (_name, to, size, side, match, fault, error) => {
    const { move, untouched } = await struck(to, size, side, match, fault)
    expect(await errorOf(move())).toMatchObject(error)
    await untouched()
  })

  test.each([
    ['lost', 'x-oss-meta-a', undefined],
    ['changed', `${P}key`, 'b3RoZXI='],
    ['made up', 'x-oss-meta-new', '1'],
    ['cut off', 'content-length', '7'],
  ] as const)('a header that is %s', async (_name, header, value) => {
    const { untouched } = await struck(
      'elsewhere',
      LARGE,
      'target',
      { method: 'PUT', key: 'never' },
      { kind: 'no-crc' },
    )
    const job = k.copyJob('here', 'elsewhere', { removeSource: true })
    // The answer of OSS about the target once it exists, with one header changed.
    const told = async (): ReturnType<typeof job.to.oss> => {
      const oss = k.other.oss
      return ok({
        ...oss,
        async call(request, signal) {
          const answer = await oss.call(request, signal)
          if (request.method !== 'HEAD') return answer
          const headers = new Map(answer.headers)
          if (value === undefined) headers.delete(header)
          else headers.set(header, value)
          return { ...answer, headers }
        },
      })
    }
    expect(await errorOf(k.copy({ ...job, to: { ...job.to, oss: told } }))).toEqual({
      code: 'copy-differs',
      key: 'target',
      what: header,
    })
    await untouched()
  })

  test('where OSS keeps no sum, what was written is read again before the source goes', async () => {
    const { move, over } = await struck('elsewhere', LARGE, 'target', COMPLETE, { kind: 'no-crc' })
    expect(await move()).toMatchObject({ checksum: 'matches' })
    expect(
      k.other.practice.log
        .entries()
        .filter(({ method, key }) => method === 'GET' && key === 'target').length,
    ).toBe(1)
    await over()
  })
  test('and what is wrong then is not kept', async () => {
    const { move, untouched } = await struck('elsewhere', LARGE, 'target', COMPLETE, {
      kind: 'no-crc',
    })
    k.other.practice.faults.add({
      match: { method: 'GET', key: 'target' },
      do: { kind: 'flip-bit', offset: 9 },
    })
    expect(await errorOf(move())).toEqual(checksum)
    await untouched()
  })
  test('a copy alone is not read again, and says so', async () => {
    await struck('elsewhere', LARGE, 'target', COMPLETE, { kind: 'no-crc' })
    expect(await k.copy(k.copyJob('here', 'elsewhere'))).toMatchObject({ checksum: 'absent' })
  })
  test.each([SMALL, LARGE])(
    'a source without a sum is summed on the way: %s bytes',
    async (size) => {
      k.practice.faults.add({ match: { method: 'PUT', key: 'source' }, do: { kind: 'no-crc' } })
      const { move, over } = await struck(
        'elsewhere',
        size,
        'source',
        { method: 'PUT', key: 'never' },
        { kind: 'no-crc' },
        1,
      )
      k.practice.faults.clear()
      expect((await k.head('source')).crc64).toBe(null)
      expect(await move()).toMatchObject({ checksum: 'matches' })
      await over()
    },
  )
})

test('another object that took the name between two attempts is not ours, and stays', async () => {
  const { body } = await struck('elsewhere', SMALL, 'target', PUT, {
    kind: 'reset-request',
    afterBytes: 10,
  })
  const other = Buffer.from('of somebody else')
  const job = k.copyJob('here', 'elsewhere', { removeSource: true })
  let attempts = 0
  // The first attempt is cut off. The other object comes before the second attempt.
  const oss = async (): ReturnType<typeof job.to.oss> =>
    ok({
      ...k.other.oss,
      async sign(request) {
        if (request.method === 'PUT' && ++attempts === 2) await k.put('elsewhere', 'target', other)
        return k.other.oss.sign(request)
      },
    })
  expect(await errorOf(k.copy({ ...job, to: { ...job.to, oss } }))).toEqual({
    code: 'object-exists',
    key: 'target',
  })
  expect(attempts).toBe(2)
  expect((await k.at('elsewhere', 'target'))?.bytes.equals(other)).toBe(true)
  expect((await k.at('here', 'source'))?.bytes.equals(body)).toBe(true)
})

describe('a source that changes', () => {
  test.each([
    ['before it is read', SMALL, 'planned'],
    ['between its parts', LARGE, 'part-done'],
  ] as const)('%s', async (_name, size, when) => {
    await k.put('here', 'source', plaintext(size))
    const newer = plaintext(size)
    let changed: Promise<unknown> | null = null
    const control = openControl()
    const running = k.running(control, ({ t }) => {
      if (t !== when || changed !== null) return
      control.pause()
      changed = k.put('here', 'source', newer).then(() => control.resume())
    })
    expect(
      await errorOf(k.copy(k.copyJob('here', 'elsewhere', { removeSource: true }), running)),
    ).toEqual({ code: 'object-changed', key: 'source' })
    await changed
    expect((await k.at('here', 'source'))?.bytes.equals(newer)).toBe(true)
    expect([await k.at('elsewhere', 'target'), await k.unfinished()]).toEqual([null, 0])
  })

  test('inside OSS', async () => {
    await k.put('here', 'source', plaintext(SMALL))
    const control = openControl()
    const running = k.running(control, ({ t }) => {
      if (t !== 'planned') return
      control.pause()
      void k.put('here', 'source', plaintext(5)).then(() => control.resume())
    })
    expect(
      await errorOf(k.copy(k.copyJob('here', 'here', { removeSource: true }), running)),
    ).toEqual({ code: 'object-changed', key: 'source' })
    expect(await k.at('here', 'target')).toBe(null)
  })

  for (const to of ['here', 'elsewhere'] as const) {
    test(`once the copy is made (${to}): both stay, and it is said`, async () => {
      const body = plaintext(LARGE)
      await k.put('here', 'source', body)
      const newer = Buffer.from('newer')
      const control = openControl()
      // Paused, nothing is deleted, however long it takes.
      const replace = async (): Promise<void> => {
        for (let i = 0; i < 10; i++) await k.head('source')
        await k.put('here', 'source', newer)
        control.resume()
      }
      const running = k.running(control, (step) => {
        if (step.t !== 'finishing' || control.isPaused()) return
        control.pause()
        void replace()
      })
      expect(await errorOf(k.copy(k.copyJob('here', to, { removeSource: true }), running))).toEqual(
        { code: 'source-kept', key: 'source', reason: 'changed', requestId: '' },
      )
      expect((await k.at('here', 'source'))?.bytes.equals(newer)).toBe(true)
      expect((await k.at(to, 'target'))?.bytes.equals(body)).toBe(true)
    })

    test(`a deletion that OSS refuses (${to}): both are there, it is said, and the next try only deletes`, async () => {
      const { move, body, over } = await struck(
        to,
        LARGE,
        'source',
        { method: 'DELETE', key: 'source' },
        { kind: 'status', status: 403, code: 'AccessDenied' },
      )
      expect(await errorOf(move())).toMatchObject({
        code: 'source-kept',
        key: 'source',
        reason: 'not-deleted',
        requestId: /./ as unknown,
      })
      expect((await k.at('here', 'source'))?.bytes.equals(body)).toBe(true)
      expect((await k.at(to, 'target'))?.bytes.equals(body)).toBe(true)
      expect(await move()).toMatchObject({ checksum: 'matches' })
      await over()
    })
  }
})

describe('the reins', () => {
  const after = (control: Control, act: () => void, wanted: Step['t'] = 'part-done', nth = 2) => {
    let seen = 0
    return k.running(control, ({ t }) => void (t === wanted && ++seen === nth && act()))
  }
  test('cancelled half-way, nothing is left and the source stays', async () => {
    const { untouched } = await struck(
      'elsewhere',
      LARGE,
      'source',
      { method: 'PUT', key: 'never' },
      { kind: 'no-crc' },
    )
    const control = openControl()
    const running = after(control, () => control.cancel())
    expect(
      await errorOf(k.copy(k.copyJob('here', 'elsewhere', { removeSource: true }), running)),
    ).toEqual({ code: 'cancelled' })
    await untouched()
  })
  test('cancelled between the copy and the deletion, both are whole', async () => {
    const body = plaintext(LARGE)
    await k.put('here', 'source', body)
    const control = openControl()
    expect(
      await errorOf(
        k.copy(
          k.copyJob('here', 'here', { removeSource: true }),
          after(control, () => control.cancel(), 'finishing', 1),
        ),
      ),
    ).toEqual({ code: 'cancelled' })
    for (const key of ['source', 'target'])
      expect((await k.at('here', key))?.bytes.equals(body)).toBe(true)
  })
  test('paused, it stands still; resumed, it goes on with what it has', async () => {
    const body = plaintext(LARGE)
    await k.put('here', 'source', body)
    const control = openControl()
    let done: Promise<unknown> = Promise.resolve()
    await new Promise<void>((resolve) => {
      const running = after(control, () => {
        control.pause()
        resolve()
      })
      done = k.copy(k.copyJob('here', 'elsewhere', { removeSource: true }), running)
    })
    expect(await k.unfinished()).toBe(1)
    control.resume()
    expect(await done).toMatchObject({ checksum: 'matches' })
    expect((await k.at('elsewhere', 'target'))?.bytes.equals(body)).toBe(true)
    const reads = k.practice.log
      .entries()
      .filter(({ method, key, status }) => method === 'GET' && key === 'source' && status === 206)
    expect(reads.length).toBeLessThanOrEqual(7 + 3)
  })
  test('clocks that are off are learnt on both sides', async () => {
    await k.put('here', 'source', plaintext(LARGE))
    k.skewMs = 40 * 60_000
    k.other.skewMs = -40 * 60_000
    expect(await k.copy(k.copyJob('here', 'elsewhere', { removeSource: true }))).toMatchObject({
      checksum: 'matches',
    })
  })
})
