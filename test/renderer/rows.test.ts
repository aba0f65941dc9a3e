// @vitest-environment happy-dom
import { describe, expect, test } from 'vitest'
import { speedsUntil, withSpeed } from '../../renderer/state/speed.ts'
import { iconOf, sumOf } from '../../renderer/features/objects/list/rows.ts'
import { decided } from '../../renderer/features/objects/upload/conflict-dialog.tsx'
import { folderProblem } from '../../renderer/features/objects/dialogs/folder-field.tsx'
import { nameProblem, typedName } from '../../renderer/features/objects/list/object-name.ts'
import { suggestedKey } from '../../renderer/features/objects/upload/sheet-key.tsx'
import { isSameShownDescription } from '../../renderer/features/objects/details/same-description.ts'
import { shownFirstValue } from '../../renderer/ui/state-badge.tsx'
import { keys, row, studioData } from './fake-data.ts'

const rows = [
  row('z/', 0, ''),
  row('b.pdf', 3, '2026-01-02'),
  row('a/', 0, ''),
  row('a.txt', 9, '2026-01-03'),
  row('c.TXT', 1, '2026-01-01'),
]
describe('rows of a folder', () => {
  test('are counted by their kind', () =>
    expect(sumOf(rows)).toEqual({ files: 3, folders: 2, bytes: 13 }))

  test.each([
    ['a.pdf', 'doc'],
    ['x/y.tar.gz', 'archive'],
    ['dump.sql.zst', 'data'],
    ['scan.PNG', 'image'],
    ['README', 'file'],
    ['.DS_Store', 'file'],
    ['a.b/c', 'file'],
  ])('%s is a %s', (key, icon) => expect(iconOf(key)).toBe(icon))

  test.each([
    ['{"team":"payroll"}', 'payroll'],
    ['{}', ''],
    ['', ''],
    ['[1]', ''],
    ['nonsense', ''],
    ['{"n":1}', ''],
  ])('a missing key is called by %s', (description, expected) =>
    expect(shownFirstValue(description)).toBe(expected),
  )

  test('descriptions are the same whatever the order and the spaces', () => {
    expect(isSameShownDescription('{"a":"1","b":"2"}', '{ "b": "2", "a": "1" }')).toBe(true)
    expect(isSameShownDescription('{"a":"1"}', '{"a":"2"}')).toBe(false)
    expect(isSameShownDescription('', '')).toBe(false)
  })
})

describe('names a user types', () => {
  test.each([
    ['a/b.txt', false, null],
    ['', false, 'objects:name.empty'],
    ['/a', false, 'objects:name.leading'],
    ['\\a', false, 'objects:name.leading'],
    // Source: Simpfun/issues 347 and 473; SDU-eScience/UCloud 3007; mate-desktop/caja 900.
    ['.', true, 'objects:name.dots'],
    ['..', true, 'objects:name.dots'],
    ['..', false, 'objects:name.dots'],
    ['a/../b', false, 'objects:name.dots'],
    ['a/./', false, 'objects:name.dots'],
    ['../', false, 'objects:name.dots'],
    ['a/.. ', false, 'objects:name.dots'],
    ['a/\u200b..', false, 'objects:name.dots'],
    ['...', true, null],
    ['a..b', true, null],
    ['.hidden', true, null],
    ['a.', true, null],
    [' ', true, 'objects:name.blank'],
    ['\u00a0\u3000', true, 'objects:name.blank'],
    ['a/ /b', false, 'objects:name.blank'],
    ['\u200b', true, 'objects:name.blank'],
    ['\u202e', true, 'objects:name.blank'],
    ['\n', true, 'objects:name.blank'],
    ['a//b', false, 'objects:name.emptyPart'],
    ['a//', false, 'objects:name.emptyPart'],
    ['//', false, 'objects:name.leading'],
    ['a b', true, null],
    ['ملف', true, null],
    ['x'.repeat(1023), false, null],
    ['x'.repeat(1024), false, 'objects:name.long'],
    ['税'.repeat(342), false, 'objects:name.long'],
    ['a/b', true, 'objects:name.slash'],
  ] as const)('%#', (name, folder, expected) =>
    expect(nameProblem(name, folder, name)?.key ?? null).toBe(expected),
  )
})

// The second column: the name it had before.
test.each([
  [' a ', '', 'a'],
  ['a\u00a0', '', 'a'],
  ['\u3000a\u200b', '', 'a'],
  ['a b', '', 'a b'],
  ['  ', '', ''],
  ['b ', 'a ', 'b '],
  [' b ', 'a ', 'b '],
  [' b ', ' a', ' b'],
  ['b', ' a ', 'b'],
  ['mz.txt ', 'mz.txt', 'mz.txt'],
])('%j, typed over %j, is %j', (text, before, name) => expect(typedName(text, before)).toBe(name))

test.each([
  ['a/', 'a/..', 'objects:name.dots'],
  ['..//', '..//b', null],
  ['..//', '..//b/..', 'objects:name.dots'],
  ['', '', null],
  ['a//', 'a//', null],
  ['a/', '..//b', 'objects:name.emptyPart'],
])('where %j is there already, %j is %s', (known, text, problem) =>
  expect(folderProblem(text, known)?.key ?? null).toBe(problem),
)

describe('the upload sheet', () => {
  const { profiles } = studioData()
  test.each([
    ['p1', 'lanstone-archive', 'k1'],
    ['p2', 'eu-nightly', 'k2'],
    ['practice', 'practice-bucket', 'k6'],
    // No default, several keys: none by chance.
    ['p2', 'other', null],
  ] as const)('%s/%s suggests %s', (profile, bucket, expected) =>
    expect(
      suggestedKey(
        profiles.find((one) => one.id === profile),
        bucket,
        keys,
      ),
    ).toBe(expected),
  )

  test('a default that may not encrypt is never replaced by another key', () => {
    const [profile] = profiles
    const retired = keys.map((one) =>
      one.id === 'k1' ? { ...one, state: 'decrypt-only' as const } : one,
    )
    expect(suggestedKey(profile, 'lanstone-archive', retired)).toBe(null)
    expect(suggestedKey(undefined, 'any', keys.slice(0, 1))).toBe('k1')
  })

  test('decisions on existing names', () => {
    const conflicts = ['a', 'b', 'c'].map((key) => ({
      key,
      size: 1,
      modified: '',
      theirSize: 1,
      theirModified: '',
    }))
    const first = decided({}, conflicts, 0, 'skip', false)
    expect(first).toEqual({ a: 'skip' })
    expect(decided(first, conflicts, 1, 'replace', true)).toEqual({
      a: 'skip',
      b: 'replace',
      c: 'replace',
    })
  })
})

describe('transfers', () => {
  test('the speed curve has one value a second, and none invented for seconds in which nothing was told', () => {
    let speeds = withSpeed({ values: [], at: 0 }, 5, 10_000)
    speeds = withSpeed(speeds, 7, 10_400)
    speeds = withSpeed(speeds, 9, 13_000)
    expect(speeds.values).toEqual([7, 0, 0, 9])
    expect(withSpeed(speeds, 1, 13_000 + 3_600_000).values).toHaveLength(600)
    // The speeds move on without an event.
    expect(speedsUntil(speeds, 16)).toEqual([7, 0, 0, 9, 0, 0])
    for (const now of [13, 14]) expect(speedsUntil(speeds, now)).toEqual([7, 0, 0, 9])
    expect(Math.max(...speedsUntil(speeds, 13 + 700))).toBe(0)
    expect(speedsUntil({ values: [], at: 0 }, 99)).toEqual([])
  })
})
