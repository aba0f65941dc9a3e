import type { PDFDocumentProxy } from 'pdfjs-dist'
import { useEffect, useRef, useState } from 'react'
import { previewProblem } from '../../../queries/previews.ts'
import { lastOf } from '../../../state/ui.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useText } from '../../../text/use-text.tsx'
import { LookLoading } from '../look-loading.tsx'
import type { ContentProps, LookFailure } from '../look-view.ts'
import { openPdf } from './pdf-document.ts'

/** Room around a page that fits, in pixels. */
const MARGIN_PX = 48
/** Pixels of one canvas, at most. */
const MOST_PIXELS = 16_000_000

/** One page of a PDF. Nothing in the document is executed: neither scripts nor forms. */
export function LookPdf({ preview, name, view, change, onFailure }: ContentProps) {
  const t = useText()
  const q = useQuantities()
  const scroll = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const [document, setDocument] = useState<PDFDocumentProxy | null>(null)
  useEffect(() => {
    const left = new AbortController()
    openPdf(preview.id, left.signal).then(
      (opened) => {
        if (left.signal.aborted) return
        const { numPages: pages } = opened.document
        setDocument(opened.document)
        change({ pages, facts: (t) => t('look:pages', { count: pages, n: q.count(pages) }) })
      },
      (cause: unknown) => {
        if (!left.signal.aborted) void failureOf(preview.id, cause).then(onFailure)
      },
    )
    return () => left.abort()
  }, [preview.id])
  useEffect(() => {
    if (document === null) return undefined
    const left = new AbortController()
    drawPage(document, view.page, view.zoom, scroll.current, canvas.current, left.signal).catch(
      (cause: unknown) => {
        if (!left.signal.aborted) void failureOf(preview.id, cause).then(onFailure)
      },
    )
    return () => left.abort()
  }, [document, view.page, view.zoom])
  return (
    <div className="look-scroll" ref={scroll} tabIndex={0}>
      {document === null && <LookLoading />}
      <canvas
        hidden={document === null}
        ref={canvas}
        className="look-page"
        role="img"
        aria-label={`${lastOf(name)}, ${t('look:page')} ${q.count(view.page)}`}
      />
    </div>
  )
}

async function drawPage(
  pdf: PDFDocumentProxy,
  number: number,
  zoom: number | null,
  scroll: HTMLElement | null,
  canvas: HTMLCanvasElement | null,
  signal: AbortSignal,
): Promise<void> {
  const page = await pdf.getPage(number)
  if (signal.aborted || scroll === null || canvas === null) return
  const { width, height } = page.getViewport({ scale: 1 })
  const fits = Math.min(
    (scroll.clientWidth - MARGIN_PX) / width,
    (scroll.clientHeight - MARGIN_PX) / height,
  )
  const shown = zoom ?? Math.max(0.1, fits)
  const sharp = Math.min(
    window.devicePixelRatio,
    Math.sqrt(MOST_PIXELS / (width * height * shown * shown)),
  )
  const viewport = page.getViewport({ scale: shown * sharp })
  // Drawn aside, so that the page before stays until this one is whole.
  const drawn = window.document.createElement('canvas')
  drawn.width = Math.ceil(viewport.width)
  drawn.height = Math.ceil(viewport.height)
  const task = page.render({ canvas: drawn, viewport })
  signal.addEventListener('abort', () => task.cancel(), { once: true })
  await task.promise
  if (signal.aborted) return
  canvas.width = drawn.width
  canvas.height = drawn.height
  canvas.style.width = `${width * shown}px`
  canvas.style.height = `${height * shown}px`
  canvas.dataset['page'] = String(number)
  canvas.getContext('2d')?.drawImage(drawn, 0, 0)
}

/** The core knows why bytes are missing. Everything else is the document's own fault. */
async function failureOf(id: string, cause: unknown): Promise<LookFailure> {
  const problem = await previewProblem(id)
  if (problem !== null) return { error: problem }
  return cause instanceof Error && cause.name === 'PasswordException' ? 'locked' : 'broken'
}
