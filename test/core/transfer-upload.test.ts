import { appendFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { putSmall } from '../../electron/core/oss/objects.ts'
import { DataKey } from '../../electron/core/cipher/data-key.ts'
import { openControl } from '../../electron/core/transfer/run/control.ts'
import type { FaultAction, FaultMatch } from '../tools/oss-faults.ts'
import { fail } from '../../shared/contract/errors.ts'
import { errorOf, never } from './oss-practice.ts'
import { kit, leaks, openIndependently, PART, plaintext } from './transfer-kit.ts'

const k = kit()
const META = 'x-oss-meta-client-side-encryption-'

const file = async (bytes: Buffer, name = 'source.bin'): Promise<string> => {
  const path = join(k.dir, name)
  await writeFile(path, bytes)
  return path
}
const opens = async (key: string, plain: Buffer): Promise<void> => {
  const [head, stored] = [await k.head(key), await k.stored(key)]
  expect(openIndependently(head, stored).equals(plain)).toBe(true)
  expect(leaks(plain, stored)).toBe(false)
}

describe('what is stored opens with the published format alone', () => {
  const THREE = 3 * PART
  for (const size of [
    0,
    1,
    15,
    16,
    17,
    PART - 1,
    PART,
    PART + 1,
    THREE - 1,
    THREE,
    THREE + 1,
    4 * PART - 16,
    4 * PART,
    4 * PART + 1,
    11 * PART + 7,
  ]) {
    test(`${size} bytes`, async () => {
      const plain = plaintext(size)
      const running = k.running()
      const outcome = await k.up(await file(plain), {}, running)
      expect(outcome).toEqual({
        encrypted: true,
        checksum: 'matches',
        tag: 'none',
        savedAs: null,
        skipped: false,
      })
      await opens('source.bin', plain)
      const { headers } = await k.head('source.bin')
      const inParts = size >= THREE
      expect(headers.get(`${META}data-size`)).toBe(inParts ? String(size) : undefined)
      expect(headers.get(`${META}part-size`)).toBe(inParts ? String(PART) : undefined)
      expect(headers.get(`${META}unencrypted-content-md5`)).toBe(undefined)
      expect(headers.get('content-type')).toBe('application/octet-stream')
      const parts = inParts ? Math.ceil(size / PART) : 1
      expect(running.steps.filter(({ t }) => t === 'part-done').length).toBe(parts)
      expect(running.steps.find(({ t }) => t === 'planned')).toEqual({
        t: 'planned',
        total: size,
        parts,
        keyName: 'work',
      })
      expect(await k.uploadsLeft()).toBe(0)
    })
  }

  test('the content type follows the name', async () => {
    await k.up(await file(plaintext(10), 'report.PDF'))
    expect((await k.head('report.PDF')).contentType).toBe('application/pdf')
  })

  test('the marker of an empty folder is plain, and never replaces what has its name', async () => {
    expect(await k.up(null)).toEqual({
      encrypted: false,
      checksum: 'absent',
      tag: 'none',
      savedAs: null,
      skipped: false,
    })
    expect((await k.head('folder/')).size).toBe(0)
    await putSmall(
      k.oss,
      {
        bucket: k.bucket,
        key: 'kept/',
        headers: {},
        body: Buffer.from('data'),
        forbidOverwrite: false,
      },
      never,
    )
    expect((await k.up(null, { key: 'kept/', replace: true })).skipped).toBe(true)
    expect((await k.stored('kept/')).toString()).toBe('data')
  })

  test('no two uploads share a data key, a counter or a wrapped text, of the same file least of all', async () => {
    const path = await file(plaintext(64))
    const seen = new Set<string>()
    for (let i = 0; i < 12; i++) {
      await k.up(path, { key: `copy-${i}` })
      const { headers } = await k.head(`copy-${i}`)
      seen
        .add(headers.get(`${META}key`) ?? '')
        .add(headers.get(`${META}start`) ?? '')
        .add((await k.stored(`copy-${i}`)).toString('hex'))
    }
    expect(seen.size).toBe(36)
  })
})

describe('nothing is replaced unless it was said', () => {
  for (const size of [100, 4 * PART]) {
    test(`${size} bytes onto an object`, async () => {
      await putSmall(
        k.oss,
        {
          bucket: k.bucket,
          key: 'source.bin',
          headers: {},
          body: Buffer.from('theirs'),
          forbidOverwrite: false,
        },
        never,
      )
      const plain = plaintext(size)
      const path = await file(plain)
      expect(await errorOf(k.up(path))).toEqual({ code: 'object-exists', key: 'source.bin' })
      expect((await k.stored('source.bin')).toString()).toBe('theirs')
      expect(await k.uploadsLeft()).toBe(0)
      await k.up(path, { replace: true })
      await opens('source.bin', plain)
    })
  }
})

describe('a poor line and a busy server', () => {
  const PUT_PART: FaultMatch = { method: 'PUT', query: 'partNumber' }
  const rows: readonly {
    readonly name: string
    readonly match: FaultMatch
    readonly do: FaultAction
    readonly times?: number
    readonly size: number
    readonly replace?: boolean
  }[] = [
    {
      name: 'every third part is reset before its body',
      match: { ...PUT_PART, every: 3 },
      do: { kind: 'reset-request', afterBytes: 0 },
      times: 50,
      size: 12 * PART,
    },
    {
      name: 'every second part is reset in its middle',
      match: { ...PUT_PART, every: 2 },
      do: { kind: 'reset-request', afterBytes: 50_000 },
      times: 50,
      size: 12 * PART,
    },
    {
      name: 'every request is throttled once in three',
      match: { every: 3 },
      do: { kind: 'throttle', delayMs: 20 },
      times: 50,
      size: 9 * PART,
    },
    {
      name: '503 for a while',
      match: PUT_PART,
      do: { kind: 'status', status: 503, code: 'ServiceUnavailable' },
      times: 5,
      size: 5 * PART,
    },
    {
      name: 'a wrong sum of a part',
      match: { ...PUT_PART, nth: 2 },
      do: { kind: 'wrong-crc' },
      size: 5 * PART,
    },
    {
      name: 'the answer to a part is lost',
      match: { ...PUT_PART, nth: 2 },
      do: { kind: 'lose-response' },
      size: 5 * PART,
    },
    {
      name: 'the answer to complete is lost',
      match: { method: 'POST', query: 'uploadId' },
      do: { kind: 'lose-response' },
      size: 5 * PART,
    },
    {
      name: 'the answer to initiate is lost',
      match: { method: 'POST', query: 'uploads' },
      do: { kind: 'lose-response' },
      size: 5 * PART,
    },
    {
      name: 'the answer to a put is lost',
      match: { method: 'PUT' },
      do: { kind: 'lose-response' },
      size: PART,
    },
    {
      name: 'the answer to a put that may replace is lost',
      match: { method: 'PUT' },
      do: { kind: 'lose-response' },
      size: PART,
      replace: true,
    },
    {
      name: 'a put is reset in its middle',
      match: { method: 'PUT' },
      do: { kind: 'reset-request', afterBytes: 1000 },
      times: 3,
      size: PART,
    },
    {
      name: 'a wrong sum of a put',
      match: { method: 'PUT', nth: 1 },
      do: { kind: 'wrong-crc' },
      size: PART,
    },
    {
      name: 'a part arrives with the clock an hour off',
      match: { ...PUT_PART, nth: 2 },
      do: { kind: 'skew', ms: 3_600_000 },
      size: 5 * PART,
    },
  ]
  for (const { name, match, size, times, do: action, replace } of rows) {
    test(`${name}: whole in the end`, async () => {
      const plain = plaintext(size)
      k.practice.faults.add({ match, do: action, times: times ?? 1 })
      const running = k.running()
      expect((await k.up(await file(plain), { replace: replace ?? false }, running)).checksum).toBe(
        'matches',
      )
      k.practice.faults.clear()
      await opens('source.bin', plain)
      expect(await k.uploadsLeft()).toBe(0)
      // The bytes of a failed attempt are taken back before the next one.
      const taken = running.steps.filter((step) => step.t === 'moved' && step.bytes === 0).length
      expect(taken).toBeGreaterThanOrEqual(running.steps.filter(({ t }) => t === 'retried').length)
    })
  }

  test('a part that never gets through ends it, and nothing stays', async () => {
    k.practice.faults.add({
      match: { method: 'PUT', query: 'partNumber=3' },
      do: { kind: 'status', status: 403, code: 'AccessDenied' },
      times: 100,
    })
    expect((await errorOf(k.up(await file(plaintext(6 * PART))))).code).toBe('access-denied')
    k.practice.faults.clear()
    expect(await k.uploadsLeft()).toBe(0)
    expect((await errorOf(k.head('source.bin'))).code).toBe('not-found')
  })

  test('an object that OSS sums differently is reported, and does not stay', async () => {
    k.practice.faults.add({
      match: { method: 'POST', query: 'uploadId' },
      do: { kind: 'wrong-crc' },
    })
    expect(await errorOf(k.up(await file(plaintext(4 * PART))))).toEqual({ code: 'checksum' })
    expect((await errorOf(k.head('source.bin'))).code).toBe('not-found')
    expect(await k.uploadsLeft()).toBe(0)
  })

  test('without a sum from OSS the outcome says so', async () => {
    k.practice.faults.add({ match: { method: 'PUT' }, do: { kind: 'no-crc' } })
    expect((await k.up(await file(plaintext(100)))).checksum).toBe('absent')
  })

  test('an upload that OSS forgot is an error, not an object', async () => {
    k.practice.faults.add({
      match: { method: 'POST', query: 'uploadId' },
      do: { kind: 'forget-upload' },
    })
    expect(await errorOf(k.up(await file(plaintext(4 * PART))))).toMatchObject({
      code: 'oss',
      ossCode: 'NoSuchUpload',
    })
  })
})

describe('a source that changes, vanishes or cannot be read', () => {
  const changes: readonly {
    readonly name: string
    readonly change: (path: string) => void
    readonly code: string
  }[] = [
    { name: 'grows', change: (path) => appendFileSync(path, 'more'), code: 'source-changed' },
    { name: 'shrinks', change: (path) => truncateSync(path, PART), code: 'source-changed' },
    {
      name: 'is rewritten with equal size',
      change: (path) => writeFileSync(path, plaintext(6 * PART)),
      code: 'source-changed',
    },
    { name: 'vanishes', change: (path) => rmSync(path), code: 'source-unreadable' },
  ]
  for (const { name, change, code } of changes) {
    for (const when of ['part-done', 'finishing'] as const) {
      test(`${name} (${when}): ${code}, nothing stays, and the next try has another data key`, async () => {
        const path = await file(plaintext(6 * PART))
        let changed = false
        const running = k.running(openControl(), ({ t }) => {
          if (t !== when || changed) return
          changed = true
          change(path)
        })
        expect((await errorOf(k.up(path, {}, { ...running, parallel: () => 1 }))).code).toBe(code)
        expect(await k.uploadsLeft()).toBe(0)
        expect((await errorOf(k.head('source.bin'))).code).toBe('not-found')
        const [tried] = k.practice.log
          .entries()
          .filter(({ method, query }) => method === 'POST' && query.has('uploads'))
        await writeFile(path, plaintext(6 * PART))
        await k.up(path)
        expect((await k.head('source.bin')).headers.get(`${META}key`)).not.toBe(
          tried?.headers.get(`${META}key`),
        )
      })
    }
  }

  test('no file, no key: told before anything is sent', async () => {
    expect((await errorOf(k.up(join(k.dir, 'nothing')))).code).toBe('source-unreadable')
    expect((await errorOf(k.up(k.dir))).code).toBe('source-unreadable')
    expect(
      await errorOf(
        k.up(await file(plaintext(10)), {
          masterKey: async () => fail({ code: 'keychain-locked' }),
        }),
      ),
    ).toEqual({ code: 'keychain-locked' })
    expect(k.practice.log.entries()).toEqual([])
  })
})

test('data keys are wiped however it ends', async () => {
  const wipe = DataKey.prototype[Symbol.dispose]
  let wiped = 0
  DataKey.prototype[Symbol.dispose] = function () {
    wiped += 1
    wipe.call(this)
  }
  try {
    const path = await file(plaintext(4 * PART))
    await k.up(path)
    expect(wiped).toBe(1)
    expect((await errorOf(k.up(path))).code).toBe('object-exists')
    expect(wiped).toBe(2)
    const control = openControl()
    expect(
      (
        await errorOf(
          k.up(
            path,
            { key: 'b' },
            k.running(control, ({ t }) => void (t === 'part-done' && control.cancel())),
          ),
        )
      ).code,
    ).toBe('cancelled')
    expect(wiped).toBe(3)
    await k.down('source.bin')
    expect(wiped).toBe(4)
    expect(
      (
        await errorOf(
          k.down('source.bin', {
            path: join(k.dir, 'down', 'file.bin', 'below'),
            existing: 'rename',
          }),
        )
      ).code,
    ).toBe('target-blocked')
    // An object that is in the way is found before a key is asked for.
    expect(wiped).toBe(4)
  } finally {
    DataKey.prototype[Symbol.dispose] = wipe
  }
})

describe('the user says stop', () => {
  for (const [size, last] of [
    [PART * 2, 1],
    [PART * 20, 8],
  ] as const) {
    for (let n = 1; n <= last; n++) {
      test(`cancel of ${size} bytes at request ${n}: no upload stays`, async () => {
        const control = openControl()
        // Slow enough that the cancel meets a request under way.
        k.practice.faults.add({ match: { nth: n }, do: { kind: 'delay', ms: 60 } })
        const seen = setInterval(
          () => void (k.practice.log.entries().length >= n && control.cancel()),
          2,
        )
        // A put that was sent whole before the cancel may still be carried out: a name of its own,
        // then.
        const key = `cancelled-${size}-${n}`
        const ended = await k
          .up(await file(plaintext(size)), { parallel: 2, key }, k.running(control))
          .then(
            () => 'done',
            (cause: { error: { code: string } }) => cause.error.code,
          )
        clearInterval(seen)
        expect(ended).toBe('cancelled')
        if (size > 3 * PART) expect((await errorOf(k.head(key))).code).toBe('not-found')
        expect(await k.uploadsLeft()).toBe(0)
      })
    }
  }

  test('pause and resume go on with what is left, under the same data key', async () => {
    const plain = plaintext(12 * PART)
    const control = openControl()
    let done = 0
    const running = k.running(
      control,
      ({ t }) =>
        void (
          t === 'part-done' &&
          ++done % 3 === 0 &&
          (control.pause(), setTimeout(() => control.resume(), 30))
        ),
    )
    await k.up(await file(plain), { parallel: 2 }, running)
    await opens('source.bin', plain)
    const parts = k.practice.log
      .entries()
      .filter(
        ({ query, status, method }) =>
          method === 'PUT' && query.has('partNumber') && status === 200,
      )
    expect(new Set(parts.map(({ query }) => query.get('partNumber'))).size).toBe(12)
    expect(k.practice.log.entries().filter(({ query }) => query.has('uploads')).length).toBe(1)
  })

  test('a source that changed during a pause starts over under a new data key, and the first upload is dropped', async () => {
    const path = await file(plaintext(6 * PART))
    const after = plaintext(5 * PART + 3)
    const control = openControl()
    let paused = false
    const running = k.running(control, ({ t }) => {
      if (t !== 'part-done' || paused) return
      paused = true
      control.pause()
      void writeFile(path, after).then(() => control.resume())
    })
    await k.up(path, { parallel: 1 }, running)
    await opens('source.bin', after)
    const begun = k.practice.log
      .entries()
      .filter(({ method, query }) => method === 'POST' && query.has('uploads'))
    expect(new Set(begun.map(({ headers }) => headers.get(`${META}key`))).size).toBe(2)
    expect(await k.uploadsLeft()).toBe(0)
  })

  test('a put that is paused starts over', async () => {
    const plain = plaintext(PART)
    const control = openControl()
    k.practice.faults.add({ match: { method: 'PUT', nth: 1 }, do: { kind: 'delay', ms: 300 } })
    // The first attempt may still be carried out, and after this test at that: a name of its own,
    // then.
    const ended = k.up(await file(plain), { key: 'paused' }, k.running(control))
    await expect.poll(() => k.practice.log.entries().length).toBe(1)
    control.pause()
    await new Promise((resolve) => setTimeout(resolve, 50))
    control.resume()
    expect((await ended).checksum).toBe('matches')
    await opens('paused', plain)
  })

  test('cancel while paused ends it', async () => {
    const control = openControl()
    const running = k.running(
      control,
      ({ t }) =>
        void (t === 'part-done' && (control.pause(), setTimeout(() => control.cancel(), 20))),
    )
    expect((await errorOf(k.up(await file(plaintext(8 * PART)), {}, running))).code).toBe(
      'cancelled',
    )
    expect(await k.uploadsLeft()).toBe(0)
  })
})
