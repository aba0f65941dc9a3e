import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  decidingSeal,
  NO_SEAL_YET,
  readSealText,
  SEAL_HEADER,
  SEAL_TAG,
  writeSealText,
  type Seal,
} from '../../../electron/core/seals/seal-text.ts'
import { BASE, named, sealOf, VECTORS } from './seal-kit.ts'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
/** Any seal that a reader accepts. */
const seals: fc.Arbitrary<Seal> = fc
  .record({
    byWriter: fc.boolean(),
    exponent: fc.integer({ min: 20, max: 26 }),
    sealId: bytes(16),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    root: bytes(32),
    content: bytes(32),
    time: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
    place: bytes(32),
    writer: bytes(16),
  })
  .map(({ share, ...seal }) => ({
    ...seal,
    length: Math.floor(share * 2 ** (20 + seal.exponent)),
  }))

const GOOD = BASE.seal
const decoded = (text: string) => Buffer.from(text, 'base64url')
/** The text of the good seal with some bytes replaced. */
function altered(change: Readonly<Record<number, number>>): string {
  const changed = decoded(GOOD)
  for (const [at, byte] of Object.entries(change)) changed[Number(at)] = byte
  return changed.toString('base64url')
}
const kindOf = (text: string) => readSealText(text).kind

test('names that others rely on', () => {
  expect([SEAL_HEADER, SEAL_TAG, NO_SEAL_YET]).toEqual([
    'x-oss-meta-cipherbucket-seal',
    'cipherbucket.seal',
    '0',
  ])
})

test('a text that was written is read as the same seal, and has 198 characters', () => {
  fc.assert(
    fc.property(seals, (seal) => {
      const text = writeSealText(seal)
      expect(text).toMatch(/^[A-Za-z0-9_-]{198}$/)
      expect(readSealText(text)).toEqual({ kind: 'seal', seal })
    }),
  )
})

test('a text that was read is written as the same text', () => {
  const any = fc.oneof(
    fc.string(),
    fc.tuple(fc.nat(147), fc.nat(255)).map(([at, byte]) => altered({ [at]: byte })),
  )
  fc.assert(
    fc.property(any, (text) => {
      const reading = readSealText(text)
      if (reading.kind === 'seal') expect(writeSealText(reading.seal)).toBe(text)
    }),
    { numRuns: 1000 },
  )
})

test('a seal that no reader would take is not written', () => {
  const seal = sealOf(GOOD)
  const wrong: readonly Partial<Seal>[] = [
    { exponent: 19 },
    { exponent: 27 },
    { time: 2 ** 48 },
    { length: 2 ** 40 + 1 },
    { sealId: new Uint8Array(15) },
    { root: new Uint8Array(33) },
    { writer: new Uint8Array() },
  ]
  for (const change of wrong)
    expect(() => writeSealText({ ...seal, ...change })).toThrow(RangeError)
})

