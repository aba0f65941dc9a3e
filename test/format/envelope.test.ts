import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toBase64 } from '../../shared/format/base64.ts'
import {
  CONTENT_ALGORITHM,
  ENVELOPE_PREFIX,
  envelopeFacts,
  formatOf,
  KMS_WRAP,
  OAEP_WRAP,
  parseEnvelope,
  RSA_WRAP,
  serializeEnvelope,
  type Envelope,
} from '../../shared/format/envelope/envelope.ts'
import { messageAt } from '../../shared/format/message/message.ts'
import { readHeaders, recognise } from '../../shared/format/recognise.ts'
import { messageBytes, messageVectors } from './messages.ts'

const whole: Envelope = {
  format: 'v2',
  wrappedDataKey: new Uint8Array(256).fill(0xab),
  wrappedCounter: new Uint8Array(256).fill(0xcd),
  contentAlgorithm: CONTENT_ALGORITHM,
  wrapAlgorithm: RSA_WRAP,
  keyDescription: '{"desc":"archive"}',
  dataSize: 1_048_576,
  partSize: 102_400,
}
const good = serializeEnvelope(whole)
/** The good headers with `change` put over them; null takes one away. */
function headersWith(change: Readonly<Record<string, string | null>>) {
  const merged = {
    ...good,
    ...Object.fromEntries(
      Object.entries(change).map(([suffix, value]) => [ENVELOPE_PREFIX + suffix, value]),
    ),
  }
  return readHeaders(
    Object.entries(merged).flatMap(([name, value]) =>
      value === null ? [] : [[name, value] as const],
    ),
  )
}

describe('serializeEnvelope', () => {
  test('names and values, to the letter', () => {
    expect(good).toEqual({
      'x-oss-meta-client-side-encryption-key': Buffer.alloc(256, 0xab).toString('base64'),
      'x-oss-meta-client-side-encryption-start': Buffer.alloc(256, 0xcd).toString('base64'),
      'x-oss-meta-client-side-encryption-cek-alg': 'AES/CTR/NoPadding',
      'x-oss-meta-client-side-encryption-wrap-alg': 'RSA/NONE/PKCS1Padding',
      'x-oss-meta-client-side-encryption-matdesc': '{"desc":"archive"}',
      'x-oss-meta-client-side-encryption-data-size': '1048576',
      'x-oss-meta-client-side-encryption-part-size': '102400',
    })
  })

  test('no description and no sizes: those headers are left out', () => {
    const names = Object.keys(
      serializeEnvelope({ ...whole, keyDescription: '', dataSize: null, partSize: null }),
    )
    expect(names.map((name) => name.slice(ENVELOPE_PREFIX.length))).toEqual([
      'key',
      'start',
      'cek-alg',
      'wrap-alg',
    ])
  })

  test('what is written is read back', () => {
    const sizes = fc.option(fc.maxSafeNat(), { nil: null })
    const envelope = fc
      .record({
        wrapped: fc.tuple(
          fc.uint8Array({ minLength: 1, maxLength: 600 }),
          fc.uint8Array({ minLength: 1, maxLength: 600 }),
        ),
        wrapAlgorithm: fc.constantFrom(RSA_WRAP, OAEP_WRAP, KMS_WRAP, 'HSM/OURS'),
        keyDescription: fc.constantFrom('', '{"a":"b"}', '{"a": "b", "c": "d"}'),
        dataSize: sizes,
        partSize: sizes,
      })
      .map(({ wrapped: [a, b], ...rest }): Envelope => {
        const cut = rest.wrapAlgorithm.startsWith('RSA') ? Math.min(a.length, b.length) : 600
        return {
          format: 'v2',
          ...rest,
          wrappedDataKey: a.slice(0, cut),
          wrappedCounter: b.slice(0, cut),
          contentAlgorithm: CONTENT_ALGORITHM,
        }
      })
    fc.assert(
      fc.property(envelope, (given) => {
        expect(parseEnvelope(readHeaders(Object.entries(serializeEnvelope(given))))).toEqual({
          kind: 'envelope',
          envelope: given,
        })
      }),
    )
  })
})

describe('damage', () => {
  const needed = ['key', 'start', 'cek-alg', 'wrap-alg'] as const

  for (const suffix of needed) {
    test(`without ${suffix}`, () => {
      expect(recognise(headersWith({ [suffix]: null }))).toEqual({
        kind: 'broken',
        header: `client-side-encryption-${suffix}`,
        problem: 'missing',
        present: [...needed, 'matdesc', 'data-size', 'part-size']
          .filter((name) => name !== suffix)
          .map((name) => `client-side-encryption-${name}`),
      })
    })
    test.each(['', ' ', '!', '\u0000'])(`${suffix} is %j`, (value) => {
      const found = recognise(headersWith({ [suffix]: value }))
      if (suffix === 'wrap-alg' && value.trim() !== '')
        expect(found).toMatchObject({ kind: 'encrypted', format: 'v2-custom' })
      else
        expect(found).toMatchObject({
          kind: 'broken',
          header: `client-side-encryption-${suffix}`,
          problem: 'invalid',
        })
    })
  }

  test('only one of the headers is left: encrypted once, never plain', () => {
    for (const suffix of [
      ...needed,
      'matdesc',
      'data-size',
      'part-size',
      'unencrypted-content-length',
      'unencrypted-content-md5',
      'magic-number-hmac',
    ]) {
      expect(
        recognise(readHeaders([[ENVELOPE_PREFIX + suffix, good[ENVELOPE_PREFIX + suffix] ?? '1']]))
          .kind,
        suffix,
      ).toBe('broken')
    }
  })

  test.each(['key', 'start'] as const)('every truncation of %s is damage', (suffix) => {
    const text = good[ENVELOPE_PREFIX + suffix] ?? ''
    for (let length = 0; length < text.length; length++) {
      const found = recognise(headersWith({ [suffix]: text.slice(0, length) }))
      expect(found, `cut to ${length}`).toMatchObject({
        kind: 'broken',
        header: `client-side-encryption-${suffix}`,
        problem: 'invalid',
      })
    }
  })

  test.each(['key', 'start'] as const)('%s in other alphabets, or twice', (suffix) => {
    const text = toBase64(new Uint8Array(256).fill(0xfb))
    expect(recognise(headersWith({ [suffix]: text })).kind).toBe('encrypted')
    for (const value of [
      text.replaceAll('+', '-'),
      text.replace('=', ''),
      `${text}=`,
      `${text.slice(0, 64)}\n${text.slice(64)}`,
      `${text}, ${text}`,
    ]) {
      expect(recognise(headersWith({ [suffix]: value }))).toMatchObject({
        kind: 'broken',
        problem: 'invalid',
      })
    }
  })

  test.each(['AES/GCM/NoPadding', 'AES/CTR/PKCS5Padding', 'AES/CTR', 'none'])(
    'content algorithm %s is refused before any key is asked',
    (value) => {
      expect(recognise(headersWith({ 'cek-alg': value }))).toMatchObject({
        kind: 'broken',
        header: 'client-side-encryption-cek-alg',
        problem: 'invalid',
      })
    },
  )
})

