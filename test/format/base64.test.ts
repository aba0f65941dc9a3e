import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromBase64, toBase64 } from '../../shared/format/base64.ts'
import { bytesOf, hex, rows } from './vectors.ts'

interface Row {
  readonly name: string
  readonly source: string
  readonly text: string
  readonly hex: string | null
}

for (const row of rows<Row>('base64.json')) {
  test(`${row.name} (${row.source})`, () => {
    const read = fromBase64(row.text)
    expect(read === null ? null : hex(read)).toBe(row.hex)
    if (row.hex !== null) expect(toBase64(bytesOf(row.hex))).toBe(row.text)
  })
}

test('an absent header is no bytes at all', () => {
  expect(fromBase64(undefined)).toBeNull()
})

test('any bytes come back, as Node writes them', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'))
      expect(fromBase64(toBase64(bytes))).toEqual(bytes)
    }),
  )
})

test('any text is refused or re-encodes to itself', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'AZaz09+/=-_ \n'), maxLength: 12 }),
      (text) => {
        const read = fromBase64(text)
        if (read !== null) expect(toBase64(read)).toBe(text)
      },
    ),
    { numRuns: 2000 },
  )
})
