import { constants, createDecipheriv, privateDecrypt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createCRC64 } from 'hash-wasm'
import { expect, test } from 'vitest'
import { counterAt } from '../../shared/format/counter.ts'
import { crc64FromHex, crc64ToDecimal } from '../../shared/format/crc64.ts'
import { readEnvelopeFile, writeEnvelopeFile } from '../../shared/format/envelope-file.ts'
import { checkDescription, readDescription, writeDescription } from '../../shared/format/key-description.ts'
import { recognise } from '../../shared/format/recognise.ts'
import { bytesOf, hex, rows } from './vectors.ts'

const page = readFileSync(new URL('../../FORMAT.md', import.meta.url), 'utf8')
const key = readFileSync(new URL('../vectors/format-example.pem', import.meta.url), 'utf8')
const file = /```json\n([\s\S]*?)```/.exec(page)?.[1] ?? ''
const row = (name: string) => new RegExp(`\\| ${name} \\| \`([0-9a-f]+)\` \\|`).exec(page)?.[1] ?? ''

function unwrapped(wrapped: Uint8Array): string {
  const padded = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, wrapped)
  expect(hex(padded.subarray(0, 2))).toBe('0002')
  return hex(padded.subarray(padded.indexOf(0, 2) + 1))
}

test('the worked example of FORMAT.md is true', async () => {
  const read = readEnvelopeFile(file)
  if (!read.ok) throw new Error(read.error.code)
  const found = recognise(read.value.headers)
  if (found.kind !== 'sealed') throw new Error(found.kind)
  expect(unwrapped(found.envelope.wrappedDataKey)).toBe(row('data key'))
  expect(unwrapped(found.envelope.wrappedCounter)).toBe(row('initial counter'))
  expect(hex(counterAt(bytesOf(row('initial counter')), 32))).toBe(row('counter at offset 32'))

  const stored = bytesOf(row('stored bytes'))
  expect(read.value.size).toBe(stored.length)
  expect(read.value.crc64).toBe(crc64ToDecimal(crc64FromHex((await createCRC64()).init().update(stored).digest('hex'))))
  const content = createDecipheriv('aes-256-ctr', bytesOf(row('data key')), bytesOf(row('initial counter'))).update(stored)
  expect(hex(content)).toBe(row('content'))
  expect(content.toString()).toBe('Only ciphertext leaves this computer.\n')
})

test('the envelope file of FORMAT.md is what we write', () => {
  const { key: name, size, etag, crc64, headers } = JSON.parse(file) as { key: string; size: number; etag: string; crc64: string; headers: Record<string, string> }
  expect(writeEnvelopeFile({ key: name, size, etag, crc64, headers: new Map(Object.entries(headers)) })).toBe(file)
})

test('the descriptions of FORMAT.md are those of the vectors, and ours are what we write', () => {
  const printed = [...page.matchAll(/^\| ([^|]*(?:SDK|Cipherbucket)[^|]*) \| `(\{[^`]*\})`/gm)].map((match) => [match[1] ?? '', match[2] ?? ''] as const)
  expect(printed).toHaveLength(8)
  const known = rows<{ readonly name: string; readonly source: string; readonly text: string }>('key-descriptions.json').map((vector) => vector.text)
  for (const [writer, text] of printed.filter(([name]) => !name.startsWith('Cipherbucket'))) expect(known, writer).toContain(text)
  for (const [writer, text] of printed) expect(new Map(readDescription(text)), writer).toEqual(new Map([['zone', '\u00e9/<1>&'], ['a', 'b"c']]))
  const ours = checkDescription('{"zone":"\u00e9/<1>&","a":"b\\"c"}')
  for (const style of ['compact', 'python'] as const) {
    expect(printed.find(([name]) => name === `Cipherbucket, ${style}`)?.[1]).toBe(ours.ok && writeDescription(ours.value, style))
  }
})
