import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toBase64 } from '../../shared/format/base64.ts'
import {
  CONTENT_ALGORITHM,
  ENVELOPE_PREFIX,
  envelopeFacts,
  KMS_WRAP,
  OAEP_WRAP,
  RSA_WRAP,
  serializeEnvelope,
  type Envelope,
} from '../../shared/format/envelope/envelope.ts'
import { sameDescription } from '../../shared/format/key-description.ts'
import { splitHeaders } from '../../shared/format/message/message.ts'
import { readHeaders, recognise, type RecognisedFormat } from '../../shared/format/recognise.ts'
import { anyMessage } from './messages.ts'

/**
 * Differences of the SDKs, and of the tools between them, that a reader must accept. Columns: the
 * difference, its writer, the headers put over those of one envelope, and the expected reading.
 */
const META = 'x-oss-meta-'
const envelope: Envelope = {
  format: 'v2',
  wrappedDataKey: new Uint8Array(256).fill(0xfb),
  wrappedCounter: new Uint8Array(256).fill(0xcd),
  contentAlgorithm: CONTENT_ALGORITHM,
  wrapAlgorithm: RSA_WRAP,
  keyDescription: '{"a":"b"}',
  dataSize: null,
  partSize: null,
}
const changed = (change: Partial<Envelope>): RecognisedFormat => {
  const read = { ...envelope, ...change }
  const format = { [RSA_WRAP]: 'v2', [OAEP_WRAP]: 'v2-oaep', [KMS_WRAP]: 'v2-kms' } as const
  return {
    kind: 'encrypted',
    format: format[read.wrapAlgorithm as typeof RSA_WRAP] ?? 'v2-custom',
    envelope: read,
  }
}
type Raw = readonly (readonly [string, string])[]
const good: Raw = Object.entries(serializeEnvelope(envelope))
const respelt = (spell: (name: string) => string): Raw =>
  good.map(([name, value]) => [spell(name), value])
const over = (change: Readonly<Record<string, string>>): Raw =>
  Object.entries({
    ...Object.fromEntries(good),
    ...Object.fromEntries(
      Object.entries(change).map(([name, value]) => [ENVELOPE_PREFIX + name, value]),
    ),
  })
const capital = (name: string) => name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())

