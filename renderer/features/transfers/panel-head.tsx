import type { Transfers } from '../../queries/transfers/transfer-book.ts'
import type { Totals } from '../../queries/transfers/transfer-facts.ts'
import { useSecond } from '../../text/clock.ts'
import { speedsUntil, useSpeeds } from '../../state/speed.ts'
import { setPanes } from '../../state/ui.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'
import { IconButton } from '../../ui/controls/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Progress, shareOf } from '../../ui/progress.tsx'
import { Spark } from '../../ui/spark.tsx'
import { allActive, allPaused } from './transfers-by-state.ts'
import type { TransferActs } from './transfer-acts.ts'

/**
 * One line for all transfers: their numbers by state, the last minute as a curve, and Pause all.
 */
export function PanelHead({
  transfers,
  open,
  acts,
}: {
  readonly transfers: Transfers
  readonly open: boolean
  readonly acts: TransferActs
}) {
  const t = useText()
  const q = useQuantities()
  const totals = transfers.totals()
  // Failed transfers have no progress.
  const moves = totals.unfinished > 0 && (totals.counting || totals.bytesTotal > 0)
  return (
    <div className="ph">
      <h2>{t('transfers:title')}</h2>
      <Counts totals={totals} />
      <span className="grow" />
      {totals.speed !== null && <Minute />}
      {totals.speed !== null && <span className="medium nowrap">{q.speed(totals.speed)}</span>}
      {moves && (
        <span className="ph-bar">
          <Progress
            value={totals.counting ? null : shareOf(totals.bytesDone, totals.bytesTotal, false)}
            label={t('transfers:all')}
          />
        </span>
      )}
      {moves && (
        <span className="faint nowrap total">
          {totals.counting
            ? q.bytes(totals.bytesDone)
            : q.progress(totals.bytesDone, totals.bytesTotal)}
        </span>
      )}
      <PauseAll transfers={transfers} acts={acts} />
      {transfers.size > 0 && (
        <IconButton
          icon="pane-bottom"
          label={t(open ? 'transfers:fold' : 'transfers:unfold')}
          on={open}
          aria-expanded={open}
          onClick={() => setPanes({ panelOpen: !open })}
        />
      )}
    </div>
  )
}

function Counts({ totals }: { readonly totals: Totals }) {
  const t = useText()
  const q = useQuantities()
  const counts = (['running', 'paused', 'waiting', 'noNetwork'] as const)
    .filter((kind) => totals[kind] > 0)
    .map((kind) => t(`transfers:${kind}`, { count: totals[kind], n: q.count(totals[kind]) }))
  if (totals.unfinished === 0)
    return (
      <span className="faint">
        {totals.done > 0
          ? t('transfers:done', { count: totals.done, n: q.count(totals.done) })
          : t('transfers:idle')}
      </span>
    )
  return (
    <>
      {counts.length > 0 && <span className="muted">{counts.join(t('transfers:join'))}</span>}
      {totals.needKey > 0 && (
        <span className="tw-warn flex4">
          <Icon name="nokey" size="s" />
          {t('transfers:needKey', { count: totals.needKey, n: q.count(totals.needKey) })}
        </span>
      )}
      {totals.needOther > 0 && (
        <span className="tw-warn flex4">
          <Icon name="alert" size="s" />
          {t('transfers:needYou', { count: totals.needOther, n: q.count(totals.needOther) })}
        </span>
      )}
    </>
  )
}

function Minute() {
  const t = useText()
  const q = useQuantities()
  const values = speedsUntil(useSpeeds(), useSecond()).slice(-60)
  const label = t('transfers:graph.minute', {
    now: q.speed(values.at(-1) ?? 0),
    highest: q.speed(Math.max(0, ...values)),
  })
  return <Spark values={values} slots={60} width={104} height={20} label={label} />
}

/** Pauses all active transfers. If none is active, it resumes all that are paused. */
function PauseAll({
  transfers,
  acts,
}: {
  readonly transfers: Transfers
  readonly acts: TransferActs
}) {
  const t = useText()
  const { running, waiting, paused } = transfers.totals()
  if (running + waiting > 0)
    return (
      <IconButton
        icon="pause"
        label={t('transfers:pauseAll')}
        onClick={() => acts.intend('pause', allActive(transfers))}
      />
    )
  return paused === 0 ? null : (
    <IconButton
      icon="play"
      label={t('transfers:resumeAll')}
      onClick={() => acts.intend('resume', allPaused(transfers))}
    />
  )
}
