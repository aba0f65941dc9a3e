import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { readEnvelopeFile } from '../../shared/format/envelope/envelope-file.ts'
import { recognise } from '../../shared/format/recognise.ts'
import { decodeText } from '../../shared/format/text-bytes.ts'
import { dumps, type Headers } from './dumps.ts'

/** Bytes that look like what a key wraps, with every letter of base64 among them. */
const secret = (seed: string, bytes: number): string => {
  let all = Buffer.alloc(0)
  for (let i = 0; all.length < bytes; i++)
    all = Buffer.concat([all, createHash('sha512').update(`${seed} ${i}`).digest()])
  return all.subarray(0, bytes).toString('base64')
}
const PREFIX = 'x-oss-meta-client-side-encryption-'
const envelope = (bytes: number, seed = 'a', more: Headers = {}): Headers => ({
  [`${PREFIX}key`]: secret(`${seed} key`, bytes),
  [`${PREFIX}start`]: secret(`${seed} start`, bytes),
  [`${PREFIX}cek-alg`]: 'AES/CTR/NoPadding',
  [`${PREFIX}wrap-alg`]: 'RSA/NONE/PKCS1Padding',
  ...more,
})
const described = (bytes: number): Headers =>
  envelope(bytes, 'a', { [`${PREFIX}matdesc`]: '{"desc":"studio 2026","zone":"b"}' })

function opened(text: string): unknown {
  const read = readEnvelopeFile(text)
  if (!read.ok) return read.error
  const found = recognise(read.value.headers)
  if (found.kind !== 'encrypted') return found.kind
  const { wrappedDataKey, wrappedCounter, wrapAlgorithm, keyDescription } = found.envelope
  return {
    key: Buffer.from(wrappedDataKey).toString('base64'),
    start: Buffer.from(wrappedCounter).toString('base64'),
    wrapAlgorithm,
    keyDescription,
  }
}
const expected = (h: Headers) => ({
  key: h[`${PREFIX}key`],
  start: h[`${PREFIX}start`],
  wrapAlgorithm: h[`${PREFIX}wrap-alg`],
  keyDescription: h[`${PREFIX}matdesc`] ?? '',
})

describe.each([128, 256, 384, 512])('an envelope for a key of %i bytes', (bytes) => {
  test.each(dumps)('$name', ({ print }) => {
    const headers = envelope(bytes)
    expect(opened(print(headers))).toEqual(expected(headers))
  })
})

describe('with a key description', () => {
  test.each(dumps)('$name', ({ print }) => {
    const headers = described(256)
    const found = opened(print(headers)) as ReturnType<typeof expected>
    expect({
      ...found,
      keyDescription: JSON.parse(found.keyDescription || '{}') as unknown,
    }).toEqual({ ...expected(headers), keyDescription: { desc: 'studio 2026', zone: 'b' } })
  })
})

describe('in every encoding', () => {
  const wide = (text: string, big: boolean): Buffer =>
    big ? Buffer.from(text, 'utf16le').swap16() : Buffer.from(text, 'utf16le')
  const encodings: Readonly<Record<string, (text: string) => Buffer>> = {
    'UTF-8 with a mark': (text) => Buffer.from(`\ufeff${text}`),
    'UTF-16 LE with a mark': (text) => wide(`\ufeff${text}`, false),
    'UTF-16 BE with a mark': (text) => wide(`\ufeff${text}`, true),
    'UTF-16 LE': (text) => wide(text, false),
    'UTF-16 BE': (text) => wide(text, true),
    'Latin-1 beside it': (text) =>
      Buffer.concat([Buffer.from('X-Name: M\xfcller\n', 'latin1'), Buffer.from(text)]),
  }
  test.each(Object.entries(encodings))('%s', (name, encode) => {
    const headers = envelope(256)
    for (const { name: dump, print } of dumps.filter(
      ({ name: one }) =>
        !name.includes('beside') ||
        !/^(?:JSON|our|deep|a table of lines|colons of|characters that)/.test(one),
    )) {
      expect([dump, opened(decodeText(encode(print(headers))).text)]).toEqual([
        dump,
        expected(headers),
      ])
    }
  })
})

test.each(dumps)('two different ones are counted and refused: $name', ({ print }) => {
  const [a, b] = [envelope(256, 'a'), envelope(256, 'b')]
  expect(opened(`${print(a)}\n${print(b)}`)).toMatchObject({
    code: 'envelope-file',
    problem: 'several',
    count: 2,
  })
})
