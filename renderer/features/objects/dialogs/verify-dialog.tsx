import type { VerifiedKey } from '../../../../shared/contract/models-seal-steps.ts'
import { sealReason } from '../../../../shared/contract/sentences/sentences-seals.ts'
import type { Place } from '../../../queries/objects.ts'
import { lastOf } from '../../../state/ui.ts'
import {
  continueVerify,
  startVerify,
  stopVerify,
  useVerifyRun,
  type VerifyRun,
} from '../../../state/verify-run.ts'
import { errorSentence } from '../../../text/sentence.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useLanguage, useText } from '../../../text/use-text.tsx'
import { say } from '../../../ui/announce.ts'
import { Button } from '../../../ui/controls/button.tsx'
import { copyText } from '../../../ui/controls/clipboard.ts'
import { Dialog } from '../../../ui/controls/dialog.tsx'
import { Message } from '../../../ui/controls/field.tsx'
import { Name } from '../../../ui/name.tsx'
import { SealBadge } from '../details/seal-badge.tsx'

/** The worst first. */
const STATES = ['changed', 'moved', 'unknown', 'unsealed', 'intact'] as const
/** The most findings that are drawn. The report has all of them. */
const DRAWN = 200

/** Verifies all files below a place. The run goes on when the dialog is closed. */
export function VerifyDialog({
  place,
  onClose,
}: {
  readonly place: Place
  readonly onClose: () => void
}) {
  const t = useText()
  const q = useQuantities()
  const language = useLanguage()
  const run = useVerifyRun(place)
  const name = place.prefix === '' ? place.bucket : lastOf(place.prefix)
  const copy = () => {
    if (run !== null) copyText(reportOf(run))
    say(t('objects:say.copied'))
  }
  return (
    <Dialog
      title={t('seals:below.title', { name: shownName(name) })}
      width={600}
      onClose={onClose}
      footer={
        <>
          {run !== null && <Button onClick={copy}>{t('seals:below.copy')}</Button>}
          <span className="grow" />
          <Button onClick={onClose}>{t('common:act.close')}</Button>
          <RunButton place={place} run={run} />
        </>
      }
    >
      <p className="hint">{t('seals:below.what')}</p>
      {run !== null && (
        <>
          <p role="status">
            {t(`seals:below.${run.phase}`, { count: totalOf(run), n: q.count(totalOf(run)) })}{' '}
            {t('seals:below.since', { time: q.exactTime(run.started) })}
          </p>
          <ul className="stack">
            {STATES.map((state) => (
              <li className="flex small" key={state}>
                <span className="grow">
                  <SealBadge state={state} />
                </span>
                <span>{q.count(run.counts[state])}</span>
              </li>
            ))}
          </ul>
          {run.counts.young > 0 && (
            <p className="hint">
              {t('seals:below.young', { count: run.counts.young, n: q.count(run.counts.young) })}
            </p>
          )}
          {run.error !== null && (
            <Message
              message={{ kind: 'bad', text: errorSentence(run.error, language), error: run.error }}
              alert
            />
          )}
          {run.findings.length > 0 && <Findings findings={run.findings} />}
        </>
      )}
    </Dialog>
  )
}

function RunButton({ place, run }: { readonly place: Place; readonly run: VerifyRun | null }) {
  const t = useText()
  if (run?.phase === 'running') return <Button onClick={stopVerify}>{t('common:act.stop')}</Button>
  if (run?.phase === 'stopped')
    return (
      <Button kind="primary" onClick={() => continueVerify(run)}>
        {t('seals:below.continue')}
      </Button>
    )
  return (
    <Button kind="primary" icon="intact" onClick={() => startVerify(place)}>
      {t(run === null ? 'seals:verify' : 'seals:verifyAgain')}
    </Button>
  )
}

function Findings({ findings }: { readonly findings: readonly VerifiedKey[] }) {
  const t = useText()
  const q = useQuantities()
  const language = useLanguage()
  return (
    <>
      <div className="box left-out tall two">
        <ul tabIndex={0} aria-label={t('seals:below.findings')}>
          {findings.slice(0, DRAWN).map(({ key, state, reason }) => (
            <li className="line small" key={key}>
              <span className="grow stack g4">
                <Name text={key} />
                <span className="flex">
                  <SealBadge state={state} />
                  <span className="faint">{sealReason(reason, language)}</span>
                </span>
              </span>
            </li>
          ))}
        </ul>
      </div>
      {findings.length > DRAWN && (
        <p className="hint">
          {t('objects:d.andMore', {
            count: findings.length - DRAWN,
            n: q.count(findings.length - DRAWN),
          })}
        </p>
      )}
    </>
  )
}

const totalOf = ({ counts }: VerifyRun): number =>
  Object.values(counts).reduce((sum, n) => sum + n, 0)

/** Returns the report as JSON: the place, the time, the counts and all findings. */
const reportOf = ({ place, phase, started, counts, findings }: VerifyRun): string =>
  JSON.stringify(
    {
      bucket: place.bucket,
      prefix: place.prefix,
      started,
      finished: phase === 'done',
      counts,
      findings: findings.map(({ key, state, reason }) => ({ key, state, reason })),
    },
    null,
    2,
  )
