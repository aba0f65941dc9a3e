import fc from 'fast-check'
import { join, posix, win32 } from 'node:path'
import { describe, expect, test } from 'vitest'
import { keyBytes, localName, localPath } from '../../shared/format/object-names.ts'

test.each([
  ['', 0],
  ['abc', 3],
  ['\u5bc6', 3],
  ['\ud83d\udd11', 4],
  ['\u00e9', 2],
])('%j is %s bytes', (key, bytes) => {
  expect(keyBytes(key)).toBe(bytes)
})

describe('localPath', () => {
  test.each([
    ['a/b/c.txt', ['a', 'b', 'c.txt'], ['a', 'b', 'c.txt']],
    ['folder/', ['folder'], ['folder']],
    [
      '\u5bc6\u94a5/\ud83d\udd11.txt',
      ['\u5bc6\u94a5', '\ud83d\udd11.txt'],
      ['\u5bc6\u94a5', '\ud83d\udd11.txt'],
    ],
    ['<b>hi</b>', ['<b>hi<', 'b>'], ['_b_hi_', 'b_']],
    ['new\nline\u001b[31m', ['new_line_[31m'], ['new_line_[31m']],
    ['a:b|c', ['a:b|c'], ['a_b_c']],
    ['back\\slash', ['back\\slash'], ['back_slash']],
    ['con', ['con'], ['_con']],
    ['LPT1.txt', ['LPT1.txt'], ['_LPT1.txt']],
    ['console', ['console'], ['console']],
    ['dot.', ['dot.'], ['dot_']],
    ['blank ', ['blank '], ['blank_']],
    ['...', ['...'], ['.._']],
    ['.hidden', ['.hidden'], ['.hidden']],
    ['half \ud83d', ['half _'], ['half _']],
  ])('%j', (key, onPosix, onWindows) => {
    expect(localPath(key, 'posix')).toEqual({ ok: true, value: onPosix })
    expect(localPath(key, 'windows')).toEqual({ ok: true, value: onWindows })
    expect(localName(key, 'posix')).toEqual({ ok: true, value: onPosix.at(-1) })
  })

  test.each([
    '',
    '/',
    '//',
    '..',
    '.',
    '../a',
    'a/../b',
    'a/./b',
    'a//b',
    '/a',
    'a/..',
    'a/../',
    'x'.repeat(256),
    `a/${'\u5bc6'.repeat(86)}`,
  ])('refuses %.20j', (key) => {
    expect(localPath(key, 'posix')).toEqual({
      ok: false,
      error: { code: 'name-not-local', name: key },
    })
  })

  test('on Windows the limit counts characters', () => {
    expect(localPath('\u5bc6'.repeat(255), 'windows').ok).toBe(true)
    expect(localPath('\u5bc6'.repeat(256), 'windows').ok).toBe(false)
  })

  test('whatever the key, nothing leaves the folder', () => {
    const key = fc.string({
      unit: fc.constantFrom('a', '.', '/', '\\', ':', ' ', '\u0000', '\n', '~', 'C'),
      maxLength: 12,
    })
    fc.assert(
      fc.property(key, (text) => {
        const here = localPath(text, 'posix')
        if (here.ok) expect(posix.join('/t/x', ...here.value).startsWith('/t/x/')).toBe(true)
        const there = localPath(text, 'windows')
        if (there.ok) expect(win32.join('C:\\t', ...there.value).startsWith('C:\\t\\')).toBe(true)
        if (here.ok) expect(join('t', ...here.value)).not.toMatch(/[\0\n]/)
      }),
      { numRuns: 2000 },
    )
  })
})

test('localName looks at the last name only', () => {
  expect(localName('../../etc/passwd', 'posix')).toEqual({ ok: true, value: 'passwd' })
  expect(localName('a//b', 'posix')).toEqual({ ok: true, value: 'b' })
  for (const key of ['', '/', '..', 'a/..', 'a//'])
    expect(localName(key, 'posix').ok, key).toBe(false)
})
