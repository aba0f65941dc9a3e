import { inflateSync } from 'node:zlib'
import { PDFDocument, PDFName, PDFNumber, PDFRawStream } from 'pdf-lib'
import { lumaOf, type Luma } from './luma.ts'

/** The most bytes of one unpacked picture. */
const MAX_BYTES = 256 * 1024 * 1024
/** The most pictures of one document that are looked at. */
const MAX_PICTURES = 100

/**
 * Decodes the pictures in a PDF: JPEG, and deflated grey or RGB without a predictor. Scanners write
 * the first, our own sheets the second. Pictures in other encodings are skipped.
 */
export async function pdfPictures(
  bytes: Uint8Array,
  decodeJpeg: (bytes: Uint8Array) => Luma,
): Promise<readonly Luma[]> {
  const pdf = await PDFDocument.load(bytes, { updateMetadata: false, throwOnInvalidObject: true })
  const pictures: Luma[] = []
  for (const [, object] of pdf.context.enumerateIndirectObjects()) {
    if (!(object instanceof PDFRawStream) || pictures.length === MAX_PICTURES) continue
    const { dict, contents } = object
    if (dict.get(PDFName.of('Subtype')) !== PDFName.of('Image')) continue
    const filter = dict.get(PDFName.of('Filter'))
    if (filter === PDFName.of('DCTDecode')) pictures.push(decodeJpeg(contents))
    else if (filter === PDFName.of('FlateDecode') && !dict.has(PDFName.of('DecodeParms')))
      pictures.push(...rawPicture(dict, inflateSync(contents, { maxOutputLength: MAX_BYTES })))
  }
  return pictures
}

function rawPicture(dict: PDFRawStream['dict'], data: Uint8Array): readonly Luma[] {
  const number = (name: string): number => dict.lookup(PDFName.of(name), PDFNumber).asNumber()
  const [width, height, depth] = [number('Width'), number('Height'), number('BitsPerComponent')]
  const space = dict.get(PDFName.of('ColorSpace'))
  const channels =
    space === PDFName.of('DeviceGray') ? 1 : space === PDFName.of('DeviceRGB') ? 3 : null
  // A mask of transparency is a picture too, and only a grey one can have fewer than 8 bits here.
  const isRead = channels !== null && (depth === 8 || (channels === 1 && depth === 1))
  if (!isRead || data.length < Math.ceil((width * channels * depth) / 8) * height) return []
  return [lumaOf({ width, height, channels, depth, data })]
}