test.each(['key', 'start'])(
  'an empty %s is damage under every wrap, also where lengths may differ',
  (suffix) => {
    for (const wrap of [RSA_WRAP, KMS_WRAP, 'HSM/OURS']) {
      expect(recognise(headersWith({ [suffix]: '', 'wrap-alg': wrap }))).toMatchObject({
        kind: 'broken',
        header: `client-side-encryption-${suffix}`,
        problem: 'invalid',
      })
    }
  },
)

describe('tolerance', () => {
  test('algorithm names in any case, with blanks around them, become ours', () => {
    const found = parseEnvelope(
      headersWith({ 'cek-alg': ' aes/ctr/nopadding ', 'wrap-alg': 'rsa/none/pkcs1padding' }),
    )
    expect(found).toEqual({ kind: 'envelope', envelope: whole })
  })

  test('sizes that cannot be read are no hint', () => {
    for (const text of ['', '-1', '1.5', 'many', '99999999999999999999', '9007199254740993']) {
      const found = parseEnvelope(headersWith({ 'data-size': text, 'part-size': text }))
      expect(
        found.kind === 'envelope' && [found.envelope.dataSize, found.envelope.partSize],
        text,
      ).toEqual([null, null])
    }
  })

  test('wrapped values of two lengths are allowed where the wrap is not RSA', () => {
    const found = recognise(
      headersWith({ start: toBase64(new Uint8Array(90)), 'wrap-alg': KMS_WRAP }),
    )
    expect(found).toMatchObject({ kind: 'encrypted', format: 'v2-kms' })
  })
})

describe('facts for people', () => {
  test('of an envelope', () => {
    expect(envelopeFacts(whole, headersWith({}))).toEqual({
      format: 'v2',
      description: '{"desc":"archive"}',
      contentAlgorithm: CONTENT_ALGORITHM,
      wrapAlgorithm: RSA_WRAP,
      wrapBits: 2048,
      cmks: [],
      context: {},
      protection: 'none',
      resplit: null,
      dataSize: 1_048_576,
      partSize: 102_400,
      plaintextMd5: false,
    })
  })

  test.each([
    [RSA_WRAP, 'v2'],
    [OAEP_WRAP, 'v2-oaep'],
    [KMS_WRAP, 'v2-kms'],
    ['HSM/OURS', 'v2-custom'],
  ])('%s is %s', (wrapAlgorithm, format) => {
    expect(envelopeFacts({ ...whole, wrapAlgorithm }, new Map()).format).toBe(format)
    expect(formatOf({ format: 'v1', wrapAlgorithm })).toBe('v1')
  })

  test.each([
    'client-side-encryption-unencrypted-content-md5',
    'unencrypted-content-md5',
    'oss-crypto-unencrypted-content-md5',
  ])('%s confirms guesses', (name) => {
    expect(envelopeFacts(whole, new Map([[`x-oss-meta-${name}`, 'abc']])).plaintextMd5).toBe(true)
  })

  test('of an object that a Java SDK split anew', () => {
    expect(envelopeFacts({ ...whole, dataSize: 1_024_102_400 }, new Map()).resplit).toEqual({
      declared: 102_400,
      actual: 102_420,
    })
  })

  test.each(messageVectors.map((vector) => [vector.name, vector] as const))(
    'of %s',
    (_name, vector) => {
      const bytes = messageBytes(vector)
      const message = messageAt(bytes, bytes.length)
      if (message === null || message === 'more') throw new Error('no message')
      const facts = envelopeFacts(message, new Map())
      expect(facts).toMatchObject({
        format: vector.algorithm > 8 ? 'sdk-sm4' : `sdk-${vector.form}`,
        description: '',
        wrapAlgorithm: '',
        wrapBits: 0,
        context: vector.context,
        protection: [1, 2, 9].includes(vector.algorithm) ? 'tag' : 'none',
        resplit: null,
        dataSize: null,
        partSize: null,
        plaintextMd5: false,
      })
      expect([...facts.cmks].sort()).toEqual(vector.keys.map(([cmk]) => cmk).sort())
      expect(facts.contentAlgorithm).not.toBe('')
    },
  )
})