describe('format V2', () => {
  test.each([
    ['names in lower case', 'Python, Java V1, C++ and PHP SDKs', good, {}],
    ['names in capitals', 'Go SDK V2, net/http', respelt(capital), {}],
    ['names in upper case', 'gateways', respelt((name) => name.toUpperCase()), {}],
    [
      'blanks around values',
      'Java SDK V1 trims its own',
      good.map(([name, value]) => [name, `  ${value}\t`]),
      {},
    ],
    ['blanks around names', 'dumps in columns', respelt((name) => ` ${name} `), {}],
    ['cek-alg in another case', 'tools', over({ 'cek-alg': 'aes/ctr/nopadding' }), {}],
    [
      'wrap-alg in another case',
      'Java SDK V1 and C++ SDK compare without case',
      over({ 'wrap-alg': 'rsa/none/pkcs1PADDING' }),
      {},
    ],
    [
      'KMS in another case',
      'as above',
      over({ 'wrap-alg': 'kms/alicloud' }),
      { wrapAlgorithm: KMS_WRAP },
    ],
    [
      'OAEP under the headers of V2',
      'oss2 2.11 and later, LocalRsaProvider',
      over({ 'wrap-alg': 'RSA/NONE/OAEPWithSHA-1AndMGF1Padding' }),
      { wrapAlgorithm: OAEP_WRAP },
    ],
    [
      'OAEP in another case',
      'tools',
      over({ 'wrap-alg': 'RSA/NONE/OAEPWITHSHA-1ANDMGF1PADDING' }),
      { wrapAlgorithm: OAEP_WRAP },
    ],
    [
      "a wrapping of somebody's own, kept as written",
      'MasterCipher of the SDKs',
      over({ 'wrap-alg': 'My Hsm/v1' }),
      { wrapAlgorithm: 'My Hsm/v1' },
    ],
    [
      'no description',
      'all',
      good.filter(([name]) => !name.endsWith('matdesc')),
      { keyDescription: '' },
    ],
    [
      'an empty description',
      'headers without a value',
      over({ matdesc: '' }),
      { keyDescription: '' },
    ],
    [
      'a description of no array',
      'PHP SDK V2, empty array',
      over({ matdesc: '[]' }),
      { keyDescription: '[]' },
    ],
    [
      'a description with blanks',
      'Python SDKs',
      over({ matdesc: '{"a": "b"}' }),
      { keyDescription: '{"a": "b"}' },
    ],
    [
      'a description that is no JSON',
      'MasterCipher.getMatDesc, any text',
      over({ matdesc: 'rsa-key' }),
      { keyDescription: 'rsa-key' },
    ],
    [
      'a description in raw UTF-8, one character per byte',
      'Go and Java SDKs through HTTP',
      over({ matdesc: Buffer.from('{"z":"é密"}').toString('latin1') }),
      { keyDescription: '{"z":"é密"}' },
    ],
    [
      'a description in Latin-1',
      'what is no UTF-8 stays',
      over({ matdesc: '{"z":"\u00e9"}' }),
      { keyDescription: '{"z":"\u00e9"}' },
    ],
    [
      'sizes of a multipart upload',
      'all but the Go SDKs for size 0',
      over({ 'data-size': '204805', 'part-size': '102400' }),
      { dataSize: 204_805, partSize: 102_400 },
    ],
    [
      'part size alone',
      'Go SDKs, PyV2, Java: data-size 0 is left out',
      over({ 'part-size': '102400' }),
      { partSize: 102_400 },
    ],
    [
      'sizes without a value',
      'headers of length 0',
      over({ 'data-size': '', 'part-size': '' }),
      {},
    ],
    [
      'length and base64 MD5 of the plaintext',
      'Java SDK V1',
      over({
        'unencrypted-content-length': '5',
        'unencrypted-content-md5': 'XUFAKrxLKna5cZ2REBfFkg==',
      }),
      {},
    ],
    [
      'MD5 in hex',
      'oss2, whatever the caller gave',
      over({ 'unencrypted-content-md5': '5d41402abc4b2a76b9719d911017c592' }),
      {},
    ],
    [
      'a length of the plaintext that is not that of the object',
      'somebody edited it',
      over({ 'unencrypted-content-length': '999' }),
      {},
    ],
    ['a magic number', 'C++ SDK', over({ 'magic-number-hmac': 'abc' }), {}],
    ['headers nobody knows', 'versions to come', over({ 'v3-something': '1' }), {}],
    [
      'metadata of the user',
      'all',
      [
        ...good,
        [`${META}owner`, 'me'],
        [`${META}key`, 'x'],
        [`${META}start`, 'x'],
        [`${META}iv`, 'x'],
      ],
      {},
    ],
  ] as readonly [string, string, Raw, Partial<Envelope>][])(
    '%s (%s)',
    (_name, _source, raw, change) => {
      expect(recognise(readHeaders(raw))).toEqual(changed(change))
    },
  )

  test('MD5 of the plaintext is told, in any spelling of its name', () => {
    expect(
      envelopeFacts(
        envelope,
        readHeaders([['X-Oss-Meta-Client-Side-Encryption-Unencrypted-Content-Md5', 'x']]),
      ).plaintextMd5,
    ).toBe(true)
  })

  test.each([
    ['{"a":"b","c":"d"}', '{"c": "d", "a": "b"}'],
    ['{"a":"\\u00e9"}', '{"a":"é"}'],
    ['{"a":"x/y"}', '{"a":"x\\/y"}'],
    ['{"a":"<"}', '{"a":"\\u003c"}'],
    ['', '{}'],
    ['{}', '[]'],
    ['', ' '],
    ['{"a":"1"}', '{"a":1}'],
    ['plain text', ' plain text '],
  ])('descriptions %j and %j name one key', (a, b) => {
    expect(sameDescription(a, b)).toBe(true)
    expect(sameDescription(b, a)).toBe(true)
  })
})

