import type { PDFDocumentProxy, PDFDocumentLoadingTask } from 'pdfjs-dist'
import { previewUrl } from '../../../queries/previews.ts'
import { startWorker } from './workers.ts'

/** Bytes of one request for a part of a PDF. */
const RANGE_BYTES = 128 * 1024

/** A PDF that is read by range. Closing it ends its worker and its requests. */
export interface OpenPdf {
  readonly document: PDFDocumentProxy
  close(): void
}

/**
 * Opens a PDF. The reader and its worker are loaded only now. Rejects as pdf.js does; its error
 * `PasswordException` is a document that asks for a password.
 */
export async function openPdf(id: string, signal: AbortSignal): Promise<OpenPdf> {
  const [pdf, { default: workerUrl }] = await Promise.all([
    import('pdfjs-dist/legacy/build/pdf.mjs'),
    import('pdfjs-dist/legacy/build/pdf.worker.min.mjs?worker&url'),
  ])
  signal.throwIfAborted()
  const port = startWorker(workerUrl)
  const worker = pdf.PDFWorker.create({ port })
  const base = new URL('/pdf/', window.location.href).href
  const task: PDFDocumentLoadingTask = pdf.getDocument({
    url: previewUrl(id),
    worker,
    rangeChunkSize: RANGE_BYTES,
    // Only the parts of the pages that are looked at are read.
    disableAutoFetch: true,
    disableStream: true,
    cMapUrl: `${base}cmaps/`,
    cMapPacked: true,
    standardFontDataUrl: `${base}fonts/`,
    // The policy of the page forbids WebAssembly. The script in its place is slower.
    useWasm: false,
    wasmUrl: `${base}decoders/`,
    useWorkerFetch: false,
    isEvalSupported: false,
    enableXfa: false,
  })
  const close = (): void => {
    void task.destroy().finally(() => {
      worker.destroy()
      port.terminate()
    })
  }
  signal.addEventListener('abort', close, { once: true })
  try {
    return { document: await task.promise, close }
  } catch (cause) {
    close()
    throw cause
  }
}
