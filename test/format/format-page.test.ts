import { constants, createDecipheriv, privateDecrypt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createCRC64 } from 'hash-wasm'
import { expect, test } from 'vitest'
import { toBase64 } from '../../shared/format/base64.ts'
import { counterAt, gcmCounter } from '../../shared/format/counter.ts'
import { crc64FromHex, crc64ToDecimal } from '../../shared/format/crc64.ts'
import { readEnvelopeFile, writeEnvelopeFile } from '../../shared/format/envelope/envelope-file.ts'
import { serializeEnvelope } from '../../shared/format/envelope/envelope.ts'
import {
  checkDescription,
  readDescription,
  writeDescription,
} from '../../shared/format/key-description.ts'
import { counterFromDigits, fromKmsBlob, kmsBlobs } from '../../shared/format/message/kms-wrap.ts'
import {
  contextBytes,
  endOfMessage,
  headerAuthInput,
  messageAt,
  parseHeader,
  splitHeaders,
  startOfMessage,
} from '../../shared/format/message/message.ts'
import { readHeaders, recognise } from '../../shared/format/recognise.ts'
import { headerTag, openedMessage } from './opening.ts'
import { bytesOf, hex, rows } from './vectors.ts'

const page = readFileSync(new URL('../../FORMAT.md', import.meta.url), 'utf8')
const key = readFileSync(new URL('../vectors/format-example.pem', import.meta.url), 'utf8')
/** The JSON blocks: headers of format V1, metadata of a message, the envelope file. */
const [older = '', split = '', file = ''] = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(
  (match) => match[1] ?? '',
)
const headersIn = (text: string) =>
  readHeaders(Object.entries(JSON.parse(text) as Record<string, string>))
const LINE = 'Only ciphertext leaves this computer.\n'
const row = (name: string) =>
  new RegExp(`\\| ${name} \\| \`([0-9a-f]+)\` \\|`).exec(page)?.[1] ?? ''

function unwrapped(wrapped: Uint8Array): string {
  const padded = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, wrapped)
  expect(hex(padded.subarray(0, 2))).toBe('0002')
  return hex(padded.subarray(padded.indexOf(0, 2) + 1))
}

test('the worked example of FORMAT.md is true', async () => {
  const read = readEnvelopeFile(file)
  if (!read.ok) throw new Error(read.error.code)
  const found = recognise(read.value.headers)
  if (found.kind !== 'encrypted') throw new Error(found.kind)
  expect(unwrapped(found.envelope.wrappedDataKey)).toBe(row('data key'))
  expect(unwrapped(found.envelope.wrappedCounter)).toBe(row('initial counter'))
  expect(hex(counterAt(bytesOf(row('initial counter')), 32))).toBe(row('counter at offset 32'))

  const stored = bytesOf(row('stored bytes'))
  expect(read.value.size).toBe(stored.length)
  expect(read.value.crc64).toBe(
    crc64ToDecimal(crc64FromHex((await createCRC64()).init().update(stored).digest('hex'))),
  )
  const content = createDecipheriv(
    'aes-256-ctr',
    bytesOf(row('data key')),
    bytesOf(row('initial counter')),
  ).update(stored)
  expect(hex(content)).toBe(row('content'))
  expect(content.toString()).toBe(LINE)
})

test('the example of format V1 is true', () => {
  const found = recognise(headersIn(older))
  if (found.kind !== 'encrypted') throw new Error(found.kind)
  expect(found.format).toBe('v1')
  const oaep = (wrapped: Uint8Array) =>
    hex(
      privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }, wrapped),
    )
  expect([oaep(found.envelope.wrappedDataKey), oaep(found.envelope.wrappedCounter)]).toEqual([
    row('V1 data key'),
    row('V1 digits'),
  ])
  expect(hex(counterFromDigits(bytesOf(row('V1 digits'))) ?? new Uint8Array())).toBe(
    row('V1 initial counter'),
  )
  expect(
    createDecipheriv('aes-256-ctr', bytesOf(row('V1 data key')), bytesOf(row('V1 initial counter')))
      .update(bytesOf(row('V1 stored bytes')))
      .toString(),
  ).toBe(LINE)
  expect(serializeEnvelope(found.envelope)).toEqual(JSON.parse(older))
})