describe('whatever is done to headers, reading them does not throw', () => {
  const anyEnvelope: fc.Arbitrary<Envelope> = fc.record({
    format: fc.constantFrom('v1', 'v2'),
    wrappedDataKey: fc.uint8Array({ minLength: 1, maxLength: 60 }),
    wrappedCounter: fc.uint8Array({ minLength: 1, maxLength: 60 }),
    contentAlgorithm: fc.constant(CONTENT_ALGORITHM),
    wrapAlgorithm: fc.constantFrom(RSA_WRAP, OAEP_WRAP, KMS_WRAP, 'HSM'),
    keyDescription: fc.string(),
    dataSize: fc.option(fc.maxSafeNat(), { nil: null }),
    partSize: fc.option(fc.maxSafeNat(), { nil: null }),
  })
  const anyHeaders = fc.oneof(
    anyEnvelope.map(serializeEnvelope),
    anyMessage.map(({ header, iv, tag }) => splitHeaders(header, iv, tag)),
  )

  test('every truncation of every value', () => {
    fc.assert(
      fc.property(anyHeaders, (headers) => {
        for (const [name, value] of Object.entries(headers)) {
          for (let length = 0; length < value.length; length++)
            readAll({ ...headers, [name]: value.slice(0, length) })
        }
      }),
      { numRuns: 40 },
    )
  })

  test('any character changed, any header gone or twice', () => {
    fc.assert(
      fc.property(
        anyHeaders,
        fc.nat(),
        fc.nat(),
        fc.constantFrom(...'A/=!, \u0000\u00ff\u{1f511}'),
        (headers, which, where, character) => {
          const names = Object.keys(headers)
          const name = names[which % names.length] ?? ''
          const value = headers[name] ?? ''
          const at = value === '' ? 0 : where % value.length
          readAll({ ...headers, [name]: value.slice(0, at) + character + value.slice(at + 1) })
          const { [name]: gone, ...rest } = headers
          // An object that was encrypted never passes for a plain one, unless of three short names
          // only one is left.
          expect(readAll(rest).kind, gone).not.toBe('plain')
          const twice = recognise(
            readHeaders([...Object.entries(headers), [name.toUpperCase(), value]]),
          )
          expect(twice.kind).not.toBe('plain')
        },
      ),
      { numRuns: 500 },
    )
  })

  test('any headers at all', () => {
    const names = [
      'oss-crypto-key',
      'oss-crypto-start',
      'oss-cek-alg',
      'oss-wrap-alg',
      'client-side-encryption-key',
      'client-side-encryption-start',
      'client-side-encryption-cek-alg',
      'client-side-encryption-wrap-alg',
      'header',
      'iv',
      'authtag',
      `${META}header`,
      `${META}iv`,
    ]
    const values = fc.oneof(
      fc.string(),
      fc.uint8Array({ maxLength: 40 }).map(toBase64),
      fc.constantFrom('kms', 'rsa', CONTENT_ALGORITHM, RSA_WRAP),
    )
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom(...names).map((name) => META + name),
          values,
        ),
        (headers) => void readAll(headers),
      ),
      { numRuns: 2000 },
    )
  })

  function readAll(headers: Readonly<Record<string, string>>): RecognisedFormat {
    const read = readHeaders(Object.entries(headers))
    const found = recognise(read)
    if (found.kind === 'encrypted') envelopeFacts(found.envelope, read)
    if (found.kind === 'message' || found.kind === 'later') envelopeFacts(found.message, read)
    return found
  }
})
