import { useEffect, useState } from 'react'
import type { ObjectRow } from '../../../shared/contract/models.ts'
import { fetchPreview, usePreview, WHOLE_BYTES } from '../../queries/previews.ts'
import type { Place } from '../../queries/objects.ts'
import { lastOf } from '../../state/ui.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'
import { Message } from '../../ui/controls/field.tsx'
import { useProblem } from '../../ui/use-problem.ts'
import { Failure } from '../../../shared/contract/errors.ts'
import { previewUrl } from '../../queries/previews.ts'
import { lookKind } from './look-kind.ts'
import { decodeText, findEncoding } from './viewers/text-encoding.ts'
import type { Preview } from '../../../shared/contract/models-previews.ts'

/** Bytes of a text that the details show. */
const TEXT_BYTES = 4096
/** Milliseconds for which one file is selected before anything of it is read. */
const REST_MS = 200

/** Shows a picture of up to 10 MB, or the first lines of a text. A click looks closer. */
export function LookInline({
  place,
  row,
  onLook,
}: {
  readonly place: Place
  readonly row: ObjectRow
  readonly onLook: () => void
}) {
  const t = useText()
  const { profileId, bucket } = place
  const kind = lookKind(row.key, '')
  const isWanted =
    row.size > 0 && (kind === 'text' || (kind === 'picture' && row.size <= WHOLE_BYTES))
  const rests = useRest(`${row.key} ${row.etag}`)
  const object = { profileId, bucket, key: row.key, etag: row.etag }
  const wholeUpTo = kind === 'text' ? TEXT_BYTES : WHOLE_BYTES
  const state = usePreview(isWanted && rests ? object : null, wholeUpTo)
  const problem = useProblem(state.phase === 'failed' ? new Failure(state.error) : null)
  if (!isWanted) return null
  return (
    <section className="dsec look-inline">
      <h3>{t('objects:preview')}</h3>
      {state.phase === 'opening' && <p className="hint">{t('look:loading')}</p>}
      {problem !== null && <Message message={problem} />}
      {state.phase === 'open' &&
        (kind === 'picture' ? (
          <button type="button" className="look-thumb" onClick={onLook} title={t('look:act')}>
            <img src={previewUrl(state.preview.id)} alt={lastOf(row.key)} draggable={false} />
          </button>
        ) : (
          <FirstLines preview={state.preview} />
        ))}
    </section>
  )
}

function FirstLines({ preview }: { readonly preview: Preview }) {
  const t = useText()
  const q = useQuantities()
  const [text, setText] = useState<string | null>('')
  const [cause, setCause] = useState<unknown>(null)
  const problem = useProblem(cause)
  useEffect(() => {
    const left = new AbortController()
    const read = async () => {
      const bytes = await fetchPreview(preview, TEXT_BYTES, left.signal)
      const encoding = await findEncoding(bytes, bytes.length === preview.size)
      if (!left.signal.aborted) setText(encoding === null ? null : decodeText(bytes, encoding))
    }
    read().catch((reason: unknown) => {
      if (!left.signal.aborted) setCause(reason)
    })
    return () => left.abort()
  }, [preview.id])
  if (problem !== null) return <Message message={problem} />
  if (text === null) return <p className="hint">{t('objects:preview.binary')}</p>
  return (
    <>
      <pre className="preview mono" tabIndex={0}>
        {text}
      </pre>
      {preview.size > TEXT_BYTES && (
        <p className="hint">{t('objects:preview.cut', { bytes: q.exactBytes(TEXT_BYTES) })}</p>
      )}
      {preview.integrity === 'parts' && <p className="hint">{t('look:integrity.parts')}</p>}
    </>
  )
}

/** True when `name` has been the same for a while. So nothing is read of rows that are passed. */
function useRest(name: string): boolean {
  const [rested, setRested] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setRested(name), REST_MS)
    return () => clearTimeout(timer)
  }, [name])
  return rested === name
}
