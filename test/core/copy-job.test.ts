import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { currentObject } from '../../electron/core/oss/object-ref.ts'
import { tagsOf } from '../../electron/core/oss/tags.ts'
import { openControl } from '../../electron/core/transfer/run/control.ts'
import { rows } from '../format/vectors.ts'
import { BESIDE, copyKit, type Where } from './copy-kit.ts'
import { memorySaved } from './memory-saved.ts'
import { errorOf, never } from './oss-practice.ts'
import { openIndependently, PART, plaintext } from './transfer-kit.ts'

const k = copyKit()
const P = 'x-oss-meta-client-side-encryption-'
/** Raw bytes of UTF-8, one character each, as the wire has them. */
const raw = (text: string): string => Buffer.from(text).toString('latin1')
const RICH = {
  'content-type': 'text/x-note',
  'cache-control': 'no-cache, max-age=1',
  'content-disposition': raw('attachment; filename="é 信.txt"'),
  'content-encoding': 'identity',
  'content-language': 'zh-CN',
  expires: 'Wed, 21 Oct 2026 07:28:00 GMT',
  'x-oss-meta-note': raw('é 信 ✓'),
  'x-oss-meta-empty': '',
  'x-oss-storage-class': 'IA',
  'x-oss-tagging': 'one=1&two=a%20b%2Bc&three',
}
const DIRECTIONS: readonly (readonly [Where, Where, boolean])[] = [
  ['here', 'here', true],
  ['here', 'beside', true],
  ['here', 'elsewhere', false],
  ['elsewhere', 'here', false],
]

/** Sizes under, at and over every edge of parts; from 3 parts on it goes in parts. */
const SIZES = [0, 1, PART, 3 * PART - 1, 3 * PART, 3 * PART + 1, 7 * PART + 5]

describe.each(DIRECTIONS)('from %s to %s', (from, to, inside) => {
  test.each([false, true])(
    'every byte, header and tag goes along; moved: %s',
    async (removeSource) => {
      const body = plaintext(1000)
      const source = await k.put(from, 'source', body, RICH)
      const outcome = await k.copy(k.copyJob(from, to, { removeSource }))
      expect(outcome).toEqual({
        encrypted: false,
        checksum: 'matches',
        tag: 'none',
        savedAs: null,
        skipped: false,
        copied: { key: 'target', inside },
      })
      const made = await k.at(to, 'target')
      expect(made?.bytes.equals(body)).toBe(true)
      for (const name of Object.keys(RICH).filter((one) => one !== 'x-oss-tagging'))
        expect([name, made?.head.headers.get(name)]).toEqual([name, source.headers.get(name)])
      const { oss, bucket } =
        to === 'elsewhere' ? k.other : { oss: k.oss, bucket: to === 'beside' ? BESIDE : k.bucket }
      expect(await tagsOf(oss, currentObject(bucket, 'target'), never)).toBe(
        'one=1&three&two=a%20b%2Bc',
      )
      expect((await k.at(from, 'source')) === null).toBe(removeSource)
      expect(await k.unfinished()).toBe(0)
    },
  )
})

