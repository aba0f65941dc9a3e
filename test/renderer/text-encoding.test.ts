import { expect, test } from 'vitest'
import { decodeText, findEncoding } from '../../renderer/features/look/viewers/text-encoding.ts'

const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'))
const utf8 = (text: string) => new TextEncoder().encode(text)
const wide = (text: string) => new Uint8Array(Buffer.from(text, 'utf16le'))
const swapped = (text: string) => new Uint8Array(Buffer.from(text, 'utf16le').swap16())
const GBK = hex('bbe1d2e9bccdd2aa0d0a2020b2e2b5e3')
const KOI8 = hex('f0d2c9d7c5d42c20cdc9d221')

/** [name, bytes, encoding, the text as it is shown]. */
test.each<[string, Uint8Array, string | null, string]>([
  ['ASCII', utf8('plain text\n'), 'utf-8', 'plain text\n'],
  ['nothing', new Uint8Array(0), 'utf-8', ''],
  ['UTF-8', utf8('会议纪要 – naïve'), 'utf-8', '会议纪要 – naïve'],
  ['UTF-8 with a mark', utf8('\ufeffmark'), 'utf-8', 'mark'],
  ['UTF-16 LE with a mark', wide('\ufeff纪要'), 'utf-16le', '纪要'],
  ['UTF-16 BE with a mark', swapped('\ufeff纪要'), 'utf-16be', '纪要'],
  ['UTF-16 LE without a mark', wide('a line\nand 纪要\n'), 'utf-16le', 'a line\nand 纪要\n'],
  ['UTF-16 BE without a mark', swapped('a line\nand 纪要\n'), 'utf-16be', 'a line\nand 纪要\n'],
  ['GBK', GBK, 'gb18030', '会议纪要\r\n  测点'],
  ['two characters of GBK', hex('bbe1d2e9'), 'gb18030', '会议'],
  ['four bytes of GB 18030', hex('d2bb 8139ef33 b6fe'), 'gb18030', '一㐄二'],
  ['Latin 1', hex('636166e9206e61ef76650a63616ee7616f'), 'windows-1252', 'café naïve\ncançao'],
  ['a picture', hex('89504e470d0a1a0a0000000d49484452'), null, ''],
  ['zeros', new Uint8Array(64), null, ''],
])('%s', async (_name, bytes, encoding, text) => {
  const found = await findEncoding(bytes, true)
  expect(found).toBe(encoding)
  if (found !== null) expect(decodeText(bytes, found)).toBe(text)
})

test('a text that was cut inside of a character is still one', async () => {
  for (const [text, encoding] of [
    [utf8('会议纪要'), 'utf-8'],
    [GBK, 'gb18030'],
  ] as const) {
    expect(await findEncoding(text.subarray(0, text.length - 1), false)).toBe(encoding)
  }
})

test('a Russian text is not taken for a Chinese one, and bytes of no text for none', async () => {
  const russian = new Uint8Array(Array.from({ length: 20 }, () => [...KOI8, 0x20]).flat())
  expect(['koi8-r', 'windows-1251', 'gb18030']).toContain(await findEncoding(russian, true))
  expect(await findEncoding(hex('01020304050607'), true)).toBeNull()
})
