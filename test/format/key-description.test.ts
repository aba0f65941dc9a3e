import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  checkContext,
  checkDescription,
  MAX_DESCRIPTION_BYTES,
  readDescription,
  sameDescription,
  writeDescription,
} from '../../shared/format/key-description.ts'
import { rows } from './vectors.ts'

interface Row {
  readonly name: string
  readonly source: string
  readonly text: string
  readonly pairs: readonly (readonly [string, string])[] | null
}

const table = rows<Row>('key-descriptions.json')

describe('readDescription', () => {
  for (const row of table) {
    test(`${row.name} (${row.source})`, () => {
      const read = readDescription(row.text)
      expect(read === null ? null : [...read]).toEqual(row.pairs)
    })
  }
})

describe('sameDescription', () => {
  const writers = table.filter((row) => row.name.includes('SDK'))
  const nothing = table.filter((row) => row.pairs?.length === 0)

  test('one description in the style of every writer is one description', () => {
    expect(writers.length).toBe(6)
    for (const a of writers)
      for (const b of writers)
        expect(sameDescription(a.text, b.text), `${a.name} and ${b.name}`).toBe(true)
  })

  test('all ways to say nothing are the same, and are no description', () => {
    for (const a of nothing) {
      for (const b of nothing) expect(sameDescription(a.text, b.text)).toBe(true)
      for (const b of writers) expect(sameDescription(a.text, b.text)).toBe(false)
    }
  })

  test.each([
    ['{"a":"b"}', '{"a":"c"}', false],
    ['{"a":"b"}', '{"a":"b","c":"d"}', false],
    ['{"a":"b","c":"d"}', '{"a":"b"}', false],
    ['{"a":"b"}', '{"b":"a"}', false],
    ['{"n":1}', '{"n":"1"}', true],
    ['not json', 'not json ', true],
    ['not json', 'other', false],
    ['not json', '', false],
  ])('%s and %s', (a, b, same) => {
    expect(sameDescription(a, b)).toBe(same)
    expect(sameDescription(b, a)).toBe(same)
  })
})

describe('checkContext', () => {
  test.each([
    ['{"a":"x\\ty"}', [['a', 'x\ty']]],
    ['{"a":"\u2028"}', [['a', '\u2028']]],
    ['{"a\\u0000":"\\u007f"}', [['a\0', '\x7f']]],
    ['', []],
  ])('takes %j', (typed, pairs) => {
    const checked = checkContext(typed)
    expect(checked.ok && [...checked.value]).toEqual(pairs)
  })
  test.each([
    ['{"a":"\\ud83d"}', 'not-printable'],
    ['{"a":1}', 'value-not-text'],
    ['{"a":"b","a":"c"}', 'repeated-name'],
    ['[]', 'not-an-object'],
  ])('refuses %j: %s', (typed, problem) => {
    expect(checkContext(typed)).toMatchObject({ ok: false, error: { problem } })
  })
})

