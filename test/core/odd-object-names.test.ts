import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sentence } from '../../shared/contract/sentences/sentences.ts'
import { openAppKit, namesIn, PLACE } from './app-kit.ts'

const kit = openAppKit()
const TEXT = 'the same text for every name'

/**
 * Name → what it is called on a POSIX disk when it is fetched alone; null: it has no name there.
 */
const NAMES: readonly (readonly [string, string | null])[] = [
  ['n/../../escape.txt', 'escape.txt'],
  ['n/..', null],
  ['..', null],
  ['.', null],
  ['n/./x', 'x'],
  ['n//', null],
  ['n/a//b', 'b'],
  ['n/new\nline.txt', 'new_line.txt'],
  ['n/tab\there', 'tab_here'],
  ['n/🎉 emoji 👩‍👩‍👧.txt', '🎉 emoji 👩‍👩‍👧.txt'],
  ['n/<img src=x onerror=alert(1)>&amp;.txt', '<img src=x onerror=alert(1)>&amp;.txt'],
  ['n/\u202egnp.exe', '_gnp.exe'],
  ['n/.hidden', '.hidden'],
  ['n/dot.', 'dot.'],
  ['n/space ', 'space '],
  ['n/ lead', ' lead'],
  ['n/CON', 'CON'],
  ['n/bell\u0007\u001b[31m.txt', 'bell__[31m.txt'],
  ['n/back\\slash', 'back\\slash'],
  ['n/percent%2f%2e%2e', 'percent%2f%2e%2e'],
  ['n/a?b=c&d#e', 'a?b=c&d#e'],
  ['n/plus+plus', 'plus+plus'],
  ['n/名字', '名字'],
  ['n/e\u0301 and \u00e9', 'e\u0301 and \u00e9'],
  [`n/${'x'.repeat(255)}`, 'x'.repeat(255)],
  [`n/${'x'.repeat(256)}`, null],
  [`n/${'d'.repeat(250)}/${'d'.repeat(250)}/${'d'.repeat(250)}/${'y'.repeat(268)}`, null],
  [
    `n/${'名'.repeat(80)}/${'名'.repeat(80)}/${'名'.repeat(80)}/${'名'.repeat(84)}zzz`,
    `${'名'.repeat(84)}zzz`,
  ],
]

test('every name goes up, is listed as it is, and comes back under the target folder or with a clear sentence', async () => {
  const source = join(kit.f.folder, 'source.txt')
  writeFileSync(source, TEXT)
  const before = await outside()
  let round = 0
  for (const [key, local] of NAMES) {
    if (key.endsWith('/')) {
      // A name that ends in '/' is a folder's: a file may not have it by mistake, and the marker is
      // fetched as a folder.
      await kit.raw(key, {}, new Uint8Array(0))
      continue
    }
    const answer = await kit.f.bridge.call('uploads.start', {
      planId: (await kit.plan([source])).id,
      keyId: null,
      existing: 'ask',
      decisions: {},
      allowWeak: false,
      partSize: null,
      parallel: null,
      toKey: key,
      format: null,
    })
    if (!answer.ok) {
      // OSS itself knows no such name.
      expect([key, answer.error.code]).toEqual([key, 'bad-name'])
      continue
    }
    const [sent] = await kit.f.ended(answer.value)
    expect([key, sent?.phase, sent?.error]).toEqual([key, 'done', null])
    const { rows } = await kit.f.call('objects.list', {
      ...PLACE,
      prefix: key.slice(0, key.lastIndexOf('/') + 1),
      cursor: null,
    })
    expect(rows.map((row) => row.key)).toContain(key)
    const folder = join('names', String(round++))
    const started = await kit.f.bridge.call('downloads.start', {
      ...PLACE,
      keys: [key],
      target: await kit.folderGrant(join(kit.f.folder, folder)),
      fileName: null,
      existing: 'fail',
      raw: false,
      keyIds: [],
      range: null,
      message: false,
      repair: false,
    })
    const got = started.ok ? (await kit.f.ended(started.value))[0] : undefined
    const error = started.ok ? (got?.error ?? null) : started.error
    expect([key, error?.code]).toEqual([key, local === null ? 'name-not-local' : undefined])
    if (error !== null)
      for (const language of ['en', 'zh-CN'] as const)
        expect(sentence(error, language)).toMatch(/.{10}/)
    expect(readdirSync(join(kit.f.folder, folder))).toEqual(local === null ? [] : [local])
    if (local !== null) expect(readFileSync(join(kit.f.folder, folder, local), 'utf8')).toBe(TEXT)
  }
  expect(await outside()).toEqual([...before, 'names'].sort())
})

test('a folder of them is fetched: what has a name here comes, each of the others is told of, nothing escapes', async () => {
  const before = await outside()
  const got = await kit.down(['n/'], join('whole', 'target'))
  expect(await outside()).toEqual([...before, 'whole'].sort())
  expect(readdirSync(join(kit.f.folder, 'whole'))).toEqual(['target'])
  const failed = got.filter(({ phase }) => phase !== 'done')
  expect(failed.map(({ error }) => error?.code)).toEqual(failed.map(() => 'name-not-local'))
  expect(failed.map(({ key }) => key).sort()).toEqual(
    [
      'n/..',
      'n//',
      'n/../../escape.txt',
      'n/./x',
      'n/a//b',
      `n/${'x'.repeat(256)}`,
      `n/${'d'.repeat(250)}/${'d'.repeat(250)}/${'d'.repeat(250)}/${'y'.repeat(268)}`,
    ].sort(),
  )
  const there = readdirSync(join(kit.f.folder, 'whole', 'target', 'n'))
  expect(there).toEqual(
    expect.arrayContaining([
      'new_line.txt',
      '.hidden',
      'CON',
      'dot.',
      'space ',
      '名字',
      '_gnp.exe',
    ]),
  )
})

test('files of such names go up from a folder', async () => {
  const top = join(kit.f.folder, 'odd')
  mkdirSync(top)
  const names = [
    'new\nline',
    'tab\t',
    '🎉',
    '<b>',
    '\u202egnp.exe',
    '.hidden',
    'dot.',
    'space ',
    'CON',
    '\u0007',
    'back\\slash',
    '%2f',
    'a?b#c',
    '+',
  ]
  for (const name of names) writeFileSync(join(top, name), TEXT)
  const sent = await kit.up([top])
  expect(sent.map(({ phase, error }) => [phase, error])).toEqual(names.map(() => ['done', null]))
  const { rows } = await kit.f.call('objects.list', { ...PLACE, prefix: 'odd/', cursor: null })
  expect(rows.map(({ key }) => key).sort()).toEqual(names.map((name) => `odd/${name}`).sort())
})

/** Returns the names beside the target folders: nothing may be added there. */
const outside = async (): Promise<readonly string[]> =>
  (await namesIn(kit.f.folder)).filter((name) => !name.includes('/')).sort()
