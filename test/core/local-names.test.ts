import fc from 'fast-check'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  pathsFor,
  probeNames,
  type OneName,
  type ToName,
} from '../../electron/core/app/local/local-names.ts'
import { localPath } from '../../shared/format/object-names.ts'

const EXACT: OneName = { cases: false, forms: false }
const LOOSE: OneName = { cases: true, forms: true }
const plain = (path: string, changed = false): ToName => ({ path, changed, encrypted: false })
const encrypted = (path: string): ToName => ({ path, changed: false, encrypted: true })
const SUFFIX = '.ossenv.json'

describe('paths of one download', () => {
  test.each<readonly [string, readonly ToName[], readonly string[], OneName, readonly string[]]>([
    [
      'names that had to be changed give way to one that had not',
      [plain('c/foo_.txt', true), plain('c/foo_.txt', true), plain('c/foo_.txt')],
      [],
      EXACT,
      ['c/foo_ (2).txt', 'c/foo_ (3).txt', 'c/foo_.txt'],
    ],
    [
      'a number that an object has already is left to it',
      [plain('a_', true), plain('a_'), plain('a_ (2)')],
      [],
      EXACT,
      ['a_ (3)', 'a_', 'a_ (2)'],
    ],
    [
      'capitals, where the disk makes no difference',
      [plain('A.txt'), plain('a.txt'), plain('D/x'), plain('d/X')],
      [],
      LOOSE,
      ['A.txt', 'a (2).txt', 'D/x', 'd/X (2)'],
    ],
    ['capitals, where it does', [plain('A.txt'), plain('a.txt')], [], EXACT, ['A.txt', 'a.txt']],
    [
      'accents composed in two ways',
      [plain('e\u0301'), plain('\u00e9')],
      [],
      LOOSE,
      ['e\u0301', '\u00e9 (2)'],
    ],
    ['a file where a folder must be', [plain('a'), plain('a/b')], [], EXACT, ['a (2)', 'a/b']],
    ['the same three levels up', [plain('a'), plain('a/b/c/d')], [], EXACT, ['a (2)', 'a/b/c/d']],
    ['a folder that is only a marker', [plain('a')], ['a'], EXACT, ['a (2)']],
    ['a folder in other capitals', [plain('A'), plain('a/b')], [], LOOSE, ['A (2)', 'a/b']],
    [
      'an object that has the name of an envelope file',
      [encrypted('x'), plain(`x${SUFFIX}`)],
      [],
      EXACT,
      ['x', 'x.ossenv (2).json'],
    ],
    [
      'the same in the other order',
      [plain(`x${SUFFIX}`), encrypted('x')],
      [],
      EXACT,
      ['x.ossenv (2).json', 'x'],
    ],
    [
      'a folder that has the name of an envelope file',
      [encrypted('x'), plain(`x${SUFFIX}/y`)],
      [],
      EXACT,
      ['x (2)', `x${SUFFIX}/y`],
    ],
    [
      'a plain pair stays a pair',
      [plain('x'), plain(`x${SUFFIX}`)],
      [],
      EXACT,
      ['x', `x${SUFFIX}`],
    ],
    [
      'a name too long with an envelope file',
      [encrypted(`${'m'.repeat(246)}.txt`)],
      [],
      EXACT,
      [`${'m'.repeat(239)}.txt`],
    ],
    [
      'two of them',
      [encrypted(`${'m'.repeat(246)}.txt`), encrypted(`${'m'.repeat(245)}n.txt`)],
      [],
      EXACT,
      [`${'m'.repeat(239)}.txt`, `${'m'.repeat(239)}.txt`],
    ],
  ])('%s', (name, wanted, folders, same, expected) => {
    const paths = pathsFor(wanted, folders, same)
    if (name === 'two of them') expect(new Set(paths).size).toBe(2)
    else expect(paths).toEqual(expected)
  })

  const piece = fc.constantFrom(
    'a',
    'A',
    'b',
    'e\u0301',
    '\u00e9',
    'a (2)',
    `a${SUFFIX}`,
    `A${SUFFIX}`,
    'x.txt',
    'X.TXT',
    'm'.repeat(250),
  )
  const path = fc.array(piece, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'))
  const object = fc.record({ path, changed: fc.boolean(), encrypted: fc.boolean() })

  test('no two are one file, none is where a folder must be, none is the envelope file of another, and each name fits', () => {
    fc.assert(
      fc.property(
        fc.array(object, { maxLength: 12 }),
        fc.array(path, { maxLength: 3 }),
        fc.constantFrom(EXACT, LOOSE),
        (wanted, folders, same) => {
          const fold = (text: string): string =>
            same.cases ? text.normalize('NFC').toLowerCase() : text
          const paths = pathsFor(wanted, folders, same)
          const files = paths
            .flatMap((one, i) => (wanted[i]?.encrypted === true ? [one, one + SUFFIX] : [one]))
            .map(fold)
          expect(new Set(files).size).toBe(files.length)
          const needed = new Set(folders.map(fold))
          for (const one of paths)
            for (let at = dirname(one); at !== '.'; at = dirname(at)) needed.add(fold(at))
          for (const file of files) expect(needed.has(file)).toBe(false)
          for (const file of files)
            expect(Buffer.byteLength(basename(file))).toBeLessThanOrEqual(255)
          paths.forEach((one, i) => expect(dirname(one)).toBe(dirname(wanted[i]?.path ?? '')))
        },
      ),
    )
  })

  test('a hundred thousand objects of one name are named in one go', () => {
    const paths = pathsFor(
      Array.from({ length: 100_000 }, () => plain('a_', true)),
      [],
      EXACT,
    )
    expect(new Set(paths).size).toBe(100_000)
  })

  test('the disk itself says what it takes for one name, and nothing is left of the question', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'names-'))
    try {
      const same = await probeNames(folder)
      if (process.platform === 'linux') expect(same).toEqual(EXACT)
      expect(await readdir(folder)).toEqual([])
      expect(await probeNames(join(folder, 'gone'))).toEqual(LOOSE)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

describe('names from object names', () => {
  test.each([
    ['\u202egpj.exe', '_gpj.exe'],
    ['a\u2067fdp.\u2069exe', 'a_fdp._exe'],
    ['x\u202dy', 'x_y'],
    ['a\u200eb\u200fc\u061cd', 'a_b_c_d'],
    ['line\u2028end\u2029', 'line_end_'],
    ['שלום.txt', 'שלום.txt'],
    ['مرحبا.txt', 'مرحبا.txt'],
    ['می\u200cخواهم.txt', 'می\u200cخواهم.txt'],
    ['你好.txt', '你好.txt'],
    ['👩\u200d👩\u200d👧.png', '👩\u200d👩\u200d👧.png'],
  ])('%j becomes %j', (key, name) => {
    for (const system of ['posix', 'windows'] as const)
      expect(localPath(key, system)).toEqual({ ok: true, value: [name] })
  })

  test('every character that turns the direction of writing goes', () => {
    for (const point of [
      0x61c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069,
    ]) {
      expect(
        localPath(`d${String.fromCodePoint(point)}/${String.fromCodePoint(point)}`, 'posix'),
      ).toEqual({ ok: true, value: ['d_', '_'] })
    }
  })

  test.each(['nul .txt', 'CON', 'conin$', 'CONOUT$.log', 'com1.tar.gz'])(
    '%j is no name on Windows, and gets another',
    (key) => {
      expect(localPath(key, 'windows')).toMatchObject({
        ok: true,
        value: [expect.stringMatching(/^_/)],
      })
    },
  )
})