describe('the limits of a text', () => {
  test.each([
    ['flags 0', altered({ 2: 0 }), 'seal'],
    ['flags 2', altered({ 2: 2 }), 'malformed'],
    ['flags 0x81', altered({ 2: 0x81 }), 'malformed'],
    ['version 0, suite 2', altered({ 0: 0, 1: 2 }), 'malformed'],
    ['version 1, suite 0', altered({ 1: 0 }), 'malformed'],
    ['version 1, suite 2', altered({ 1: 2 }), 'newer'],
    ['version 2, suite 0', altered({ 0: 2, 1: 0 }), 'newer'],
    ['version 255', altered({ 0: 255 }), 'newer'],
    ['exponent 19', altered({ 3: 19 }), 'malformed'],
    ['exponent 20', altered({ 3: 20 }), 'seal'],
    ['exponent 26', altered({ 3: 26 }), 'seal'],
    ['exponent 27', altered({ 3: 27 }), 'malformed'],
    ['2^20 chunks', altered({ 21: 0, 22: 1, 23: 0, 24: 0, 25: 0, 26: 0, 27: 0 }), 'seal'],
    ['2^20 chunks and a byte', altered({ 22: 1, 23: 0, 24: 0, 25: 0, 26: 0, 27: 1 }), 'malformed'],
    ['the highest bit of the length', altered({ 20: 0x80 }), 'malformed'],
    ['time 2^48 - 1', altered({ 94: 255, 95: 255, 96: 255, 97: 255, 98: 255, 99: 255 }), 'seal'],
    ['time 2^48', altered({ 93: 1 }), 'malformed'],
    ['time 2^56', altered({ 92: 1 }), 'malformed'],
    ['a byte less', decoded(GOOD).subarray(0, 147).toString('base64url'), 'malformed'],
    [
      'a byte more',
      `${Buffer.concat([decoded(GOOD), Buffer.of(0)]).toString('base64url')}`,
      'malformed',
    ],
    ['a short text of version 2', Buffer.of(2, 0).toString('base64url'), 'newer'],
    ['one byte of version 2', Buffer.of(2).toString('base64url'), 'malformed'],
    ['a long text of suite 9', Buffer.alloc(4000, 1).fill(9, 1, 2).toString('base64url'), 'newer'],
    ['a newer text with padding', `${Buffer.of(2, 0).toString('base64url')}=`, 'malformed'],
    ['blank before', ` ${GOOD}`, 'malformed'],
    ['line feed behind', `${GOOD}\n`, 'malformed'],
    ['line feed inside', `${GOOD.slice(0, 9)}\n${GOOD.slice(9)}`, 'malformed'],
    ['percent code', `${GOOD.slice(0, 9)}%0A${GOOD.slice(9)}`, 'malformed'],
    ['the header twice', `${GOOD}, ${GOOD}`, 'malformed'],
    ['the tag that waits', NO_SEAL_YET, 'malformed'],
    ['empty', '', 'malformed'],
  ])('%s', (_, text, kind) => expect(kindOf(text)).toBe(kind))
})

describe('the text that decides', () => {
  const newer = altered({ 0: 2 })
  const other = named(VECTORS.good, 'another data key, same content').seal
  const elsewhere = altered({ 100: 1 })

  test('no text gives kind none, and so does the tag of an unfinished seal', () => {
    expect(decidingSeal([])).toEqual({ kind: 'none' })
    expect(decidingSeal([NO_SEAL_YET])).toEqual({ kind: 'none' })
    expect(decidingSeal([NO_SEAL_YET, NO_SEAL_YET])).toEqual({ kind: 'none' })
    expect(decidingSeal([NO_SEAL_YET, 'x']).kind).toBe('malformed')
  })

  test('the first that is not malformed decides, whatever follows', () => {
    const good = { kind: 'seal', seal: sealOf(GOOD), places: [sealOf(GOOD)] }
    for (const texts of [[GOOD], ['x', GOOD], [NO_SEAL_YET, GOOD], [GOOD, 'x'], [GOOD, newer]])
      expect(decidingSeal(texts)).toEqual(good)
    expect(decidingSeal([newer, GOOD]).kind).toBe('newer')
    expect(decidingSeal(['x', newer, GOOD]).kind).toBe('newer')
    expect(decidingSeal(['x', '']).kind).toBe('malformed')
  })

  test('another text counts for its place only when it sealed the same', () => {
    expect(decidingSeal([GOOD, elsewhere])).toMatchObject({
      seal: sealOf(GOOD),
      places: [sealOf(GOOD), sealOf(elsewhere)],
    })
    expect(decidingSeal([GOOD, other])).toMatchObject({ places: [sealOf(GOOD)] })
    // Each byte of what was sealed counts.
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 91 }), (at) => {
        const changed = altered({ [at]: (decoded(GOOD)[at] ?? 0) ^ 1 })
        if (kindOf(changed) === 'seal')
          expect(decidingSeal([GOOD, changed])).toMatchObject({ places: [sealOf(GOOD)] })
      }),
    )
  })
})
