import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toBase64 } from '../../shared/format/base64.ts'
import {
  CONTENT_ALGORITHM,
  KMS_WRAP,
  OAEP_WRAP,
  serializeEnvelope,
  type Envelope,
} from '../../shared/format/envelope/envelope.ts'
import { readHeaders, recognise } from '../../shared/format/recognise.ts'

const META = 'x-oss-meta-'
const whole: Envelope = {
  format: 'v1',
  wrappedDataKey: new Uint8Array(256).fill(0xab),
  wrappedCounter: new Uint8Array(256).fill(0xcd),
  contentAlgorithm: CONTENT_ALGORITHM,
  wrapAlgorithm: OAEP_WRAP,
  keyDescription: '',
  dataSize: null,
  partSize: null,
}
const good = serializeEnvelope(whole)
/**
 * The good headers with `change` put over them, names without `x-oss-meta-`; null takes one away.
 */
function headersWith(change: Readonly<Record<string, string | null>>) {
  const merged = {
    ...good,
    ...Object.fromEntries(Object.entries(change).map(([name, value]) => [META + name, value])),
  }
  return readHeaders(
    Object.entries(merged).flatMap(([name, value]) =>
      value === null ? [] : [[name, value] as const],
    ),
  )
}

test('names and values, to the letter, as oss2 2.9.1 writes them', () => {
  expect(good).toEqual({
    'x-oss-meta-oss-crypto-key': Buffer.alloc(256, 0xab).toString('base64'),
    'x-oss-meta-oss-crypto-start': Buffer.alloc(256, 0xcd).toString('base64'),
    'x-oss-meta-oss-cek-alg': 'AES/GCM/NoPadding',
    'x-oss-meta-oss-wrap-alg': 'rsa',
  })
  expect(serializeEnvelope({ ...whole, wrapAlgorithm: KMS_WRAP })['x-oss-meta-oss-wrap-alg']).toBe(
    'kms',
  )
})

test('no description and no sizes: nothing of this format was ever written with them', () => {
  expect(
    serializeEnvelope({ ...whole, keyDescription: '{"a":"b"}', dataSize: 5, partSize: 16 }),
  ).toEqual(good)
})

test('what is written is read back', () => {
  const wrapped = fc.tuple(
    fc.uint8Array({ minLength: 1, maxLength: 600 }),
    fc.uint8Array({ minLength: 1, maxLength: 600 }),
  )
  fc.assert(
    fc.property(wrapped, fc.constantFrom(OAEP_WRAP, KMS_WRAP), ([a, b], wrapAlgorithm) => {
      const cut = wrapAlgorithm === OAEP_WRAP ? Math.min(a.length, b.length) : 600
      const given: Envelope = {
        ...whole,
        wrapAlgorithm,
        wrappedDataKey: a.slice(0, cut),
        wrappedCounter: b.slice(0, cut),
      }
      expect(recognise(readHeaders(Object.entries(serializeEnvelope(given))))).toEqual({
        kind: 'encrypted',
        format: 'v1',
        envelope: given,
      })
    }),
  )
})

describe('tolerance', () => {
  test.each([
    ['as it should be', {}, OAEP_WRAP],
    [
      'another wrap algorithm: anything but kms is RSA to oss2',
      { 'oss-wrap-alg': 'RSA/NONE/OAEPWithSHA-1AndMGF1Padding' },
      OAEP_WRAP,
    ],
    ['no wrap algorithm', { 'oss-wrap-alg': null }, OAEP_WRAP],
    ['kms', { 'oss-wrap-alg': 'kms' }, KMS_WRAP],
    ['kms in another case, with blanks', { 'oss-wrap-alg': ' KMS ' }, KMS_WRAP],
    ['the content algorithm by its right name', { 'oss-cek-alg': 'AES/CTR/NoPadding' }, OAEP_WRAP],
    ['in another case', { 'oss-cek-alg': ' aes/gcm/nopadding' }, OAEP_WRAP],
    ['no content algorithm: there was only one', { 'oss-cek-alg': null }, OAEP_WRAP],
    [
      'what the writer was told of the plaintext',
      { 'unencrypted-content-length': '5', 'oss-crypto-unencrypted-content-md5': 'x' },
      OAEP_WRAP,
    ],
    ['a header nobody knows', { 'oss-crypto-magic': '1' }, OAEP_WRAP],
  ])('%s', (_name, change, wrapAlgorithm) => {
    expect(recognise(headersWith(change))).toEqual({
      kind: 'encrypted',
      format: 'v1',
      envelope: { ...whole, wrapAlgorithm },
    })
  })

  test.each(['oss-crypto-matdesc', 'oss-matdesc'])('a description in %s', (name) => {
    expect(recognise(headersWith({ [name]: '{"a": "b"}' }))).toMatchObject({
      kind: 'encrypted',
      envelope: { keyDescription: '{"a": "b"}' },
    })
  })

  test('two lengths are allowed under KMS alone', () => {
    const change = { 'oss-crypto-start': toBase64(new Uint8Array(90)) }
    expect(recognise(headersWith({ ...change, 'oss-wrap-alg': 'kms' }))).toMatchObject({
      kind: 'encrypted',
      format: 'v1',
    })
    expect(recognise(headersWith(change))).toMatchObject({
      kind: 'broken',
      header: 'oss-crypto-start',
      problem: 'invalid',
    })
  })
})

describe('damage', () => {
  const names = ['oss-crypto-key', 'oss-crypto-start', 'oss-cek-alg', 'oss-wrap-alg']
  test.each([
    ['oss-crypto-key', null, 'missing'],
    ['oss-crypto-start', null, 'missing'],
    ['oss-crypto-key', '', 'invalid'],
    ['oss-crypto-start', '', 'invalid'],
    ['oss-crypto-key', '!', 'invalid'],
    ['oss-crypto-start', 'AAA', 'invalid'],
    ['oss-crypto-key', 'AAAA', 'invalid'],
    ['oss-crypto-start', 'AAAA', 'invalid'],
    ['oss-cek-alg', 'AES/CBC/PKCS5Padding', 'invalid'],
    ['oss-cek-alg', 'SM4', 'invalid'],
  ] as const)('%s: %j', (name, value, problem) => {
    expect(recognise(headersWith({ [name]: value }))).toEqual({
      kind: 'broken',
      header: name,
      problem,
      present: names.filter((one) => value !== null || one !== name),
    })
  })

  test.each(names)('only %s is left: encrypted once, never plain', (name) => {
    expect(recognise(new Map([[META + name, good[META + name] ?? '']])).kind).toBe('broken')
  })

  test.each(['oss-crypto-key', 'oss-crypto-start'])('every truncation of %s is damage', (name) => {
    const text = good[META + name] ?? ''
    for (let length = 0; length < text.length; length++) {
      expect(
        recognise(headersWith({ [name]: text.slice(0, length) })),
        `cut to ${length}`,
      ).toMatchObject({ kind: 'broken', header: name, problem: 'invalid' })
    }
  })
})
