import { useEffect, useState } from 'react'
import { fetchPreview } from '../../../queries/previews.ts'
import { errorOf } from '../../../text/error-of.ts'
import type { DecodedPicture } from './decoded-picture.ts'
import type { ContentProps } from '../look-view.ts'
import { askWorker } from './workers.ts'

/** Each worker is loaded when a picture needs it. */
const WORKERS = {
  heic: () => import('./heic-worker.ts?worker&url'),
  tiff: () => import('./tiff-worker.ts?worker&url'),
}

/** A larger file is not decoded: its pixels alone need four times this memory and more. */
export const DECODED_BYTES = 100_000_000

/** Fetches a picture and decodes it in a worker, which is loaded only now. Null: not yet. */
export function useDecoded({
  preview,
  format,
  onFailure,
}: ContentProps & { readonly format: 'heic' | 'tiff' }): {
  readonly picture: DecodedPicture | null
  /** Bytes that have arrived. */
  readonly read: number
} {
  const [picture, setPicture] = useState<DecodedPicture | null>(null)
  const [read, setRead] = useState(0)
  useEffect(() => {
    if (preview.size > DECODED_BYTES) return onFailure('large')
    const left = new AbortController()
    const { signal } = left
    const work = async (): Promise<void> => {
      const bytes = await fetchPreview(preview, DECODED_BYTES, signal, setRead)
      const { default: url } = await WORKERS[format]()
      const decoded = await askWorker<DecodedPicture | null>(url, bytes.buffer, signal)
      if (signal.aborted) return
      if (decoded === null) onFailure('broken')
      else setPicture(decoded)
    }
    work().catch((cause: unknown) => {
      if (!signal.aborted) onFailure({ error: errorOf(cause) })
    })
    return () => left.abort()
  }, [preview.id])
  return { picture, read }
}
