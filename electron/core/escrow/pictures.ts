import { decode as decodePng } from 'fast-png'
import { decode as decodeJpeg } from 'jpeg-js'
import { lumaOf, type Luma } from './luma.ts'
import { pdfPictures } from './pdf-pictures.ts'

/** The most megapixels of one picture. A page of A4 with 600 dpi has 35. */
const MAX_MEGAPIXELS = 60
const MAX_MEMORY_MB = 1024

/**
 * Decodes a PNG, a JPEG, or the pictures in a PDF. Resolves with null for other files, for damaged
 * pictures and for pictures above 60 megapixels. The first bytes decide, never a name.
 */
export async function picturesIn(bytes: Uint8Array): Promise<readonly Luma[] | null> {
  try {
    if (begins(bytes, [0x89, 0x50, 0x4e, 0x47])) return [pngPicture(bytes)]
    if (begins(bytes, [0xff, 0xd8, 0xff])) return [jpegPicture(bytes)]
    if (begins(bytes, [0x25, 0x50, 0x44, 0x46])) return await pdfPictures(bytes, jpegPicture)
  } catch {
    // The decoders throw plain errors for everything that is wrong with a picture.
  }
  return null
}

const begins = (bytes: Uint8Array, magic: readonly number[]): boolean =>
  magic.every((byte, i) => bytes[i] === byte)

function pngPicture(bytes: Uint8Array): Luma {
  // The size stands in the first chunk. It is checked before memory is asked for.
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (view.getUint32(16) * view.getUint32(20) > MAX_MEGAPIXELS * 1e6)
    throw new Error('the picture is too large')
  const { width, height, channels, depth, data, palette } = decodePng(bytes, { checkCrc: true })
  return lumaOf({ width, height, channels: channels as 1, depth, data, palette })
}

function jpegPicture(bytes: Uint8Array): Luma {
  const { width, height, data } = decodeJpeg(bytes, {
    useTArray: true,
    maxResolutionInMP: MAX_MEGAPIXELS,
    maxMemoryUsageInMB: MAX_MEMORY_MB,
  })
  return lumaOf({ width, height, channels: 4, depth: 8, data })
}