describe('relayed', () => {
  test.each(SIZES)('%s plain bytes, in one request or in parts', async (size) => {
    const body = plaintext(size)
    await k.put('here', 'source', body, { 'x-oss-meta-a': '1' })
    const running = k.running()
    expect(
      (await k.copy(k.copyJob('here', 'elsewhere', { removeSource: true }), running)).checksum,
    ).toBe('matches')
    const made = await k.at('elsewhere', 'target')
    expect(made?.bytes.equals(body)).toBe(true)
    const parts = size >= 3 * PART ? Math.ceil(size / PART) : 1
    expect(running.steps.filter(({ t }) => t === 'planned').at(-1)).toEqual({
      t: 'planned',
      total: size,
      parts,
      keyName: null,
    })
    expect(running.steps.filter(({ t }) => t === 'part-done').length).toBe(parts)
    expect(made?.head.headers.get('x-oss-object-type')).toBe(parts === 1 ? 'Normal' : 'Multipart')
    expect(await k.at('here', 'source')).toBe(null)
    expect(await k.unfinished()).toBe(0)
  })

  // The practice server refuses an encrypted upload whose parts are not those it declares.
  test.each([
    ['in one request', 2 * PART, { multipartFrom: 100 * PART }, null],
    ['in one request, and large', 5 * PART + 3, { multipartFrom: 100 * PART }, PART],
    ['in parts', 5 * PART + 3, {}, PART],
    ['in parts of another size', 5 * PART + 3, { partSize: 2 * PART }, 2 * PART],
    ['in parts, and small', 2 * PART + 3, { multipartFrom: 1 }, PART],
  ] as const)(
    'encrypted %s: it opens with the published format, and tells what parts it has',
    async (_name, size, upload, partSize) => {
      const plain = plaintext(size)
      const path = join(k.dir, 'source')
      await writeFile(path, plain)
      await k.up(path, upload)
      const source = await k.head('source')
      const outcome = await k.copy(k.copyJob('here', 'elsewhere', { removeSource: true }))
      expect(outcome).toMatchObject({
        encrypted: true,
        checksum: 'matches',
        copied: { inside: false },
      })
      const made = await k.at('elsewhere', 'target')
      if (made === null) throw new Error('not there')
      expect(openIndependently(made.head, made.bytes).equals(plain)).toBe(true)
      expect(made.head.headers.get(`${P}data-size`)).toBe(
        partSize === null ? undefined : String(size),
      )
      expect(made.head.headers.get(`${P}part-size`)).toBe(
        partSize === null ? undefined : String(partSize),
      )
      const kept = [...source.headers].filter(([name]) => name.startsWith('x-oss-meta-'))
      expect([...made.head.headers]).toEqual(expect.arrayContaining(kept))
      // OSS is told with every part whose it is.
      for (const { query, headers } of k.other.practice.log
        .entries()
        .filter(({ method, query }) => method === 'PUT' && query.has('partNumber'))) {
        expect([
          query.get('partNumber'),
          headers.get(`${P}key`),
          headers.get(`${P}part-size`),
        ]).toEqual([query.get('partNumber'), source.headers.get(`${P}key`), String(partSize)])
      }
    },
  )

  interface Vector {
    readonly name: string
    readonly source: string
    readonly headers: Readonly<Record<string, string>>
    readonly ciphertext: string
  }
  const vectors = [...rows<Vector>('objects.json'), ...rows<Vector>('envelopes.json')]
  test.each(vectors.map((row) => [row.name, row] as const))(
    'what others wrote, no key at hand: %s',
    async (_name, { headers, ciphertext }) => {
      const body = Buffer.from(ciphertext, 'base64')
      const meta = Object.fromEntries(
        Object.entries(headers).filter(([name]) => name.toLowerCase().startsWith('x-oss-meta-')),
      )
      for (const [from, to] of [
        ['here', 'elsewhere'],
        ['here', 'beside'],
        ['here', 'here'],
      ] as const) {
        const source = await k.put(from, 'source', body, meta)
        expect(await k.copy(k.copyJob(from, to, { removeSource: true }))).toMatchObject({
          encrypted: true,
          checksum: 'matches',
        })
        const made = await k.at(to, 'target')
        expect(made?.bytes.equals(body)).toBe(true)
        expect(
          [...(made?.head.headers ?? [])].filter(([name]) => name.startsWith('x-oss-meta-')),
        ).toEqual([...source.headers].filter(([name]) => name.startsWith('x-oss-meta-')))
      }
    },
  )

  test('an object cut off from what its envelope declares stays one that is refused', async () => {
    const headers = {
      [`${P}key`]: 'a2V5',
      [`${P}start`]: 'c3RhcnQ=',
      [`${P}cek-alg`]: 'AES/CTR/NoPadding',
      [`${P}wrap-alg`]: 'custom',
      [`${P}data-size`]: String(9 * PART),
      [`${P}part-size`]: String(PART),
    }
    await k.put('here', 'source', plaintext(4 * PART), headers)
    await k.copy(k.copyJob('here', 'elsewhere'))
    const { head } = (await k.at('elsewhere', 'target')) ?? {}
    expect([
      head?.headers.get(`${P}data-size`),
      head?.headers.get(`${P}part-size`),
      head?.size,
    ]).toEqual([String(9 * PART), String(PART), 4 * PART])
  })

  test.each([
    ['too large', { kind: 'status', status: 400, code: 'EntityTooLarge' }, 'here'],
    [
      'too large for another bucket',
      { kind: 'status', status: 400, code: 'EntityTooLarge' },
      'beside',
    ],
    ['another region', { kind: 'status', status: 403, code: 'AccessDenied' }, 'beside'],
  ] as const)('when OSS will not copy by itself: %s', async (_name, fault, to) => {
    const body = plaintext(4 * PART)
    await k.put('here', 'source', body)
    k.practice.faults.add({ match: { method: 'PUT', key: 'target' }, do: fault })
    expect(await k.copy(k.copyJob('here', to, { removeSource: true }))).toMatchObject({
      copied: { inside: false },
      checksum: 'matches',
    })
    expect((await k.at(to, 'target'))?.bytes.equals(body)).toBe(true)
    expect(await k.at('here', 'source')).toBe(null)
  })
})

