import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  ENVELOPE_PREFIX,
  KMS_WRAP,
  OAEP_WRAP,
  RSA_WRAP,
} from '../../shared/format/envelope/envelope.ts'
import { readDescription } from '../../shared/format/key-description.ts'
import { readHeaders, recognise } from '../../shared/format/recognise.ts'
import { rows } from './vectors.ts'

/** The expected kind of a vector's row, by the format that the row names. */
const KINDS: Readonly<Record<string, object>> = {
  'V2/RSA-PKCS1': {
    kind: 'encrypted',
    format: 'v2',
    envelope: { format: 'v2', wrapAlgorithm: RSA_WRAP },
  },
  'V2/KMS': {
    kind: 'encrypted',
    format: 'v2-kms',
    envelope: { format: 'v2', wrapAlgorithm: KMS_WRAP },
  },
  'v2-kms': {
    kind: 'encrypted',
    format: 'v2-kms',
    envelope: { format: 'v2', wrapAlgorithm: KMS_WRAP },
  },
  'v2-oaep': {
    kind: 'encrypted',
    format: 'v2-oaep',
    envelope: { format: 'v2', wrapAlgorithm: OAEP_WRAP },
  },
  'V1/RSA-OAEP': {
    kind: 'encrypted',
    format: 'v1',
    envelope: { format: 'v1', wrapAlgorithm: OAEP_WRAP },
  },
  'V1/KMS': {
    kind: 'encrypted',
    format: 'v1',
    envelope: { format: 'v1', wrapAlgorithm: KMS_WRAP },
  },
  v1: { kind: 'encrypted', format: 'v1', envelope: { format: 'v1' } },
  'encryption-sdk': { kind: 'message', format: 'sdk-split', message: { form: 'split' } },
}
const expected = (format: string): object =>
  KINDS[format] ?? expect.fail(`no expectation for ${format}`)

interface Row {
  readonly name: string
  readonly source: string
  readonly format: string
  readonly headers: Readonly<Record<string, string>>
}

describe('objects of ours', () => {
  for (const row of [...rows<Row>('objects.json'), ...rows<Row>('envelopes.json')]) {
    test(`${row.name} (${row.source})`, () => {
      expect(recognise(readHeaders(Object.entries(row.headers)))).toMatchObject(
        expected(row.format),
      )
    })
  }

  test('a description with raw UTF-8 arrives whole, as text and as bytes read one by one', () => {
    const row = rows<Row>('objects.json').find((candidate) => candidate.name === 'gov2-simple')
    const text = Object.entries(row?.headers ?? {})
    const wire = text.map(
      ([name, value]) => [name, Buffer.from(value, 'utf8').toString('latin1')] as const,
    )
    for (const headers of [readHeaders(text), readHeaders(wire)]) {
      const description = headers.get(`${ENVELOPE_PREFIX}matdesc`) ?? ''
      expect([...(readDescription(description) ?? [])]).toEqual([
        ['a', 'b"c\\d'],
        ['zone', '\u00e9/<1>&'],
      ])
    }
  })
})

const shared = new URL('../../../shared/vectors/vectors.json', import.meta.url)
const sharedIsHere = existsSync(shared)
if (!sharedIsHere)
  console.warn(
    'skipped: ../shared/vectors is not here, so the sample objects of the SDK repositories are not recognised',
  )

describe.skipIf(!sharedIsHere)('sample objects of the SDK repositories', () => {
  const { vectors } = sharedIsHere
    ? (JSON.parse(readFileSync(shared, 'utf8')) as {
        vectors: readonly {
          id: string
          format: string
          writer: string
          metadata: Record<string, string>
        }[]
      })
    : { vectors: [] }
  test.each(vectors.map((vector) => [vector.id, vector.writer, vector] as const))(
    '%s (%s)',
    (_id, _writer, vector) => {
      expect(recognise(readHeaders(Object.entries(vector.metadata)))).toMatchObject(
        expected(vector.format),
      )
    },
  )
})

const META = 'x-oss-meta-'
const v2 = {
  key: 'AAAA',
  start: 'AAAA',
  'cek-alg': 'AES/CTR/NoPadding',
  'wrap-alg': 'RSA/NONE/PKCS1Padding',
}
const v2Headers = (change: Readonly<Record<string, string>> = {}): [string, string][] =>
  Object.entries({ ...v2, ...change }).map(([suffix, value]) => [ENVELOPE_PREFIX + suffix, value])

