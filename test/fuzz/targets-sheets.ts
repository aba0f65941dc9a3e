import { encode } from 'fast-png'
import { encode as encodeJpeg } from 'jpeg-js'
import { joinCodes, readCodes, writeCodes } from '../../electron/core/escrow/code-text.ts'
import { picturesIn } from '../../electron/core/escrow/pictures.ts'
import { readSheet } from '../../electron/core/escrow/read-sheet.ts'
import { must, mustEqual, SECOND, vectors, type Target } from './target.ts'

interface Sheets {
  readonly sheet: { readonly codes: readonly string[] }
  readonly shares: Readonly<Record<'codes' | 'facts' | 'shares', readonly string[]>>
}

const utf8 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text))

const codes: Target = {
  name: 'sheet-codes',
  words: ['CB1:', 'CBS1:', 'CBK1:', ':1/1:', ':2/2:', 'AAAAAAAA', '\n', ' '],
  limitMs: SECOND,
  seeds(root) {
    const { sheet, shares } = vectors<Sheets>(root, 'recovery-sheets.json')
    const set = [...shares.codes, ...shares.facts, ...shares.shares]
    return [sheet.codes, set, ...shares.shares.map((one) => [one])].map((texts) =>
      utf8(texts.join('\n')),
    )
  },
  async check(input) {
    const reading = readCodes(Buffer.from(input).toString('utf8'))
    must(reading.damaged >= 0, 'more codes than places')
    for (const { bytes } of reading.codes) must(bytes.length > 0, 'no bytes')
    for (const { content, count } of joinCodes('CB1', reading.codes)) {
      if (content === null) continue
      const written = writeCodes('CB1', content)
      mustEqual(joinCodes('CB1', readCodes(written.join(' ')).codes)[0]?.content, content, 'lost')
      must(count >= 1, 'a sheet of no code')
    }
    const { words } = await readSheet([reading])
    mustEqual(words.length, 4, 'four words')
  },
}

const pictures: Target = {
  name: 'sheet-pictures',
  words: ['IHDR', 'IDAT', 'PLTE', '/Subtype /Image', '/FlateDecode', '/DCTDecode', 'endobj'],
  limitMs: 5 * SECOND,
  seeds() {
    const grey = Uint8Array.from({ length: 40 * 30 }, (_, i) => (i % 7) * 40)
    const colours = Uint8Array.from({ length: 16 * 16 * 4 }, (_, i) => (i * 37) % 256)
    const pdf = `%PDF-1.4\n1 0 obj\n<</Subtype /Image /Width 4 /Height 4 /BitsPerComponent 8 /ColorSpace /DeviceGray /Length 16>>\nstream\n0123456789abcdef\nendstream\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF`
    return [
      encode({ width: 40, height: 30, data: grey, channels: 1, depth: 8 }),
      encodeJpeg({ width: 16, height: 16, data: colours }, 60).data,
      utf8(pdf),
    ]
  },
  async check(input) {
    for (const { width, height, data } of (await picturesIn(input)) ?? [])
      must(data.length === width * height && width > 0, 'a picture of another size')
  },
}

/** The readers of recovery sheets. */
export const sheetTargets: readonly Target[] = [codes, pictures]
