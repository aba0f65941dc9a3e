import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  der,
  derInteger,
  derStart,
  elementAt,
  elementsIn,
  INTEGER,
  OCTET_STRING,
  SEQUENCE,
  smallInteger,
} from '../../shared/format/der.ts'
import { bytesOf, hex } from './vectors.ts'

const element = (tag: number, start: number, end: number) => ({ tag, start, end, next: end })
/** Bytes beyond those given are still to come: the limit is the size of something longer. */
const far = 2 ** 40

describe('elementAt', () => {
  test.each([
    ['short length', '0403aabbcc', 5, element(OCTET_STRING, 2, 5)],
    ['no content', '3000', 2, element(SEQUENCE, 2, 2)],
    ['127 bytes, content to come', '047f', far, element(OCTET_STRING, 2, 129)],
    ['128 bytes', '048180', far, element(OCTET_STRING, 3, 131)],
    ['5 GiB', '04850140000000', far, element(OCTET_STRING, 7, 7 + 5 * 2 ** 30)],
    ['longest length', '0486000000000001', far, null],
    ['six bytes of length', '0486010000000000', 2 ** 41, element(OCTET_STRING, 8, 8 + 2 ** 40)],
    ['tag alone', '04', far, 'more'],
    ['nothing yet', '', far, 'more'],
    ['length to come', '0482', far, 'more'],
    ['half of a length', '048201', far, 'more'],
    ['no room for a length', '04', 1, null],
    ['no room for the rest of a length', '0482', 3, null],
    ['longer than its place', '0403aabb', 4, null],
    ['not the shortest form: 5 as a long length', '048105', far, null],
    ['not the shortest form: a leading zero', '04820080', far, null],
    ['of unknown length (BER)', '0480', far, null],
    ['length of seven bytes', '048701000000000000', far, null],
    ['length that means nothing', '04ff', far, null],
    ['tag of several bytes', '1f8101', far, null],
  ] as const)('%s', (_name, bytes, limit, found) => {
    expect(elementAt(bytesOf(bytes), 0, limit)).toEqual(found)
  })
})

test.each([
  ['two', '04003000', [element(OCTET_STRING, 2, 2), element(SEQUENCE, 4, 4)]],
  ['none', '', []],
  ['a byte too many', '040030', null],
  ['one that ends outside', '04003001', null],
] as const)('elements: %s', (_name, bytes, found) => {
  expect(elementsIn(bytesOf(bytes), { start: 0, end: bytes.length / 2 })).toEqual(found)
})

test.each([
  ['020100', 0],
  ['02017f', 127],
  ['02020080', 128],
  ['02047fffffff', 2 ** 31 - 1],
  ['0200', null],
  ['020180', null],
  ['0202007f', null],
  ['0205007fffffff', null],
  ['02050080000000', null],
  ['040101', null],
] as const)('whole number %s', (bytes, value) => {
  expect(
    smallInteger(bytesOf(bytes), elementAt(bytesOf(bytes), 0, bytes.length / 2) as never),
  ).toBe(value)
})

test('whole numbers come back', () => {
  fc.assert(
    fc.property(fc.nat({ max: 2 ** 31 - 1 }), (value) => {
      const bytes = derInteger(value)
      expect(bytes[0]).toBe(INTEGER)
      expect(smallInteger(bytes, elementAt(bytes, 0, bytes.length) as never)).toBe(value)
    }),
  )
})

test('what is written is read, at any length up to that of the largest object', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.nat(300),
        fc.nat(2 ** 17),
        fc.maxSafeNat().filter((length) => length < 2 ** 48),
      ),
      (length) => {
        const bytes = derStart(OCTET_STRING, length)
        expect(elementAt(bytes, 0, bytes.length + length)).toEqual(
          element(OCTET_STRING, bytes.length, bytes.length + length),
        )
        // As a place that is one byte too small.
        if (length > 0) expect(elementAt(bytes, 0, bytes.length + length - 1)).toBeNull()
      },
    ),
  )
  expect(hex(der(SEQUENCE, der(OCTET_STRING, bytesOf('aa')), derInteger(5)))).toBe(
    '30060401aa020105',
  )
})
