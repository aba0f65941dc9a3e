import { crc32, deflateSync } from 'node:zlib'

/** Small files of every kind that quick look shows. No file of others is needed. */

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}

/** Makes a PNG of one colour; `note` is a text chunk inside of it. Source: PNG, third edition. */
export function png(width: number, height: number, note = ''): Buffer {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 2, 0, 0, 0], 8)
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(width * 3, Buffer.from([40, 120, 90]))])
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', head),
    chunk('tEXt', Buffer.from(`Comment\0${note}`, 'latin1')),
    chunk('IDAT', deflateSync(Buffer.concat(Array.from({ length: height }, () => row)))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** Makes a WAV of silence with 8,000 bytes a second; `note` stands in place of some samples. */
export function wav(seconds: number, note = ''): Buffer {
  const samples = Buffer.alloc(seconds * 8000, 0x80)
  samples.write(note, 4000, 'latin1')
  const head = Buffer.alloc(44)
  head.write('RIFF', 0, 'latin1')
  head.writeUInt32LE(36 + samples.length, 4)
  head.write('WAVEfmt ', 8, 'latin1')
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(8000, 24)
  head.writeUInt32LE(8000, 28)
  head.writeUInt16LE(1, 32)
  head.writeUInt16LE(8, 34)
  head.write('data', 36, 'latin1')
  head.writeUInt32LE(samples.length, 40)
  return Buffer.concat([head, samples])
}

/** Makes a PDF of `pages` pages, each with its number and `note`. Source: ISO 32000-1. */
export function pdf(pages: number, note = ''): Buffer {
  const objects: string[] = []
  const add = (text: string): number => objects.push(text)
  add('<< /Type /Catalog /Pages 2 0 R >>')
  add('')
  const font = add('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>')
  const kids = Array.from({ length: pages }, (_, index) => {
    const text = `BT /F 28 Tf 60 700 Td (Page ${index + 1} of ${pages}) Tj 0 -40 Td (${note}) Tj ET`
    const content = add(`<< /Length ${text.length} >>\nstream\n${text}\nendstream`)
    return add(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${content} 0 R ` +
        `/Resources << /Font << /F ${font} 0 R >> >> >>`,
    )
  })
  objects[1] = `<< /Type /Pages /Count ${pages} /Kids [${kids.map((kid) => `${kid} 0 R`).join(' ')}] >>`
  let text = '%PDF-1.7\n'
  const places = objects.map((object, index) => {
    const at = text.length
    text += `${index + 1} 0 obj\n${object}\nendobj\n`
    return at
  })
  const table = places.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('')
  return Buffer.from(
    `${text}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}` +
      `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`,
    'latin1',
  )
}

/** Makes a BMP, which is not compressed; `note` stands in its pixels. Source: BITMAPINFOHEADER. */
export function bmp(width: number, height: number, note = ''): Buffer {
  const pixels = Buffer.alloc(width * height * 4, Buffer.from([120, 90, 40, 255]))
  pixels.write(note, 0, 'latin1')
  const head = Buffer.alloc(54)
  head.write('BM', 0, 'latin1')
  head.writeUInt32LE(54 + pixels.length, 2)
  head.writeUInt32LE(54, 10)
  head.writeUInt32LE(40, 14)
  head.writeInt32LE(width, 18)
  head.writeInt32LE(height, 22)
  head.writeUInt16LE(1, 26)
  head.writeUInt16LE(32, 28)
  return Buffer.concat([head, pixels])
}

/** Makes a TIFF of one colour without compression. Source: TIFF 6.0, section 6. */
export function tiff(width: number, height: number): Buffer {
  const pixels = Buffer.alloc(width * height * 3, Buffer.from([180, 90, 40]))
  const entries: readonly (readonly [number, number, number, number])[] = [
    [256, 4, 1, width],
    [257, 4, 1, height],
    [258, 3, 1, 8],
    [259, 3, 1, 1],
    [262, 3, 1, 2],
    [273, 4, 1, 8],
    [277, 3, 1, 3],
    [278, 4, 1, height],
    [279, 4, 1, pixels.length],
  ]
  const table = Buffer.alloc(2 + entries.length * 12 + 4)
  table.writeUInt16LE(entries.length, 0)
  entries.forEach(([tag, type, count, value], index) => {
    const at = 2 + index * 12
    table.writeUInt16LE(tag, at)
    table.writeUInt16LE(type, at + 2)
    table.writeUInt32LE(count, at + 4)
    table.writeUInt32LE(value, at + 8)
  })
  const head = Buffer.from('II*\0\0\0\0\0', 'latin1')
  head.writeUInt32LE(8 + pixels.length, 4)
  return Buffer.concat([head, pixels, table])
}

/** "会议纪要" and more in GBK, so that no table of characters is needed to write it. */
export const GBK_TEXT = Buffer.from(
  'bbe1d2e9bccdd2aa0d0ad2bba1a2c2ebcdb7b0b6c7bdb3c1bdb50d0ab2e2b5e3b1bed6dcb3c1bdb50d0a',
  'hex',
)

/** A HEIC picture of 64 × 48 pixels in one colour. Source: libheif 1.x, by pillow-heif. */
export const HEIC = Buffer.from(
  'AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAWltZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAA' +
    'AAAAAAAAACJpbG9jAAAAAERAAAEAAQAAAAABjQABAAAAAAAAABoAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABo' +
    'dmMxAAAAAA5waXRtAAAAAAABAAAA6WlwcnAAAADKaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEA' +
    'GEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAA' +
    'AwAhYgABAAZEAcFzwIkAAAAUaXNwZQAAAAAAAABAAAAAQAAAAChjbGFwAAAAQAAAAAEAAAAwAAAAAQAAAAAAAAAC////' +
    '8AAAAAIAAAAQcGl4aQAAAAADCAgIAAAAF2lwbWEAAAAAAAAAAQABBIECBIMAAAAibWRhdAAAABYoAa8ZgO9Jpb//zJl/' +
    '5TSv97rWmPm4',
  'base64',
)
