import { deflateSync } from 'node:zlib'
import { encode } from 'fast-png'
import { encode as encodeJpeg } from 'jpeg-js'
import { PDFDocument, PDFName } from 'pdf-lib'
import { beforeAll, describe, expect, test } from 'vitest'
import { checkWords } from '../../electron/core/escrow/check-words.ts'
import { joinCodes, readCodes } from '../../electron/core/escrow/code-text.ts'
import { lumaOf, type Luma } from '../../electron/core/escrow/luma.ts'
import { picturesIn } from '../../electron/core/escrow/pictures.ts'
import { codesInFile } from '../../electron/core/escrow/read-pictures.ts'
import { readSheet } from '../../electron/core/escrow/read-sheet.ts'
import { recoverySheet } from '../../electron/core/escrow/recovery-sheet.ts'
import { sheetPdf } from '../../electron/core/escrow/sheet-pdf.ts'
import { sheetPng } from '../../electron/core/escrow/sheet-png.ts'
import { randomOf } from '../fuzz/random.ts'
import { problemOf, SHEETS } from './escrow-kit.ts'

/** Recovery sheets through a picture: what a scanner, a camera and a fax make of them. */

const [set] = joinCodes('CB1', readCodes(SHEETS.sheet.codes.join('')).codes)
const payload = set?.content ?? new Uint8Array()
const facts = {
  name: 'Backups 备份',
  description: '{"use":"nightly"}',
  fingerprint: SHEETS.sheet.fingerprint,
  bits: 2048,
  made: '2026-11-21T14:35:00.000Z',
}
const sheet = recoverySheet(facts, payload, null)

let page: Luma
beforeAll(async () => {
  const [picture] = (await picturesIn(sheetPng(sheet))) ?? []
  if (picture === undefined) throw new Error('the sheet is no picture')
  // The part of the page that shows the two codes, since every dot costs time.
  const [left, top, width, height] = [100, 400, 1050, 640]
  const rows = Array.from({ length: height }, (_, y) => {
    const start = (top + y) * picture.width + left
    return picture.data.subarray(start, start + width)
  })
  page = { width, height, data: new Uint8Array(Buffer.concat(rows)) }
})

interface Scan {
  readonly degrees?: number
  readonly scale?: number
  /** Units  grey values, in both directions. */
  readonly noise?: number
}

/** Photographs a page: turned around its middle, scaled, with noise. */
function scanned({ width, height, data }: Luma, { degrees = 0, scale = 1, noise = 0 }: Scan): Luma {
  const [size, angle] = [Math.ceil(Math.hypot(width, height) * scale), (degrees * Math.PI) / 180]
  const [cos, sin] = [Math.cos(angle) / scale, Math.sin(angle) / scale]
  const random = randomOf(7)
  const grey = new Uint8Array(size * size)
  const at = (x: number, y: number) =>
    x < 0 || y < 0 || x >= width || y >= height ? 255 : (data[y * width + x] ?? 255)
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const [dx, dy] = [x - size / 2, y - size / 2]
      const [u, v] = [cos * dx + sin * dy + width / 2, cos * dy - sin * dx + height / 2]
      const [i, j] = [Math.floor(u), Math.floor(v)]
      const above = at(i, j) * (i + 1 - u) + at(i + 1, j) * (u - i)
      const below = at(i, j + 1) * (i + 1 - u) + at(i + 1, j + 1) * (u - i)
      grey[y * size + x] = Math.min(
        255,
        Math.max(0, above * (j + 1 - v) + below * (v - j) + random.int(2 * noise + 1) - noise),
      )
    }
  return { width: size, height: size, data: grey }
}

const png = ({ width, height, data }: Luma) =>
  encode({ width, height, data, channels: 1, depth: 8 })
const rgba = ({ data }: Luma) => {
  const colours = new Uint8Array(data.length * 4).fill(255)
  data.forEach((grey, i) => colours.fill(grey, i * 4, i * 4 + 3))
  return colours
}
const jpeg = (luma: Luma) =>
  encodeJpeg({ width: luma.width, height: luma.height, data: rgba(luma) }, 70).data
/** One bit a pixel, as a fax and many scanners write. */
const bits = ({ width, height, data }: Luma): Uint8Array => {
  const row = Math.ceil(width / 8)
  const packed = new Uint8Array(row * height)
  data.forEach((grey, i) => {
    const x = i % width
    const at = Math.floor(i / width) * row + (x >> 3)
    if (grey > 127) packed[at] = (packed[at] ?? 0) | (0x80 >> (x & 7))
  })
  return packed
}

async function scanPdf(stream: Uint8Array, entries: Record<string, unknown>): Promise<Uint8Array> {
  const pdf = await PDFDocument.create()
  pdf.addPage()
  const image = { Type: 'XObject', Subtype: 'Image', ...entries } as Record<string, string>
  pdf.context.register(pdf.context.stream(stream, image))
  return pdf.save({ useObjectStreams: false })
}