test('both forms of a CiphertextBlob are true', () => {
  const cell = (name: string) =>
    new RegExp(`\\| ${name} \\| \`([A-Za-z0-9+/=]+)\` \\|`).exec(page)?.[1] ?? ''
  const blob = cell('CiphertextBlob')
  expect(toBase64(fromKmsBlob(blob, 'a'))).toBe(cell('header, form a'))
  expect(toBase64(fromKmsBlob(blob, 'b'))).toBe(cell('header, form b'))
  for (const form of ['a', 'b'])
    expect(kmsBlobs(Buffer.from(cell(`header, form ${form}`), 'base64'))[0]).toBe(blob)
})

test('the example of a message is true, in all its pieces', () => {
  const dataKey = bytesOf(row('data key'))
  const header = parseHeader(bytesOf(row('message header'))) ?? expect.fail('not a header')
  expect(header.dataKeys.map(({ wrapped }) => toBase64(wrapped))).toEqual([
    /\| CiphertextBlob \| `([^`]+)`/.exec(page)?.[1],
  ])
  expect([...header.context]).toEqual([['use', 'example']])
  expect([hex(contextBytes(header.context)), hex(headerAuthInput(header))]).toEqual([
    row('context bytes'),
    row('authenticated'),
  ])
  expect(headerTag(header, dataKey)).toBe(toBase64(header.headerTag))

  const [iv, ciphertext, tag] = [
    bytesOf(row('message iv')),
    bytesOf(row('message ciphertext')),
    bytesOf(row('message tag')),
  ]
  expect(openedMessage(header, iv, ciphertext, tag, dataKey).toString()).toBe(LINE)
  expect([
    hex(startOfMessage(header, iv, ciphertext.length).prefix),
    hex(endOfMessage(tag)),
  ]).toEqual([row('before the ciphertext'), row('behind the ciphertext')])
  const whole = bytesOf(
    row('before the ciphertext') + row('message ciphertext') + row('behind the ciphertext'),
  )
  expect(messageAt(whole, whole.length)).toMatchObject({ form: 'message', header, iv, tag })

  expect(row('counter at offset 16 of the ciphertext')).toBe(hex(counterAt(gcmCounter(iv), 16)))
  expect(
    createDecipheriv('aes-256-ctr', dataKey, bytesOf(row('counter at offset 16 of the ciphertext')))
      .update(ciphertext.subarray(16))
      .toString(),
  ).toBe(LINE.slice(16))

  expect(splitHeaders(header, iv, tag)).toEqual(JSON.parse(split))
  expect(recognise(headersIn(split))).toMatchObject({
    kind: 'message',
    format: 'sdk-split',
    message: { header, iv, tag },
  })
})

test('the envelope file of FORMAT.md is what we write', () => {
  const {
    bucket,
    key: name,
    size,
    etag,
    crc64,
    seal,
    headers,
  } = JSON.parse(file) as {
    bucket: string
    seal: null
    key: string
    size: number
    etag: string
    crc64: string
    headers: Record<string, string>
  }
  expect(
    writeEnvelopeFile({
      bucket,
      key: name,
      size,
      etag,
      crc64,
      seal,
      headers: new Map(Object.entries(headers)),
    }),
  ).toBe(file)
})

test('the descriptions of FORMAT.md are those of the vectors, and ours are what we write', () => {
  const printed = [...page.matchAll(/^\| ([^|]*(?:SDK|Cipherbucket)[^|]*) \| `(\{[^`]*\})`/gm)].map(
    (match) => [(match[1] ?? '').trim(), match[2] ?? ''] as const,
  )
  expect(printed).toHaveLength(8)
  const known = rows<{ readonly name: string; readonly source: string; readonly text: string }>(
    'key-descriptions.json',
  ).map((vector) => vector.text)
  for (const [writer, text] of printed.filter(([name]) => !name.startsWith('Cipherbucket')))
    expect(known, writer).toContain(text)
  for (const [writer, text] of printed)
    expect(new Map(readDescription(text)), writer).toEqual(
      new Map([
        ['zone', '\u00e9/<1>&'],
        ['a', 'b"c'],
      ]),
    )
  const ours = checkDescription('{"zone":"\u00e9/<1>&","a":"b\\"c"}')
  for (const style of ['compact', 'python'] as const) {
    expect(printed.find(([name]) => name === `Cipherbucket, ${style}`)?.[1]).toBe(
      ours.ok && writeDescription(ours.value, style),
    )
  }
})
