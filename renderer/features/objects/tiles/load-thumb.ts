import { Failure } from '../../../../shared/contract/errors.ts'
import type { ObjectRow } from '../../../../shared/contract/models.ts'
import {
  fetchPreview,
  previewUrl,
  WHOLE_BYTES,
  withPreview,
  type PreviewedObject,
} from '../../../queries/previews.ts'
import { lookKind } from '../../look/look-kind.ts'

/** The size of a thumbnail on a screen with two pixels a point, in pixels. */
const THUMB_PX = { width: 400, height: 208 } as const
/** A picture of more pixels has no thumbnail: four bytes each would fill the memory. */
const MOST_PIXELS = 80_000_000

/** Tells whether a file may have a thumbnail: a picture that is read whole and verified. */
export const mayHaveThumb = (row: ObjectRow): boolean =>
  row.kind === 'file' &&
  row.size > 0 &&
  row.size <= WHOLE_BYTES &&
  lookKind(row.key, '') === 'picture'

/**
 * Decrypts a picture in memory and resolves with its middle, made small. Resolves with null for a
 * file that is no picture, or one of too many pixels. Throws Failure when it cannot be read.
 */
export const loadThumb = (
  object: PreviewedObject,
  signal: AbortSignal,
): Promise<ImageBitmap | null> =>
  withPreview(object, WHOLE_BYTES, signal, async (preview) => {
    // The browser reads the size from the head of the file, and decodes nothing yet.
    const image = await openImage(previewUrl(preview.id), signal)
    const { naturalWidth: width, naturalHeight: height } = image
    if (width === 0 || height === 0 || width * height > MOST_PIXELS) return null
    const part = middleOf(width, height)
    if (preview.type === 'image/svg+xml') return drawMiddle(image, part)
    // Bytes are decoded in a thread of the browser, so that scrolling goes on.
    const bytes = await fetchPreview(preview, WHOLE_BYTES, signal)
    const blob = new Blob([bytes], { type: preview.type })
    const scale = Math.min(1, THUMB_PX.width / part.width)
    return createImageBitmap(blob, part.x, part.y, part.width, part.height, {
      resizeWidth: Math.max(1, Math.round(part.width * scale)),
      resizeHeight: Math.max(1, Math.round(part.height * scale)),
      resizeQuality: 'medium',
    })
  })

/** Draws the middle of a drawing, which has no pixels of its own, in the size of a thumbnail. */
function drawMiddle(image: HTMLImageElement, part: ReturnType<typeof middleOf>): ImageBitmap {
  const canvas = new OffscreenCanvas(THUMB_PX.width, THUMB_PX.height)
  const scale = THUMB_PX.width / part.width
  canvas
    .getContext('2d')
    ?.drawImage(
      image,
      -part.x * scale,
      -part.y * scale,
      image.naturalWidth * scale,
      image.naturalHeight * scale,
    )
  return canvas.transferToImageBitmap()
}

/** Returns the largest part in the middle of a picture that has the shape of a thumbnail. */
export function middleOf(width: number, height: number) {
  const shape = THUMB_PX.width / THUMB_PX.height
  const part = {
    width: Math.max(1, Math.min(width, Math.round(height * shape))),
    height: Math.max(1, Math.min(height, Math.round(width / shape))),
  }
  return {
    x: Math.floor((width - part.width) / 2),
    y: Math.floor((height - part.height) / 2),
    ...part,
  }
}

/** Loads a picture. Rejects for content that is no picture. */
function openImage(url: string, signal: AbortSignal): Promise<HTMLImageElement> {
  return new Promise((resolve, reject) => {
    const image = new Image()
    image.addEventListener('load', () => resolve(image))
    image.addEventListener('error', () => reject(new TypeError('no picture')))
    signal.addEventListener('abort', () => {
      image.src = ''
      reject(new Failure({ code: 'cancelled' }))
    })
    image.src = url
  })
}
