import { useEffect, useMemo, useRef, useState } from 'react'
import { fetchPreview } from '../../../queries/previews.ts'
import { useSettings } from '../../../queries/settings.ts'
import { errorOf } from '../../../text/error-of.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useText } from '../../../text/use-text.tsx'
import { highlight, plainLines, type Line } from './highlight.ts'
import { extensionOf } from '../../../../shared/contract/file-kinds.ts'
import type { ContentProps } from '../look-view.ts'
import { decodeText, ENCODINGS, findEncoding, type Encoding } from './text-encoding.ts'
import { LookLoading } from '../look-loading.tsx'
import { useFound } from './use-found.ts'

/** Bytes of a text that are shown, from its beginning. */
export const TEXT_BYTES = 1_000_000
/** Lines that the browser lays out together, once they come into view. */
const BLOCK_LINES = 200

/** The beginning of a text, in the encoding that the user chose or that its bytes tell. */
export function LookText({ preview, name, view, change, onFailure }: ContentProps) {
  const t = useText()
  const q = useQuantities()
  const settings = useSettings().data
  const [bytes, setBytes] = useState<Uint8Array | null>(null)
  const [lines, setLines] = useState<readonly Line[]>([])
  const region = useRef<HTMLDivElement>(null)
  const remembered = encodingOf(settings?.textEncodings[extensionOf(name)])
  useEffect(() => {
    const left = new AbortController()
    const { signal } = left
    const read = async () => {
      const content = await fetchPreview(preview, TEXT_BYTES, signal)
      const guessed = await findEncoding(content, content.length === preview.size)
      if (signal.aborted) return
      if (guessed === null) return onFailure('binary')
      setBytes(content)
      change({ guessed })
    }
    read().catch((cause: unknown) => {
      if (!signal.aborted) onFailure({ error: errorOf(cause) })
    })
    return () => left.abort()
  }, [preview.id])
  const encoding = view.chosen ?? remembered ?? view.guessed
  useEffect(() => {
    if (bytes === null || encoding === null) return undefined
    let isLeft = false
    const text = decodeText(bytes, encoding)
    const show = (shown: readonly Line[]) => {
      if (isLeft) return
      setLines(shown)
      const cut = bytes.length < preview.size
      const count = shown.length
      change({
        facts(t) {
          const n = t('look:lines', { count, n: q.count(count) })
          return cut ? `${n}, ${t('look:lines.cut', { bytes: q.bytes(bytes.length) })}` : n
        },
      })
    }
    void highlight(text, name).then(show, () => show(plainLines(text)))
    return () => {
      isLeft = true
    }
  }, [bytes, encoding])
  useFound(region, view, change, lines)
  if (bytes === null) return <LookLoading />
  return (
    <div className="look-read" ref={region} tabIndex={0} role="region" aria-label={t('look:text')}>
      <Lines lines={lines} />
    </div>
  )
}

/** Blocks of lines. The browser lays out those in view, and leaves the others for later. */
export function Lines({ lines }: { readonly lines: readonly Line[] }) {
  const blocks = useMemo(() => {
    const starts = Array.from({ length: Math.ceil(lines.length / BLOCK_LINES) })
    return starts.map((_, index) => lines.slice(index * BLOCK_LINES, (index + 1) * BLOCK_LINES))
  }, [lines])
  return blocks.map((block, index) => (
    <div className="look-block" key={index}>
      {block.map((line, inBlock) => (
        <div className="look-line" data-n={index * BLOCK_LINES + inBlock + 1} key={inBlock}>
          {line.map(({ text, className }, run) =>
            className === '' ? (
              text
            ) : (
              <span className={className} key={run}>
                {text}
              </span>
            ),
          )}
          {'\n'}
        </div>
      ))}
    </div>
  ))
}

const encodingOf = (name: string | undefined): Encoding | null =>
  ENCODINGS.find((encoding) => encoding === name) ?? null