const wordsOf = async (bytes: Uint8Array) =>
  (await readSheet([await codesInFile(bytes, 'scan')])).words

describe('the sheet is read', () => {
  const upright = { Width: 0, Height: 0, BitsPerComponent: 8, ColorSpace: PDFName.of('DeviceGray') }
  const sized = () => ({ ...upright, Width: page.width, Height: page.height })
  test.each<[string, () => Uint8Array | Promise<Uint8Array>]>([
    ['our PNG', () => sheetPng(sheet)],
    ['our PDF', () => sheetPdf(sheet)],
    ['the texts of its codes', () => Buffer.from(SHEETS.sheet.codes.join('\n\n'))],
    [
      'turned by 3°, smaller, with noise',
      () => png(scanned(page, { degrees: 3, scale: 0.8, noise: 25 })),
    ],
    ['turned by 3°, larger', () => png(scanned(page, { degrees: -3, scale: 1.3 }))],
    ['upside down and askew', () => png(scanned(page, { degrees: 184, noise: 40 }))],
    ['a JPEG of a page on its side', () => jpeg(scanned(page, { degrees: 91, noise: 15 }))],
    ['one bit a pixel', () => encode({ ...page, data: bits(page), channels: 1, depth: 1 })],
    ['RGBA', () => encode({ ...page, data: rgba(page), channels: 4, depth: 8 })],
    ['a scan as PDF, JPEG', () => scanPdf(jpeg(page), { ...sized(), Filter: 'DCTDecode' })],
    [
      'a scan as PDF, deflated',
      () => scanPdf(deflateSync(page.data), { ...sized(), Filter: 'FlateDecode' }),
    ],
    [
      'a scan as PDF, one bit',
      () =>
        scanPdf(deflateSync(bits(page)), {
          ...sized(),
          BitsPerComponent: 1,
          Filter: 'FlateDecode',
        }),
    ],
  ])('%s', async (_, make) => {
    expect(await wordsOf(await make())).toEqual(SHEETS.sheet.checkWords)
  })
})

test('a sheet in two pictures, one code each, in any order', async () => {
  const codes = recoverySheet(facts, payload, null).codes
  const halves = codes.map((code) => ({ ...sheet, codes: [code] }))
  const pictures = halves.reverse().map((half) => sheetPng(half))
  const readings = await Promise.all(pictures.map((one) => codesInFile(one, 'x')))
  expect(await problemOf(readSheet(readings.slice(0, 1)))).toEqual({
    problem: 'missing',
    detail: '1',
  })
  expect((await readSheet(readings)).words).toEqual(checkWords(payload))
})

describe('a file that is no sheet', () => {
  const blank = { width: 300, height: 200, data: new Uint8Array(60_000).fill(255) }
  test.each<[string, () => Uint8Array | Promise<Uint8Array>, string]>([
    ['a white picture', () => png(blank), 'no-code'],
    ['a PDF without pictures', () => PDFDocument.create().then((pdf) => pdf.save()), 'no-code'],
    ['a text', () => Buffer.from('see you tomorrow'), 'no-code'],
    ['half a PNG', () => sheetPng(sheet).subarray(0, 5000), 'unreadable'],
    ['half a JPEG head', () => Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16), 'unreadable'],
    ['half a PDF', () => Buffer.from('%PDF-1.7\n1 0 obj <<'), 'no-code'],
    ['bytes', () => Uint8Array.from({ length: 999 }, (_, i) => (i * 131) % 256), 'unreadable'],
    [
      'a PNG that says 60,000 × 60,000',
      () => {
        const lie = Buffer.from(png(blank))
        lie.writeUInt32BE(60_000, 16)
        lie.writeUInt32BE(60_000, 20)
        return lie
      },
      'unreadable',
    ],
  ])('%s', async (_, make, problem) => {
    expect(await problemOf(codesInFile(await make(), 'scan.png'))).toEqual({
      problem,
      detail: 'scan.png',
    })
  })
})

test('colours are weighed, and what is transparent is white', () => {
  const luma = (channels: 1 | 2 | 3 | 4, ...data: number[]) => [
    ...lumaOf({
      width: data.length / channels,
      height: 1,
      channels,
      depth: 8,
      data: Uint8Array.from(data),
    }).data,
  ]
  expect(luma(1, 0, 128, 255)).toEqual([0, 128, 255])
  expect(luma(2, 0, 255, 0, 0)).toEqual([0, 255])
  expect(luma(3, 255, 0, 0, 0, 255, 0)).toEqual([76, 149])
  expect(luma(4, 0, 0, 0, 255, 0, 0, 0, 0)).toEqual([0, 255])
  const indexed = {
    width: 4,
    height: 1,
    channels: 1,
    depth: 2,
    palette: [
      [0, 0, 0],
      [255, 255, 255],
      [255, 0, 0],
    ],
  } as const
  expect([...lumaOf({ ...indexed, data: Uint8Array.of(0b00011001) }).data]).toEqual([
    0, 255, 76, 255,
  ])
})
