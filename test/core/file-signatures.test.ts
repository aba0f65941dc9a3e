import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { LOOK_BYTES, signatureOf } from '../../electron/core/app/recover/file-signatures.ts'

const latin = (text: string): Buffer => Buffer.from(text, 'latin1')

test.each<readonly [start: Buffer, type: string | null]>([
  [latin('%PDF-1.7\n'), 'PDF'],
  [latin('\x89PNG\r\n\x1a\n\0\0'), 'PNG'],
  [latin('RIFF\x10\0\0\0WEBPVP8 '), 'WebP'],
  [latin('\0\0\0\x18ftypmp42'), 'MP4'],
  [latin('PK\x03\x04\x14\0'), 'ZIP'],
  [latin('\x1f\x8b\x08\0'), 'gzip'],
  [Buffer.from('name,value\r\n1,2\r\n'), 'text'],
  [Buffer.from('中文的文本，没有别的'), 'text'],
  [Buffer.from('\ufeffa,b\n'), 'text'],
  [Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from('wide', 'utf16le')]), 'text'],
  // The look ends in the middle of a character.
  [Buffer.from('文'.repeat(LOOK_BYTES)).subarray(0, LOOK_BYTES), 'text'],
  [Buffer.alloc(0), null],
  [latin('ab'), null],
  [Buffer.alloc(64), null],
  [latin('\x01\x02\x03\x04\x05\x06'), null],
  [latin('%PD'), null],
])('%#: %j', (start, type) => {
  expect(signatureOf(start)).toBe(type)
})

test('random bytes have no type', () => {
  for (let i = 0; i < 200; i++) expect(signatureOf(randomBytes(LOOK_BYTES))).toBeNull()
})
