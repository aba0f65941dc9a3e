import { createCRC64 } from 'hash-wasm'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  combineCrc64,
  crc64FromDecimal,
  crc64FromHex,
  crc64ToDecimal,
  EMPTY_CRC64,
} from '../../shared/format/crc64.ts'
import { rows } from './vectors.ts'

interface Row {
  readonly name: string
  readonly source: string
  readonly first: string
  readonly second: string
  readonly secondLength: number
  readonly both: string
}

const hasher = await createCRC64()
const sum = (bytes: Uint8Array) => crc64FromHex(hasher.init().update(bytes).digest('hex'))

for (const row of rows<Row>('crc64.json')) {
  test(`${row.name} (${row.source})`, () => {
    expect(combineCrc64(crc64FromHex(row.first), crc64FromHex(row.second), row.secondLength)).toBe(
      crc64FromHex(row.both),
    )
  })
}

test('the check value, in the form OSS sends it', () => {
  const check = sum(new TextEncoder().encode('123456789'))
  expect(crc64ToDecimal(check)).toBe('11051210869376104954')
  expect(crc64FromDecimal('11051210869376104954')).toBe(check)
})

test('joins as if the bytes had been one', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000 }), fc.uint8Array({ maxLength: 3000 }), (a, b) => {
      expect(combineCrc64(sum(a), sum(b), b.length)).toBe(sum(Buffer.concat([a, b])))
    }),
  )
})

test('joins many, in any grouping', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 12 }), (pieces) => {
      const joined = pieces.reduce(
        (left, piece) => combineCrc64(left, sum(piece), piece.length),
        EMPTY_CRC64,
      )
      expect(joined).toBe(sum(Buffer.concat(pieces)))
    }),
  )
})

test('lengths beyond 32 bits: appending zeros in two steps or one is the same', () => {
  const start = crc64FromHex('995dc9bbdf1939fa')
  const zeros = (length: number) => combineCrc64(start, EMPTY_CRC64, length)
  const half = 5 * 1024 ** 3
  expect(combineCrc64(zeros(half), EMPTY_CRC64, half)).toBe(zeros(2 * half))
  expect(combineCrc64(start, EMPTY_CRC64, 0)).toBe(start)
})

// Work that grows with the length, which is 80 GiB in all, would not end within the time of a test.
test('10,000 parts of one length are joined by arithmetic alone', () => {
  let joined = EMPTY_CRC64
  for (let i = 0; i < 10_000; i++)
    joined = combineCrc64(joined, 0x1234_5678_9abc_def0n ^ BigInt(i), 8 * 1024 ** 2)
  expect(joined).not.toBe(EMPTY_CRC64)
})

test.each(['', '-1', '1.0', '0x10', ' 1', '18446744073709551616', '999999999999999999999', 'abc'])(
  '%j is no checksum',
  (text) => {
    expect(crc64FromDecimal(text)).toBeNull()
  },
)

test('bad hex and bad lengths are bugs', () => {
  for (const text of ['', 'xyz', '0x12', '0'.repeat(17)])
    expect(() => crc64FromHex(text)).toThrow(RangeError)
  for (const length of [-1, 0.5, NaN])
    expect(() => combineCrc64(1n, 1n, length)).toThrow(RangeError)
})

test('decimal text comes back', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), (value) => {
      expect(crc64FromDecimal(crc64ToDecimal(value))).toBe(value)
    }),
  )
})