describe('where the name is taken', () => {
  for (const [from, to] of [
    ['here', 'here'],
    ['here', 'beside'],
    ['here', 'elsewhere'],
  ] as const) {
    const old = Buffer.from('what was there')
    const setup = async () => {
      const body = plaintext(4 * PART)
      await k.put(from, 'source', body)
      await k.put(to, 'target', old)
      return body
    }
    test(`${to}: fail leaves both, and reads nothing`, async () => {
      const body = await setup()
      expect(await errorOf(k.copy(k.copyJob(from, to, { removeSource: true })))).toEqual({
        code: 'object-exists',
        key: 'target',
      })
      expect((await k.at(to, 'target'))?.bytes.equals(old)).toBe(true)
      expect((await k.at(from, 'source'))?.bytes.equals(body)).toBe(true)
    })
    test(`${to}: skip leaves both`, async () => {
      await setup()
      expect(
        await k.copy(k.copyJob(from, to, { removeSource: true, existing: 'skip' })),
      ).toMatchObject({ skipped: true, checksum: 'absent' })
      expect((await k.at(to, 'target'))?.bytes.equals(old)).toBe(true)
      expect(await k.at(from, 'source')).not.toBe(null)
    })
    test(`${to}: rename takes the first free name beside it`, async () => {
      const body = await setup()
      await k.put(to, 'target (2)', old)
      expect(
        await k.copy(k.copyJob(from, to, { removeSource: true, existing: 'rename' })),
      ).toMatchObject({ copied: { key: 'target (3)' } })
      expect((await k.at(to, 'target (3)'))?.bytes.equals(body)).toBe(true)
      for (const name of ['target', 'target (2)'])
        expect((await k.at(to, name))?.bytes.equals(old)).toBe(true)
    })
    test(`${to}: replace replaces`, async () => {
      const body = await setup()
      await k.copy(k.copyJob(from, to, { existing: 'replace' }))
      expect((await k.at(to, 'target'))?.bytes.equals(body)).toBe(true)
    })
  }

  test.each([
    ['fail', 'object-exists'],
    ['skip', null],
    ['rename', null],
  ] as const)('taken while it is written, %s: what came between stays', async (existing, code) => {
    const body = plaintext(4 * PART)
    await k.put('here', 'source', body)
    const running = k.running(
      openControl(),
      ({ t }) => void (t === 'part-done' && k.put('elsewhere', 'target', Buffer.from('theirs'))),
    )
    const done = k.copy(k.copyJob('here', 'elsewhere', { existing, removeSource: true }), running)
    if (code === null)
      expect(await done).toMatchObject(
        existing === 'skip' ? { skipped: true } : { copied: { key: 'target (2)' } },
      )
    else expect(await errorOf(done)).toEqual({ code, key: 'target' })
    expect((await k.at('elsewhere', 'target'))?.bytes.toString()).toBe('theirs')
    expect((await k.at('here', 'source')) === null).toBe(existing === 'rename')
    expect(await k.unfinished()).toBe(0)
  })

  test('a bucket that forbids every overwriting is not asked for ever', async () => {
    await k.put('here', 'source', plaintext(10))
    await k.put('elsewhere', 'target', plaintext(10))
    k.other.practice.faults.add({
      match: { method: 'PUT', key: 'target' },
      do: { kind: 'status', status: 409, code: 'FileAlreadyExists' },
      times: Infinity,
    })
    expect(await errorOf(k.copy(k.copyJob('here', 'elsewhere', { existing: 'replace' })))).toEqual({
      code: 'object-exists',
      key: 'target',
    })
  })

  test('an object is never moved onto itself, however it is reached', async () => {
    const body = plaintext(10)
    await k.put('here', 'source', body)
    const same = k.copyJob('here', 'here', {
      toKey: 'source',
      existing: 'replace',
      removeSource: true,
    })
    expect(await errorOf(k.copy(same))).toEqual({ code: 'name-taken', name: 'source' })
    // Two profiles for one account.
    expect(await errorOf(k.copy({ ...same, to: { ...same.to, profileId: 'another' } }))).toEqual({
      code: 'name-taken',
      name: 'source',
    })
    expect((await k.at('here', 'source'))?.bytes.equals(body)).toBe(true)
  })

  test('a move cut off between its halves is finished by the next try, and not by one with another object in its place', async () => {
    await k.put('here', 'source', plaintext(4 * PART), { 'x-oss-meta-a': '1' })
    await k.copy(k.copyJob('here', 'elsewhere'))
    const log = k.other.practice.log.entries().length
    expect(await k.copy(k.copyJob('here', 'elsewhere', { removeSource: true }))).toMatchObject({
      checksum: 'matches',
      copied: { key: 'target' },
    })
    expect(
      k.other.practice.log
        .entries()
        .slice(log)
        .map(({ method }) => method),
    ).toEqual(['HEAD'])
    expect(await k.at('here', 'source')).toBe(null)
    const other = await k.at('elsewhere', 'target')
    await k.put('here', 'source', other?.bytes ?? Buffer.alloc(0), { 'x-oss-meta-a': '2' })
    expect(await errorOf(k.copy(k.copyJob('here', 'elsewhere', { removeSource: true })))).toEqual({
      code: 'object-exists',
      key: 'target',
    })
  })

  test('a move whose source is gone was done before, if its copy was noted and still is the one', async () => {
    await k.put('here', 'source', plaintext(100))
    const [job, saved] = [k.copyJob('here', 'here', { removeSource: true }), memorySaved()]
    await k.copy(job, { ...k.running(), saved })
    const made = await k.at('here', 'target')
    expect(saved.last()).toMatchObject({
      stage: 'proven',
      to: { key: 'target' },
      what: { etag: made?.head.etag },
    })
    // The word that it is done was lost, and the app with it.
    expect(await k.copy(job, { ...k.running(), saved })).toMatchObject({
      checksum: 'matches',
      copied: { key: 'target', inside: true },
    })
    expect(
      await errorOf(k.copy({ ...job, removeSource: false }, { ...k.running(), saved })),
    ).toEqual({ code: 'not-found', what: 'object', name: 'source' })
    expect(await errorOf(k.copy(job))).toEqual({
      code: 'not-found',
      what: 'object',
      name: 'source',
    })
    await k.put('here', 'target', plaintext(101))
    expect(await errorOf(k.copy(job, { ...k.running(), saved }))).toEqual({
      code: 'not-found',
      what: 'object',
      name: 'source',
    })
  })
})
