import * as UTIF from 'utif2'
import type { DecodedPicture } from './decoded-picture.ts'

/** Decodes the largest picture of a TIFF file. Answers null if the file has none. */
addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => {
  try {
    postMessage(decode(data))
  } catch {
    postMessage(null)
  }
})

function decode(file: ArrayBuffer): DecodedPicture | null {
  const pages = UTIF.decode(file)
  const sizeOf = (page: UTIF.IFD): number => number(page['t256']) * number(page['t257'])
  const [largest] = pages.toSorted((a, b) => sizeOf(b) - sizeOf(a))
  if (largest === undefined) return null
  UTIF.decodeImage(file, largest)
  const { width, height } = largest
  return { width, height, pixels: Uint8ClampedArray.from(UTIF.toRGBA8(largest)) }
}

const number = (tag: unknown): number => (Array.isArray(tag) ? Number(tag[0]) : 0)
