import type { ObjectRow } from '../../../../shared/contract/models.ts'
import { usePreview, type Place } from '../../../queries/objects.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useText } from '../../../text/use-text.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { useProblem } from '../../../ui/use-problem.ts'
import { Message } from '../../../ui/controls/field.tsx'
import { mayBeText } from './preview-kind.ts'

const BYTES = 4096

/**
 * The first few kilobytes of what may be text, decrypted, only when asked for. `tag`: a tag covers
 * the whole, which a piece cannot be held against.
 */
export function Preview({
  place,
  row,
  contentType,
  tag = false,
}: {
  readonly place: Place
  readonly row: ObjectRow
  readonly contentType: string
  readonly tag?: boolean
}) {
  const t = useText()
  const q = useQuantities()
  const preview = usePreview()
  const problem = useProblem(preview.error)
  if (row.size === 0) return null
  if (!mayBeText(row.key, contentType))
    return (
      <section className="dsec">
        <h3>{t('objects:preview')}</h3>
        <p className="hint">{t('objects:preview.only')}</p>
      </section>
    )
  const show = () =>
    preview.mutate({
      profileId: place.profileId,
      bucket: place.bucket,
      key: row.key,
      offset: 0,
      length: BYTES,
      keyId: null,
    })
  return (
    <section className="dsec">
      <h3>{t('objects:preview')}</h3>
      {preview.data === undefined && (
        <div>
          <Button size="sm" busy={preview.isPending} onClick={show}>
            {t(preview.isPending ? 'objects:preview.loading' : 'objects:preview.show')}
          </Button>
        </div>
      )}
      {preview.data?.binary === true && <p className="hint">{t('objects:preview.binary')}</p>}
      {preview.data?.binary === false && (
        <pre className="preview mono" tabIndex={0}>
          {preview.data.text}
        </pre>
      )}
      {preview.data?.binary === false && row.size > BYTES && (
        <p className="hint">{t('objects:preview.cut', { bytes: q.exactBytes(BYTES) })}</p>
      )}
      {preview.data !== undefined && tag && (
        <p className="hint">{t('objects:preview.unverified')}</p>
      )}
      {problem !== null && <Message message={problem} />}
    </section>
  )
}
