import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openAppKit, PLACE } from './app-kit.ts'

const kit = openAppKit()
const text = (words: string): Uint8Array => Buffer.from(words)
const saved = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(join(kit.f.folder, folder), { recursive: true, withFileTypes: true })
      .filter((one) => one.isFile())
      .map((one) => [
        join(one.parentPath, one.name).slice(join(kit.f.folder, folder).length + 1),
        readFileSync(join(one.parentPath, one.name), 'utf8'),
      ]),
  )
const codes = (
  rows: readonly {
    readonly key: string | null
    readonly error: { readonly code: string } | null
  }[],
) => rows.map(({ key, error }) => [key, error?.code ?? null])

/** Encrypts `words` into the object `key`. */
/** `seal` false: the object gets no seal, as from another program. */
async function sealed(key: string, words: string, seal = true): Promise<void> {
  const path = join(kit.f.folder, 'source.txt')
  writeFileSync(path, words)
  await kit
    .start((await kit.plan([path])).id, { toKey: key, existing: 'replace', seal })
    .then((ids) => kit.f.ended(ids))
}

describe('a folder is downloaded', () => {
  test.each(['fail', 'rename', 'replace'] as const)(
    'objects that would be one file are two, also with %s',
    async (existing) => {
      for (const [key, words] of [
        ['co/foo\u0001.txt', '1'],
        ['co/foo\u0002.txt', '2'],
        ['co/foo_.txt', '3'],
        ['co/d', '4'],
        ['co/d/e', '5'],
        ['co/d/', '6'],
      ] as const)
        await kit.raw(key, {}, text(words))
      expect(
        codes(await kit.down(['co/'], `co-${existing}`, { existing })).every(
          ([, code]) => code === null,
        ),
      ).toBe(true)
      const files = saved(`co-${existing}`)
      expect(files).toMatchObject({ 'co/foo_.txt': '3', 'co/d/e': '5' })
      expect(Object.values(files).sort()).toEqual(['1', '2', '3', '4', '5', '6'])
    },
  )

  test('what was there before is replaced, and nothing else', async () => {
    mkdirSync(join(kit.f.folder, 'again', 'co'), { recursive: true })
    writeFileSync(join(kit.f.folder, 'again', 'co', 'foo_.txt'), 'old')
    await kit.down(['co/'], 'again', { existing: 'replace' })
    await kit.down(['co/'], 'again', { existing: 'replace' })
    expect(Object.values(saved('again')).sort()).toEqual(['1', '2', '3', '4', '5', '6'])
  })

  test('objects of several folders that have one name are two files', async () => {
    await kit.raw('one/same.txt', {}, text('1'))
    await kit.raw('two/same.txt', {}, text('2'))
    await kit.down(['one/same.txt', 'two/same.txt', 'one/same.txt'], 'several')
    expect(saved('several')).toEqual({ 'same.txt': '1', 'same (2).txt': '2' })
  })

  test('an envelope file and an object of its name are both there, and the envelope opens its object', async () => {
    await sealed('pair/x', 'secret')
    await kit.raw('pair/x.ossenv.json', {}, text('not an envelope'))
    for (const existing of ['fail', 'replace'] as const) {
      expect(
        codes(await kit.down(['pair/'], `pair-${existing}`, { raw: true, existing })).every(
          ([, code]) => code === null,
        ),
      ).toBe(true)
      const files = saved(`pair-${existing}`)
      expect(files['pair/x.ossenv (2).json']).toBe('not an envelope')
      expect(JSON.parse(files['pair/x.ossenv.json'] ?? '')).toMatchObject({ key: 'pair/x' })
    }
  })

  test('a name too long with an envelope file is shortened, together with that', async () => {
    const name = `${'m'.repeat(246)}.txt`
    await sealed(`long/${name}`, 'secret')
    const [got] = await kit.down([`long/${name}`], 'long', { raw: true })
    expect(got?.error).toBeNull()
    const [blob, envelope] = readdirSync(join(kit.f.folder, 'long')).sort(
      (a, b) => a.length - b.length,
    )
    expect(envelope).toBe(`${blob}.ossenv.json`)
  })

  test('a link in it is not written through, and the others come', async () => {
    const outside = join(kit.f.folder, 'elsewhere')
    mkdirSync(outside)
    writeFileSync(join(outside, 'there'), 'old')
    mkdirSync(join(kit.f.folder, 'linked', 'li'), { recursive: true })
    symlinkSync(outside, join(kit.f.folder, 'linked', 'li', 'sub'))
    for (const key of ['li/sub/there', 'li/sub/new/er', 'li/sub/empty/', 'li/ok'])
      await kit.raw(key, {}, text(key.endsWith('/') ? '' : 'new'))
    const got = codes(await kit.down(['li/'], 'linked', { existing: 'replace' })).sort()
    expect(got).toEqual([
      ['li/ok', null],
      ['li/sub/empty/', 'target-blocked'],
      ['li/sub/new/er', 'target-blocked'],
      ['li/sub/there', 'target-blocked'],
    ])
    expect(saved('elsewhere')).toEqual({ there: 'old' })
    expect(readFileSync(join(kit.f.folder, 'linked', 'li', 'ok'), 'utf8')).toBe('new')
  })

  test('one that is not there is told of by its name; one that is only a marker is there', async () => {
    expect(codes(await kit.down(['no/such/'], 'missing'))).toEqual([['no/such/', 'not-found']])
    await kit.raw('only/', {}, text(''))
    expect(codes(await kit.down(['only/'], 'marker'))).toEqual([])
    expect(readdirSync(join(kit.f.folder, 'marker'))).toEqual(['only'])
  })

  test('a pipe that has the name of an object stays', async () => {
    mkdirSync(join(kit.f.folder, 'piped'))
    execFileSync('mkfifo', [join(kit.f.folder, 'piped', 'same.txt')])
    expect(codes(await kit.down(['one/same.txt'], 'piped', { existing: 'replace' }))).toEqual([
      ['one/same.txt', 'target-blocked'],
    ])
    expect(
      readdirSync(join(kit.f.folder, 'piped'), { withFileTypes: true }).map((one) => one.isFIFO()),
    ).toEqual([true])
  })
})

