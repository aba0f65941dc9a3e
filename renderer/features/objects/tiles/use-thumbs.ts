import { useEffect, useMemo } from 'react'
import type { Place } from '../../../queries/objects.ts'
import { openThumbs, type Thumbs } from './thumbs.ts'

/** The small pictures of a folder, as long as it is shown as tiles. Then the memory has none. */
export function useThumbs(place: Place, isTiled: boolean): Thumbs<ImageBitmap> {
  const thumbs = useMemo(() => openThumbs<ImageBitmap>(), [place, isTiled])
  useEffect(() => () => thumbs.close(), [thumbs])
  return thumbs
}