describe('checkDescription', () => {
  test.each([
    ['', []],
    ['  \n', []],
    ['{}', []],
    [
      '{"zone": "1", "a": ""}',
      [
        ['zone', '1'],
        ['a', ''],
      ],
    ],
    [
      '{"b":"x","1":"y"}',
      [
        ['b', 'x'],
        ['1', 'y'],
      ],
    ],
    ['{"a\\"b":"c:\\"d\\":e"}', [['a"b', 'c:"d":e']]],
    ['{"\u540d":"\u5bc6\u94a5 \ud83d\udd11"}', [['\u540d', '\u5bc6\u94a5 \ud83d\udd11']]],
    ['{"__proto__":"x"}', [['__proto__', 'x']]],
  ])('takes %j', (typed, pairs) => {
    const checked = checkDescription(typed)
    expect(checked.ok && [...checked.value]).toEqual(pairs)
  })

  test.each([
    ['desc', 'not-json', ''],
    ['{"a":"b",}', 'not-json', ''],
    ["{'a':'b'}", 'not-json', ''],
    ['[]', 'not-an-object', ''],
    ['"a"', 'not-an-object', ''],
    ['null', 'not-an-object', ''],
    ['{"a":1}', 'value-not-text', 'a'],
    ['{"a":"b","c":{"d":"e"}}', 'value-not-text', 'c'],
    ['{"a":"b","a":"c"}', 'repeated-name', 'a'],
    ['{"a":"b","\\u0061":"c"}', 'repeated-name', 'a'],
    ['{"a":1,"a":"c"}', 'repeated-name', 'a'],
    ['{"__proto__":"x","__proto__":"y"}', 'repeated-name', '__proto__'],
    ['{"a":"line\\nbreak"}', 'not-printable', 'a'],
    ['{"a":"\\u007f"}', 'not-printable', 'a'],
    ['{"a":"\\ud83d"}', 'not-printable', 'a'],
    ['{"a\\u0000":"b"}', 'not-printable', 'a\u0000'],
    [`{"a":"${'x'.repeat(MAX_DESCRIPTION_BYTES)}"}`, 'too-long', String(MAX_DESCRIPTION_BYTES)],
    [
      `{"a":"${'\u5bc6'.repeat(MAX_DESCRIPTION_BYTES / 6)}"}`,
      'too-long',
      String(MAX_DESCRIPTION_BYTES),
    ],
  ])('refuses %.40j: %s', (typed, problem, detail) => {
    expect(checkDescription(typed)).toEqual({
      ok: false,
      error: { code: 'key-description', problem, detail },
    })
  })

  test('the longest that is taken', () => {
    const longest = `{"a": "${'x'.repeat(MAX_DESCRIPTION_BYTES - '{"a": ""}'.length)}"}`
    expect(longest).toHaveLength(MAX_DESCRIPTION_BYTES)
    expect(checkDescription(longest).ok).toBe(true)
    expect(checkDescription(longest.replace('x', 'xx')).ok).toBe(false)
  })
})

describe('writeDescription', () => {
  const pairs = new Map([
    ['zone', '\u00e9/<1>&'],
    ['a', 'b"c\\d'],
    ['1', '\ud83d\udd11'],
  ])

  test.each([
    ['compact', '{"1":"\\ud83d\\udd11","a":"b\\"c\\\\d","zone":"\\u00e9/<1>&"}'],
    // Source: python3 -c 'import json; print(json.dumps({"zone": "\u00e9/<1>&", "a": "b\"c\\d",
    // "1": "\U0001f511"}))'
    ['python', '{"zone": "\\u00e9/<1>&", "a": "b\\"c\\\\d", "1": "\\ud83d\\udd11"}'],
  ] as const)('%s', (style, text) => {
    expect(writeDescription(pairs, style)).toBe(text)
  })

  test('an empty description is not written', () => {
    expect(writeDescription(new Map(), 'compact')).toBe('')
    expect(writeDescription(new Map(), 'python')).toBe('')
  })

  test('what is written is ASCII, is read back, and is taken again', () => {
    const text = fc
      .string({ unit: 'grapheme', maxLength: 12 })
      .filter((value) => !/[\p{Cc}\u2028\u2029]/u.test(value))
    fc.assert(
      fc.property(
        fc.array(fc.tuple(text, text), { maxLength: 6 }),
        fc.constantFrom('compact', 'python'),
        (list, style) => {
          const given = new Map(list)
          const written = writeDescription(given, style)
          expect(written).toMatch(/^[\x20-\x7e]*$/)
          expect(new Map(readDescription(written))).toEqual(given)
          expect(sameDescription(written, JSON.stringify(Object.fromEntries(given)))).toBe(true)
          const again = checkDescription(written)
          expect(again.ok && writeDescription(again.value, style)).toBe(written)
        },
      ),
    )
  })
})
