import { describe, expect, test } from 'vitest'
import { readEnvelopeFile, writeEnvelopeFile } from '../../shared/format/envelope-file.ts'
import { readHeaders, recognise } from '../../shared/format/recognise.ts'

const headers = readHeaders([
  ['x-oss-meta-client-side-encryption-key', 'AAAA'], ['x-oss-meta-client-side-encryption-start', 'AAAA'],
  ['x-oss-meta-client-side-encryption-cek-alg', 'AES/CTR/NoPadding'], ['x-oss-meta-client-side-encryption-wrap-alg', 'RSA/NONE/PKCS1Padding'],
  ['x-oss-meta-owner', '\u5bc6'], ['content-type', 'application/pdf'], ['date', 'now'], ['set-cookie', 'secret'], ['x-oss-request-id', 'A1'],
])
const sealed = { kind: 'sealed', envelope: { wrapAlgorithm: 'RSA/NONE/PKCS1Padding' } }

test('our file comes back, with the headers an object needs and no others', () => {
  const text = writeEnvelopeFile({ key: 'a/b \u5bc6.pdf', size: 42, etag: '"E"', crc64: '18446744073709551615', headers })
  const read = readEnvelopeFile(text)
  if (!read.ok) throw new Error(read.error.code)
  expect(read.value).toMatchObject({ key: 'a/b \u5bc6.pdf', size: 42, crc64: '18446744073709551615' })
  expect([...read.value.headers.keys()].sort()).toEqual([...headers.keys()].filter((name) => name.startsWith('x-oss-meta-') || name === 'content-type').sort())
  expect(read.value.headers.get('x-oss-meta-owner')).toBe('\u5bc6')
  expect(recognise(read.value.headers)).toMatchObject(sealed)
})

const names = ['key', 'start', 'cek-alg', 'wrap-alg'] as const
const values = { key: 'AAAA', start: 'AAAA', 'cek-alg': 'AES/CTR/NoPadding', 'wrap-alg': 'RSA/NONE/PKCS1Padding' }
const dump = (spell: (suffix: string) => string) => Object.fromEntries(names.map((name) => [spell(name), values[name]]))

describe('files of other tools', () => {
  test.each([
    ['bare object', JSON.stringify(dump((s) => `x-oss-meta-client-side-encryption-${s}`))],
    ['without the prefix', JSON.stringify(dump((s) => `client-side-encryption-${s}`))],
    ['Go spelling', JSON.stringify(dump((s) => `X-Oss-Meta-Client-Side-Encryption-${s.toUpperCase()}`))],
    ['below headers', JSON.stringify({ headers: dump((s) => `x-oss-meta-client-side-encryption-${s}`) })],
    ['below metadata, with other things', JSON.stringify({ status: 200, metadata: dump((s) => `Client-Side-Encryption-${s}`) })],
    ['values in arrays', JSON.stringify(Object.fromEntries(Object.entries(dump((s) => `X-Oss-Meta-Client-Side-Encryption-${s}`)).map(([k, v]) => [k, [v]])))],
    ['byte order mark', `\ufeff${JSON.stringify(dump((s) => `client-side-encryption-${s}`))}`],
    ['lines, as of an HTTP answer', `HTTP/1.1 200 OK\r\n${names.map((s) => `x-oss-meta-client-side-encryption-${s}: ${values[s]}`).join('\r\n')}\r\n`],
    ['lines in columns', names.map((s) => `X-Oss-Meta-Client-Side-Encryption-${s}         : ${values[s]}`).join('\n')],
  ])('%s', (_name, text) => {
    const read = readEnvelopeFile(text)
    if (!read.ok) throw new Error(read.error.code)
    expect(recognise(read.value.headers)).toMatchObject(sealed)
    expect(read.value.key).toBeNull()
  })

  test('size and checksum out of the headers', () => {
    const read = readEnvelopeFile('{"Content-Length": "21839", "x-oss-hash-crc64ecma": "123", "x-oss-meta-a": "b"}')
    expect(read.ok && [read.value.size, read.value.crc64]).toEqual([21_839, '123'])
  })

  test('numbers are values too, everything else is not', () => {
    const read = readEnvelopeFile('{"x-oss-meta-client-side-encryption-data-size": 12, "a": null, "b": {}, "c": true}')
    expect(read.ok && [...read.value.headers]).toEqual([['x-oss-meta-client-side-encryption-data-size', '12']])
  })

  test('two spellings of one name do not hide each other', () => {
    const read = readEnvelopeFile(JSON.stringify({ ...dump((s) => `x-oss-meta-client-side-encryption-${s}`), 'Client-Side-Encryption-Key': 'BBBB' }))
    expect(read.ok && recognise(read.value.headers)).toMatchObject({ kind: 'broken', header: 'client-side-encryption-key', problem: 'invalid' })
  })
})

test.each(['', '{}', '[]', 'null', '12', '"text"', '\u0000\u0001\u0002', '{"headers": {}}', '{"x": {}}', 'no headers here'])('%j holds no headers', (text) => {
  expect(readEnvelopeFile(text)).toEqual({ ok: false, error: { code: 'not-an-envelope', header: 'client-side-encryption-key', problem: 'missing' } })
})

test('every truncation of our file is refused, or is no whole envelope', () => {
  const text = writeEnvelopeFile({ key: 'a', size: 1, etag: 'E', crc64: null, headers }).trimEnd()
  for (let length = 0; length < text.length; length++) {
    const read = readEnvelopeFile(text.slice(0, length))
    if (read.ok) expect(recognise(read.value.headers).kind, `cut to ${length}`).not.toBe('sealed')
  }
})

test.each([['size', '-1'], ['size', '1.5'], ['size', '"9"'], ['crc64', '"x"'], ['crc64', '5'], ['key', '""'], ['key', '7']])('%s of %s is not believed', (name, value) => {
  const read = readEnvelopeFile(`{"${name}": ${value}, "headers": {"x-oss-meta-a": "b"}}`)
  expect(read.ok && read.value[name as 'size']).toBeNull()
})