describe('an object whose name ends in a slash', () => {
  const key = 'marks/2026/'
  test('it is decrypted as any other', async () => {
    await sealed('marks-source', 'secret', false)
    await kit.down(['marks-source'], 'marks-raw', { raw: true })
    await kit.raw(
      key,
      await kit.headers('marks-source'),
      readFileSync(join(kit.f.folder, 'marks-raw', 'marks-source')),
    )
    expect(codes(await kit.down(['marks/'], 'marks-open', { plain: 'refuse' }))).toEqual([
      [key, null],
    ])
    expect(saved('marks-open')).toEqual({ 'marks/2026': 'secret' })
  })

  test('it is listed in its own folder, downloaded, counted, copied and deleted, alone and with what is below it', async () => {
    await kit.raw(key, {}, text('content'))
    await kit.raw(`${key}page`, {}, text('page'))
    const { rows } = await kit.f.call('objects.list', { ...PLACE, prefix: key, cursor: null })
    expect(rows.map(({ key: name, kind, size }) => [name, kind, size])).toEqual([
      [key, 'file', 7],
      [`${key}page`, 'file', 4],
    ])
    await kit.down([key], 'slash')
    expect(saved('slash')).toEqual({ '2026 (2)': 'content', '2026/page': 'page' })
    await kit.down([key], 'slash-alone', { itself: [key] })
    expect(saved('slash-alone')).toEqual({ 2026: 'content' })
    expect(await kit.f.call('objects.count', { ...PLACE, keys: [key] })).toEqual({
      objects: 2,
      bytes: 11,
      cursor: null,
    })
    expect(await kit.f.call('objects.count', { ...PLACE, keys: [key], itself: [key] })).toEqual({
      objects: 1,
      bytes: 7,
      cursor: null,
    })
    await kit.f.ended(
      await kit.f.call('copies.start', {
        from: PLACE,
        keys: [key],
        to: PLACE,
        toPrefix: 'other/',
        toKey: null,
        move: false,
        existing: 'fail',
        itself: [key],
      }),
    )
    expect(
      (
        await kit.f.call('objects.list', { ...PLACE, prefix: 'other/2026/', cursor: null })
      ).rows.map((row) => [row.key, row.size]),
    ).toEqual([['other/2026/', 7]])
    expect(await kit.f.call('objects.remove', { ...PLACE, keys: [key] })).toEqual({
      removed: 1,
      missing: [],
      markers: [],
    })
    expect([await kit.exists(key), await kit.exists(`${key}page`)]).toEqual([false, true])
    const { ids, missing } = await kit.f.call('deletes.start', {
      ...PLACE,
      keys: ['other/', 'marks/'],
    })
    const [ended] = await kit.f.ended(ids)
    expect([missing, ended?.files]).toMatchObject([[], { total: 2, done: 2 }])
  })
})

