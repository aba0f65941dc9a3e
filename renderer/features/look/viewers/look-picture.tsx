import { useEffect, useRef, useState } from 'react'
import { previewProblem, previewUrl } from '../../../queries/previews.ts'
import { lastOf } from '../../../state/ui.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { LookLoading } from '../look-loading.tsx'
import { useDecoded } from './use-decoded.ts'
import type { ContentProps } from '../look-view.ts'

interface Size {
  readonly width: number
  readonly height: number
}

/** Shows a picture that the browser decodes. The page never has the bytes of the picture. */
export function LookPicture({ preview, name, view, change, onFailure }: ContentProps) {
  const [size, setSize] = useState<Size | null>(null)
  const failed = () =>
    void previewProblem(preview.id).then((problem) =>
      onFailure(problem === null ? 'broken' : { error: problem }),
    )
  return (
    <div className="look-scroll" tabIndex={0}>
      <img
        className={view.zoom === null ? 'fit' : ''}
        src={previewUrl(preview.id)}
        alt={lastOf(name)}
        draggable={false}
        onLoad={({ currentTarget: image }) => {
          const [width, height] = [image.naturalWidth, image.naturalHeight]
          setSize({ width, height })
          change({ facts: (t) => t('look:pixels', { width, height }) })
        }}
        onError={failed}
        {...zoomed(size, view.zoom)}
      />
    </div>
  )
}

/** A picture that a worker decodes: HEIC and TIFF. */
export function LookDecoded(props: ContentProps & { readonly format: 'heic' | 'tiff' }) {
  const { view, change, name } = props
  const canvas = useRef<HTMLCanvasElement>(null)
  const q = useQuantities()
  const { picture, read } = useDecoded(props)
  useEffect(() => {
    if (picture === null || canvas.current === null) return
    const { width, height, pixels } = picture
    canvas.current.width = width
    canvas.current.height = height
    canvas.current.getContext('2d')?.putImageData(new ImageData(pixels, width, height), 0, 0)
    change({ facts: (t) => t('look:pixels', { width, height }) })
  }, [picture])
  if (picture === null) return <LookLoading progress={q.progress(read, props.preview.size)} />
  return (
    <div className="look-scroll" tabIndex={0}>
      <canvas
        ref={canvas}
        className={view.zoom === null ? 'fit' : ''}
        role="img"
        aria-label={lastOf(name)}
        {...zoomed(picture, view.zoom)}
      />
    </div>
  )
}

const zoomed = (size: Size | null, zoom: number | null) =>
  size === null || zoom === null
    ? {}
    : { style: { width: size.width * zoom, height: size.height * zoom } }
