import type { ObjectRow } from '../../../../shared/contract/models.ts'
import type { SealReport, SealState } from '../../../../shared/contract/models-seals.ts'
import { sealReason } from '../../../../shared/contract/sentences/sentences-seals.ts'
import type { Place } from '../../../queries/objects.ts'
import { useSeal } from '../../../queries/seals.ts'
import { ask } from '../../../state/work.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useLanguage, useRich, useText } from '../../../text/use-text.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { Message } from '../../../ui/controls/field.tsx'
import { Facts } from '../../../ui/facts.tsx'
import type { IconName } from '../../../ui/icon.tsx'
import { Note, type NoteProps } from '../../../ui/note.tsx'
import { useProblem } from '../../../ui/use-problem.ts'

const ICONS: Readonly<Record<SealState, IconName>> = {
  intact: 'intact',
  changed: 'changed',
  moved: 'moved',
  unsealed: 'unverified',
  unknown: 'unknown',
}
const KINDS: Readonly<Record<SealState, Pick<NoteProps, 'kind'>>> = {
  intact: { kind: 'encrypted' },
  changed: { kind: 'bad' },
  moved: { kind: 'bad' },
  unsealed: {},
  unknown: {},
}

/** Says whether one object is as it was sealed, and when that was verified. */
export function SealSection({ place, row }: { readonly place: Place; readonly row: ObjectRow }) {
  const t = useText()
  const q = useQuantities()
  const { report, isRunning, error, verify, stop } = useSeal(place, row)
  const problem = useProblem(error)
  return (
    <section className="dsec">
      <h3>{t('seals:title')}</h3>
      {report === null ? (
        <p className="hint">{t('seals:notYet', { bytes: q.bytes(row.size) })}</p>
      ) : (
        <Report place={place} row={row} report={report} />
      )}
      <div className="flex">
        <Button size="sm" icon="intact" busy={isRunning} onClick={verify}>
          {t(
            isRunning ? 'seals:verifying' : report === null ? 'seals:verify' : 'seals:verifyAgain',
          )}
        </Button>
        {isRunning && (
          <Button size="sm" onClick={stop}>
            {t('common:act.stop')}
          </Button>
        )}
      </div>
      {!isRunning && problem !== null && <Message message={problem} alert />}
    </section>
  )
}

function Report({
  place,
  row,
  report: { state, reason, judged, sealed },
}: {
  readonly place: Place
  readonly row: ObjectRow
  readonly report: SealReport
}) {
  const t = useText()
  const q = useQuantities()
  const rich = useRich()
  const language = useLanguage()
  const anyway = state === 'moved' && (
    <Button size="sm" onClick={() => ask({ kind: 'download-moved', place, key: row.key })}>
      {t('seals:moved.dots')}
    </Button>
  )
  return (
    <>
      <Note {...KINDS[state]} icon={ICONS[state]} actions={anyway || undefined}>
        {rich(`seals:told.${state}`, {}, { reason: sealReason(reason, language) })}
      </Note>
      <Facts
        rows={[
          [t('seals:judged'), q.exactTime(judged)],
          sealed === null ? null : [t('seals:sealed'), q.exactTime(sealed)],
        ]}
      />
    </>
  )
}