describe('what is deleted or copied', () => {
  test('what was not there is named', async () => {
    await kit.raw('rm/a', {}, text('a'))
    expect(
      await kit.f.call('objects.remove', {
        ...PLACE,
        keys: ['rm/a', 'rm/b'],
        look: true,
      }),
    ).toEqual({ removed: 1, missing: ['rm/b'], markers: [] })
    await kit.raw('rm-marker/', {}, text(''))
    const { ids, missing } = await kit.f.call('deletes.start', {
      ...PLACE,
      keys: ['rm-marker/', 'nothing/'],
    })
    const [ended] = await kit.f.ended(ids)
    expect([missing, ended?.files]).toMatchObject([['nothing/'], { total: 1, done: 1 }])
  })

  test('two that would get one key are refused before anything is copied', async () => {
    const answer = await kit.f.bridge.call('copies.start', {
      from: PLACE,
      keys: ['one/same.txt', 'two/same.txt'],
      to: PLACE,
      toPrefix: 'into/',
      toKey: null,
      move: true,
      existing: 'replace',
    })
    expect(answer).toMatchObject({
      ok: false,
      error: { code: 'name-taken', name: 'into/same.txt' },
    })
    expect([await kit.exists('one/same.txt'), await kit.exists('into/same.txt')]).toEqual([
      true,
      false,
    ])
  })
})

describe('an object that was encrypted, and is not any more', () => {
  const preview = (plain?: 'allow') =>
    kit.f.preview({
      ...PLACE,
      key: 'm5/doc',
      offset: 0,
      length: 9,
      keyId: null,
      ...(plain !== undefined && { plain }),
    })

  test('that was sealed is refused, whatever is allowed', async () => {
    await sealed('m6/doc', 'secret')
    await kit.raw('m6/doc', {}, text('planted'))
    for (const plain of ['unless-seen', 'allow'] as const)
      expect(codes(await kit.down(['m6/doc'], `m6-${plain}`, { plain }))).toEqual([
        ['m6/doc', 'seal-refused'],
      ])
    expect([saved('m6-unless-seen'), saved('m6-allow')]).toEqual([{}, {}])
  })

  test('is told of, and neither downloaded nor shown without a word; others are', async () => {
    await sealed('m5/doc', 'secret', false)
    await kit.raw('m5/other', {}, text('plain'))
    await kit.raw('m5/doc', {}, text('planted'))
    const objects = [
      { key: 'm5/doc', etag: 'x', modified: '' },
      { key: 'm5/other', etag: 'y', modified: '' },
    ]
    expect(await kit.f.call('objects.encryption', { ...PLACE, objects })).toEqual([
      { state: 'plain', wasEncrypted: true },
      { state: 'plain' },
    ])
    expect(codes(await kit.down(['m5/'], 'm5'))).toEqual([
      ['m5/doc', 'not-encrypted'],
      ['m5/other', null],
    ])
    expect(saved('m5')).toEqual({ 'm5/other': 'plain' })
    await expect(preview()).rejects.toMatchObject({
      error: { code: 'not-encrypted', why: 'was-encrypted' },
    })
    expect(await preview('allow')).toEqual({ text: 'planted', encrypted: false })
    await kit.down(['m5/doc'], 'm5-allowed', { plain: 'allow' })
    expect(saved('m5-allowed')).toEqual({ doc: 'planted' })
  })

  test('with a key that was named everything plain is refused, also a piece of it, and as it is stored it comes', async () => {
    expect(codes(await kit.down(['m5/'], 'm5-key', { plain: 'refuse' }))).toEqual([
      ['m5/doc', 'not-encrypted'],
      ['m5/other', 'not-encrypted'],
    ])
    expect(
      codes(
        await kit.down(['m5/other'], 'm5-range', {
          plain: 'refuse',
          range: { offset: 1, length: 2 },
        }),
      ),
    ).toEqual([['m5/other', 'not-encrypted']])
    expect(
      codes(await kit.down(['m5/other'], 'm5-maybe', { plain: 'refuse', message: 'maybe' })),
    ).toEqual([['m5/other', 'not-encrypted']])
    expect([saved('m5-key'), saved('m5-range'), saved('m5-maybe')]).toEqual([{}, {}, {}])
    expect(codes(await kit.down(['m5/doc'], 'm5-raw', { raw: true }))).toEqual([['m5/doc', null]])
  })
})
