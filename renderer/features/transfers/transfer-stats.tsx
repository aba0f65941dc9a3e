import type { Totals } from '../../queries/transfers/transfer-facts.ts'
import { useSecond } from '../../text/clock.ts'
import { SPEED_SECONDS, speedsUntil, useSpeeds } from '../../state/speed.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'
import { Spark } from '../../ui/spark.tsx'

/** Speed, remaining bytes and time, and the speed of the last ten minutes. */
export function TransferStats({ totals }: { readonly totals: Totals }) {
  const t = useText()
  const q = useQuantities()
  const values = speedsUntil(useSpeeds(), useSecond())
  const highest = Math.max(0, ...values)
  const split = (text: string) => {
    const [first = '', ...rest] = text.split(' ')
    return (
      <b>
        {first} <small>{rest.join(' ')}</small>
      </b>
    )
  }
  const left = totals.bytesTotal - totals.bytesDone
  const label =
    totals.speed === null
      ? t('transfers:graph.still')
      : t('transfers:graph.ten', { now: q.speed(totals.speed), highest: q.speed(highest) })
  return (
    <div className="stat">
      <div>
        <span className="lbl">{t('transfers:stat.speed')}</span>
        {totals.speed === null ? <b>–</b> : split(q.speed(totals.speed))}
      </div>
      <div>
        <span className="lbl">
          {t(totals.counting ? 'transfers:stat.leftAtLeast' : 'transfers:stat.left')}
        </span>
        {totals.bytesTotal === 0 ? <b>–</b> : split(q.bytes(left))}
      </div>
      <div>
        <span className="lbl">{t('transfers:stat.timeLeft')}</span>
        {totals.secondsLeft === null ? <b>–</b> : split(q.duration(totals.secondsLeft))}
      </div>
      <figure className="grow">
        {highest > 0 && (
          <Spark values={values} slots={SPEED_SECONDS} width={560} height={48} label={label}>
            <line className="z" x1="0" x2="560" y1="5.5" y2="5.5" />
            <text x="560" y="0" textAnchor="end">
              {q.speed(highest)}
            </text>
            <text x="0" y="61">
              {t('transfers:graph.ago')}
            </text>
            <text x="560" y="61" textAnchor="end">
              {t('transfers:graph.now')}
            </text>
          </Spark>
        )}
      </figure>
    </div>
  )
}
