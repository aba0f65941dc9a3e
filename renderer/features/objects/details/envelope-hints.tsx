import type { EnvelopeFacts, ObjectRow } from '../../../../shared/contract/models.ts'
import { chosenRows } from '../../../queries/chosen.ts'
import type { Place } from '../../../queries/objects.ts'
import { useRich, useText } from '../../../text/use-text.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { Note } from '../../../ui/note.tsx'
import { useDownload } from '../downloads.ts'
import { kindFor, kmsCalls } from './format-words.ts'

export interface EnvelopeHintsProps {
  readonly place: Place
  readonly row: ObjectRow
  readonly envelope: EnvelopeFacts
  readonly encrypted: boolean
}

/**
 * Hints about an envelope besides its facts: what it reveals, what it leaves out, what opening it
 * costs.
 */
export function EnvelopeHints({ place, row, envelope, encrypted }: EnvelopeHintsProps) {
  const t = useText()
  const rich = useRich()
  const download = useDownload()
  const kind = kindFor(envelope)
  const repair = (
    <Button
      size="sm"
      icon="down"
      onClick={() => void download(chosenRows(place, [row]), { raw: false, repair: true })}
    >
      {t('objects:act.repair')}
    </Button>
  )
  return (
    <>
      {envelope.resplit !== null && (
        <Note kind="warn" icon="alert" actions={encrypted ? repair : undefined}>
          {rich('objects:d.resplit', {})}
        </Note>
      )}
      {envelope.plaintextMd5 && <p className="hint tw-warn">{t('objects:d.md5')}</p>}
      {encrypted && kind !== 'rsa' && (
        <p className="hint">
          {kind === 'kms'
            ? t('objects:d.kms', { count: kmsCalls(envelope) })
            : t('objects:d.program')}
        </p>
      )}
      {encrypted && (
        <p className="hint">
          {t(envelope.protection === 'tag' ? 'objects:d.tag' : 'objects:d.limits')}
        </p>
      )}
    </>
  )
}
