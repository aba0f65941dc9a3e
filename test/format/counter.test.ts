import { createCipheriv, createDecipheriv } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  BLOCK_BYTES,
  counterAt,
  gcmCounter,
  hasShapedMiddle,
  MAX_GCM_BYTES,
  shapeCounter,
} from '../../shared/format/counter.ts'
import { bytesOf, hex, rows } from './vectors.ts'

interface Row {
  readonly name: string
  readonly source: string
  readonly initial: string
  readonly offset: number
  readonly counter: string
  /** Where another SDK seeks to, when it differs. */
  readonly others?: { readonly go?: string; readonly java?: string }
}

/** The Go SDKs, Java SDK V2 and C++: the low 64 bits only. */
function likeGo(initial: Uint8Array, offset: number): string {
  const at = Buffer.from(initial)
  at.writeBigUInt64BE(BigInt.asUintN(64, at.readBigUInt64BE(8) + BigInt(offset / 16)), 8)
  return at.toString('hex')
}

/** The Java SDK V1: the low 32 bits, summed in 64, over the low 64. */
function likeJava(initial: Uint8Array, offset: number): string {
  const at = Buffer.from(initial)
  if (offset > 0) at.writeBigUInt64BE(BigInt(at.readUInt32BE(12)) + BigInt(offset / 16), 8)
  return at.toString('hex')
}

describe('counterAt', () => {
  for (const row of rows<Row>('counter.json')) {
    test(`${row.name} (${row.source})`, () => {
      const initial = bytesOf(row.initial)
      expect(hex(counterAt(initial, row.offset))).toBe(row.counter)
      expect(hex(initial)).toBe(row.initial)
      if (row.others?.go !== undefined) expect(likeGo(initial, row.offset)).toBe(row.others.go)
      if (row.others?.java !== undefined)
        expect(likeJava(initial, row.offset)).toBe(row.others.java)
    })
  }

  test('goes where a running cipher goes, whatever the counter', () => {
    const key = new Uint8Array(32).fill(7)
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        fc.nat(200),
        (initial, blocks) => {
          const running = createCipheriv('aes-256-ctr', key, initial).update(
            new Uint8Array((blocks + 1) * BLOCK_BYTES),
          )
          const sought = createCipheriv(
            'aes-256-ctr',
            key,
            counterAt(initial, blocks * BLOCK_BYTES),
          ).update(new Uint8Array(BLOCK_BYTES))
          expect(hex(running.subarray(-BLOCK_BYTES))).toBe(hex(sought))
        },
      ),
    )
  })

  test('every SDK reaches the same counter from a shaped one, at any offset an object can have', () => {
    const offsets = fc.nat({ max: (10_000 * 5 * 1024 ** 3) / 16 }).map((blocks) => blocks * 16)
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), offsets, (random, offset) => {
        const initial = shapeCounter(random)
        expect(likeGo(initial, offset)).toBe(hex(counterAt(initial, offset)))
        expect(likeJava(initial, offset)).toBe(hex(counterAt(initial, offset)))
      }),
    )
  })

  test.each([1, 15, 17, -16, 0.5, NaN, Infinity, 2 ** 53])('refuses offset %s', (offset) => {
    expect(() => counterAt(new Uint8Array(16), offset)).toThrow(RangeError)
  })

  test.each([0, 12, 15, 17, 32])('refuses a counter of %s bytes', (length) => {
    expect(() => counterAt(new Uint8Array(length), 0)).toThrow(RangeError)
    expect(() => shapeCounter(new Uint8Array(length))).toThrow(RangeError)
  })
})

test('shapeCounter clears bytes 8 to 11 of a copy and nothing else', () => {
  const random = bytesOf('00112233445566778899aabbccddeeff')
  expect(hex(shapeCounter(random))).toBe('001122334455667700000000ccddeeff')
  expect(hex(random)).toBe('00112233445566778899aabbccddeeff')
})

test('a shaped counter has zeros in the middle, and one of another making may not', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (random) => {
      expect(hasShapedMiddle(shapeCounter(random))).toBe(true)
      expect(hasShapedMiddle(random)).toBe(hex(random).slice(16, 24) === '00000000')
    }),
  )
  for (const bytes of [
    '8c3207b09a9bfa6611223344ac1992b4',
    '8c3207b09a9bfa6600000001ac1992b4',
    '8c3207b09a9bfa6601000000ac1992b4',
    '00000000',
    '',
  ])
    expect(hasShapedMiddle(bytesOf(bytes))).toBe(false)
})

describe('gcmCounter', () => {
  test.each([
    // Source: NIST SP 800-38D 7.1; OSSEncryptionSample.java, paddingIV.
    [0, 'cafebabefacedbaddecaf88800000002'],
    [16, 'cafebabefacedbaddecaf88800000003'],
    [2 ** 32, 'cafebabefacedbaddecaf88810000002'],
    [MAX_GCM_BYTES - (MAX_GCM_BYTES % 16) - 16, 'cafebabefacedbaddecaf888ffffffff'],
  ])('at %i', (offset, counter) => {
    expect(hex(counterAt(gcmCounter(bytesOf('cafebabefacedbaddecaf888')), offset))).toBe(counter)
  })

  test('any range of a GCM message is AES-CTR from there', () => {
    const key = new Uint8Array(32).fill(7)
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 12, maxLength: 12 }),
        fc.uint8Array({ maxLength: 400 }),
        fc.nat(25),
        (iv, plain, block) => {
          const stored = createCipheriv('aes-256-gcm', key, iv).update(plain)
          const from = Math.min(block * 16, plain.length - (plain.length % 16))
          expect(
            hex(
              createDecipheriv('aes-256-ctr', key, counterAt(gcmCounter(iv), from)).update(
                stored.subarray(from),
              ),
            ),
          ).toBe(hex(plain.subarray(from)))
        },
      ),
    )
  })

  test('other initial vectors are bugs', () => {
    for (const length of [0, 11, 13, 16])
      expect(() => gcmCounter(new Uint8Array(length))).toThrow(RangeError)
  })
})