const v1Headers = (): [string, string][] =>
  Object.entries({
    'oss-crypto-key': 'AAAA',
    'oss-crypto-start': 'AAAA',
    'oss-cek-alg': 'AES/GCM/NoPadding',
    'oss-wrap-alg': 'rsa',
  }).map(([name, value]) => [META + name, value])

describe('formats', () => {
  test.each([
    ['nothing', [], { kind: 'plain' }],
    [
      'other metadata',
      [
        [`${META}owner`, 'me'],
        ['content-type', 'text/plain'],
        [`${META}key`, 'x'],
      ],
      { kind: 'plain' },
    ],
    ['current', v2Headers(), { kind: 'encrypted', format: 'v2' }],
    [
      'names as Go writes them',
      v2Headers().map(([name, value]) => [name.toUpperCase(), value]),
      { kind: 'encrypted' },
    ],
    [
      'KMS',
      v2Headers({ 'wrap-alg': KMS_WRAP }),
      { kind: 'encrypted', format: 'v2-kms', envelope: { wrapAlgorithm: KMS_WRAP } },
    ],
    [
      'OAEP',
      v2Headers({ 'wrap-alg': OAEP_WRAP.toLowerCase() }),
      { kind: 'encrypted', format: 'v2-oaep', envelope: { wrapAlgorithm: OAEP_WRAP } },
    ],
    [
      'a program of the user',
      v2Headers({ 'wrap-alg': 'HSM/OURS' }),
      { kind: 'encrypted', format: 'v2-custom', envelope: { wrapAlgorithm: 'HSM/OURS' } },
    ],
    ['older', v1Headers(), { kind: 'encrypted', format: 'v1' }],
    [
      'older and current: read as older, as the Python SDK does',
      [...v2Headers(), ...v1Headers()],
      { kind: 'encrypted', format: 'v1' },
    ],
    [
      'older and not whole, current and whole: the older key decides',
      [...v2Headers(), [`${META}oss-crypto-key`, 'AAAA']],
      { kind: 'broken', header: 'oss-crypto-start', problem: 'missing' },
    ],
    [
      'current and whole, and a rest of the older',
      [...v2Headers(), [`${META}oss-wrap-alg`, 'rsa']],
      { kind: 'encrypted', format: 'v2' },
    ],
    [
      'older without its key',
      [[`${META}oss-crypto-start`, 'x']],
      {
        kind: 'broken',
        header: 'oss-crypto-key',
        problem: 'missing',
        present: ['oss-crypto-start'],
      },
    ],
    [
      'nothing left of the older but its algorithm',
      [[`${META}oss-cek-alg`, 'AES/GCM/NoPadding']],
      { kind: 'broken', header: 'oss-crypto-key', problem: 'missing', present: ['oss-cek-alg'] },
    ],
    [
      'message without its tag',
      ['header', 'iv'].map((name) => [META + name, 'x']),
      { kind: 'broken', header: 'authtag', problem: 'missing' },
    ],
    [
      'message that cannot be read',
      ['header', 'iv', 'authTag'].map((name) => [META + META + name, 'x']),
      { kind: 'broken', header: `${META}header`, problem: 'invalid' },
    ],
    [
      'envelope and message: read as envelope',
      [
        ...v2Headers(),
        ...['header', 'iv', 'authTag'].map((name) => [META + META + name, 'x'] as const),
      ],
      { kind: 'encrypted', format: 'v2' },
    ],
    ['a header of somebody else', [[`${META}header`, 'x']], { kind: 'plain' }],
  ] as [string, [string, string][], object][])('%s', (_name, raw, found) => {
    expect(recognise(readHeaders(raw))).toMatchObject(found)
  })
})

describe('readHeaders', () => {
  test.each([
    ['trims', [[' Content-Type ', ' a b ']], [['content-type', 'a b']]],
    [
      'UTF-8 read as bytes',
      [['x-a', '\u00e5\u00af\u0086\u00e9\u0092\u00a5']],
      [['x-a', '\u5bc6\u94a5']],
    ],
    ['Latin-1 that is no UTF-8 stays', [['x-a', 'caf\u00e9']], [['x-a', 'caf\u00e9']]],
    ['text that is already decoded stays', [['x-a', '\u5bc6\u00e9']], [['x-a', '\u5bc6\u00e9']]],
    [
      'twice: both',
      [
        ['x-a', '1'],
        ['X-A', '2'],
      ],
      [['x-a', '1, 2']],
    ],
  ] as [string, [string, string][], [string, string][]][])('%s', (_name, raw, read) => {
    expect([...readHeaders(raw)]).toEqual(read)
  })
})
