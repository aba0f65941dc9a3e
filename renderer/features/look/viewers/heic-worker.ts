// The decoder is under the LGPL. It is a file of its own, which nothing else is bundled into.
import buildLibheif from '../../../../node_modules/heic-to/src/lib/libheif-without-unsafe-eval.js'
import type { DecodedPicture } from './decoded-picture.ts'

/** Decodes the first picture of a HEIC file. Answers null if the file has none. */
addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => {
  void decode(data).then(
    (picture) => postMessage(picture),
    () => postMessage(null),
  )
})

async function decode(file: ArrayBuffer): Promise<DecodedPicture | null> {
  const library = buildLibheif()
  const [image] = new library.HeifDecoder().decode(file)
  if (image === undefined) return null
  const [width, height] = [image.get_width(), image.get_height()]
  const pixels = new Uint8ClampedArray(width * height * 4)
  // Pictures without transparency leave the fourth byte of each pixel as it is.
  for (let at = 3; at < pixels.length; at += 4) pixels[at] = 255
  const shown = await new Promise<unknown>((resolve) =>
    image.display({ data: pixels, width, height }, resolve),
  )
  return shown === null ? null : { width, height, pixels }
}
