import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromBase64, toBase64 } from '../../shared/format/base64.ts'
import {
  counterFromDigits,
  digitsOf,
  fromKmsBlob,
  kmsBlobs,
} from '../../shared/format/message/kms-wrap.ts'
import { parseEnvelope } from '../../shared/format/envelope/envelope.ts'
import { readHeaders } from '../../shared/format/recognise.ts'
import { bytesOf, hex, rows } from './vectors.ts'

const text = (value: string) => new TextEncoder().encode(value)
/** As KMS makes them: the id of a key version, then base64 text. */
const blob = fc
  .tuple(fc.uuid(), fc.uint8Array({ minLength: 1, maxLength: 80 }))
  .map(([id, bytes]) => toBase64(text(id + toBase64(bytes))))

interface Row {
  readonly name: string
  readonly source: string
  readonly format: string
  readonly headers: Readonly<Record<string, string>>
  readonly kms?: { readonly blobs: Readonly<Record<string, string>> }
}
const written = [...rows<Row>('envelopes.json'), ...rows<Row>('objects.json')].filter(
  ({ kms, format }) => kms !== undefined && format !== 'v1',
)

describe('which blob', () => {
  test.each(written.map((row) => [row.name, row.source, row] as const))(
    '%s (%s): the first guess is what KMS gave',
    (_name, _source, row) => {
      const parsed = parseEnvelope(readHeaders(Object.entries(row.headers)))
      if (parsed.kind !== 'envelope') throw new Error(parsed.kind)
      for (const wrapped of [parsed.envelope.wrappedDataKey, parsed.envelope.wrappedCounter])
        expect(Object.keys(row.kms?.blobs ?? {})).toContain(kmsBlobs(wrapped)[0])
    },
  )

  test('both forms are among them', () => {
    expect(written).toHaveLength(2)
  })

  test('either form gives the blob back first, as KMS makes them', () => {
    fc.assert(
      fc.property(blob, (given) => {
        expect(kmsBlobs(fromKmsBlob(given, 'a'))).toEqual([given])
        expect(kmsBlobs(fromKmsBlob(given, 'b'))).toEqual([given, toBase64(text(given))])
      }),
    )
  })

  test('a blob whose bytes happen to be base64 text is tried as the other form too', () => {
    // Nobody's KMS but a foreign one would make it: 'QUJD' says ABC, and its bytes are base64 text
    // again.
    expect(kmsBlobs(fromKmsBlob(toBase64(text('QUJD')), 'a'))).toEqual([
      'QUJD',
      toBase64(text('QUJD')),
    ])
  })

  test.each([
    ['cut off', 'QUJ'],
    ['not base64', '5b81-QUJD'],
    ['nothing', ''],
  ])('%s: only as it stands', (_name, value) => {
    expect(kmsBlobs(text(value))).toEqual([toBase64(text(value))])
  })

  test('what is no base64 is no blob', () => {
    for (const value of ['', 'QUJ', 'QU-D', 'QUJD\n', 'QUI=x'])
      expect(() => fromKmsBlob(value, 'a'), value).toThrow(RangeError)
    expect(() => fromKmsBlob('QUJ', 'b')).toThrow(RangeError)
  })

  test('whatever the bytes, all guesses are base64', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), (bytes) => {
        for (const guess of kmsBlobs(bytes)) expect(fromBase64(guess)).not.toBeNull()
      }),
    )
  })
})

describe('the counter as digits', () => {
  test.each([
    ['8', '00000000000000000000000000000008'],
    ['10', '0000000000000000000000000000000a'],
    ['0', '0'.repeat(32)],
    ['007', '00000000000000000000000000000007'],
    ['340282366920938463463374607431768211455', 'f'.repeat(32)],
    ['340282366920938463463374607431768211456', null],
    ['999999999999999999999999999999999999999', null],
    ['1'.repeat(40), null],
    ['', null],
    ['-1', null],
    ['+1', null],
    [' 8', null],
    ['8\n', null],
    ['1e3', null],
    ['0x10', null],
    ['8\u0000', null],
    ['\u0668', null],
  ])('%j', (digits, counter) => {
    const read = counterFromDigits(text(digits))
    expect(read === null ? null : hex(read)).toBe(counter)
  })

  test('any counter comes back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (counter) => {
        expect(counterFromDigits(digitsOf(counter))).toEqual(counter)
      }),
    )
    expect(new TextDecoder().decode(digitsOf(bytesOf('8c3207b09a9bfa6600000000ac1992b4')))).toBe(
      String(0x8c3207b09a9bfa6600000000ac1992b4n),
    )
  })

  test('a wrapped value of a megabyte costs no time', () => {
    expect(counterFromDigits(new Uint8Array(2 ** 20).fill(0x31))).toBeNull()
  })
})
