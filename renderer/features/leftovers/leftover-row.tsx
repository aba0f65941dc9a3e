import type { Leftover } from '../../../shared/contract/models-transfers.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'
import { Button, IconButton } from '../../ui/controls/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import type { RowProps } from '../../ui/grid/grid-props.ts'
import { Name } from '../../ui/name.tsx'
import { ageOf } from './leftover-facts.ts'

/** Seconds. */
const DAY = 86_400

export interface LeftoverRowProps {
  readonly leftover: Leftover
  /** Milliseconds since 1970. */
  readonly now: number
  readonly grid: RowProps
  readonly onGoOn: () => void
  readonly onAbort: () => void
}

/** One upload: its future name, its age, and what OSS stores of it. */
export function LeftoverRow({ leftover, now, grid, onGoOn, onAbort }: LeftoverRowProps) {
  const t = useText()
  const q = useQuantities()
  const off = { tabIndex: -1 }
  const { key, begun, parts, bytes, dataSize, encrypted, transferId, startedHere } = leftover
  const age = ageOf(leftover, now)
  const days = Math.floor(age / DAY)
  const some = (n: number | null, words: (n: number) => string) =>
    n === null ? <span className="faint">{t('leftovers:unknown')}</span> : words(n)
  return (
    <div {...grid} className={`row ${grid.className}`}>
      <div role="gridcell" className="nm">
        <Icon name="file" />
        <Name text={key} />
      </div>
      <div role="gridcell" className="meta" title={q.exactTime(begun)}>
        {q.time(begun)}
      </div>
      <div role="gridcell" className="meta">
        {days > 0 ? t('leftovers:days', { count: days, n: q.count(days) }) : q.duration(age)}
      </div>
      <div role="gridcell" className="num">
        {some(parts, q.count)}
      </div>
      <div role="gridcell" className="num">
        {some(bytes, q.bytes)}
      </div>
      <div role="gridcell" className="num">
        {some(dataSize, q.bytes)}
      </div>
      <div role="gridcell" className="stc">
        {encrypted === null ? (
          <span className="faint">{t('leftovers:unknown')}</span>
        ) : (
          <span className={`st ${encrypted ? 'encrypted' : 'plain'}`}>
            <Icon name={encrypted ? 'encrypted' : 'plain'} size="s" />
            <span className="w">
              {t(encrypted ? 'common:state.encrypted' : 'common:state.plain')}
            </span>
          </span>
        )}
      </div>
      <div role="gridcell" className="acts">
        {transferId !== null ? (
          <Button {...off} size="sm" kind="quiet" onClick={onGoOn}>
            {t('leftovers:show')}
          </Button>
        ) : (
          <Button {...off} size="sm" onClick={onGoOn}>
            {t(startedHere ? 'leftovers:resume' : 'leftovers:again')}
          </Button>
        )}
        <IconButton {...off} small icon="trash" label={t('leftovers:abort')} onClick={onAbort} />
      </div>
    </div>
  )
}
