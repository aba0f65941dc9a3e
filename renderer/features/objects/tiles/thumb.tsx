import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { PreviewedObject } from '../../../queries/previews.ts'
import { Icon, type IconName } from '../../../ui/icon.tsx'
import { loadThumb } from './load-thumb.ts'
import type { Thumbs } from './thumbs.ts'

/** Shows the small picture of an object, and its icon until the picture is there. */
export function Thumb({
  object,
  icon,
  thumbs,
}: {
  readonly object: PreviewedObject
  readonly icon: IconName
  readonly thumbs: Thumbs<ImageBitmap>
}) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [, setAnswers] = useState(0)
  const id = JSON.stringify(object)
  useEffect(
    () =>
      thumbs.get(id) === undefined
        ? thumbs.want(
            id,
            (signal) => loadThumb(object, signal),
            () => setAnswers((count) => count + 1),
          )
        : undefined,
    [id, thumbs],
  )
  const bitmap = thumbs.get(id) ?? null
  useLayoutEffect(() => {
    const element = canvas.current
    if (bitmap === null || element === null) return
    element.width = bitmap.width
    element.height = bitmap.height
    element.getContext('2d')?.drawImage(bitmap, 0, 0)
  }, [bitmap])
  return bitmap === null ? <Icon name={icon} /> : <canvas ref={canvas} aria-hidden="true" />
}
