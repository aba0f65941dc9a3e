import { useState, type KeyboardEvent } from 'react'
import type { Leftover } from '../../../shared/contract/models-transfers.ts'
import { useSecond } from '../../state/clock.ts'
import { showTransfer } from '../../state/transfers-tab.ts'
import { useText, type Text } from '../../text/use-text.tsx'
import { Lines } from '../../ui/lines.tsx'
import { MenuAt, type MenuEntry, type MenuPoint } from '../../ui/controls/menu.tsx'
import { LeftoverRow } from './leftover-row.tsx'

const COLUMNS = ['name', 'begun', 'age', 'parts', 'held', 'size', 'state', 'act'] as const
const ROW_PX = 34
const HEAD_PX = 28

export interface LeftoverListProps {
  readonly leftovers: readonly Leftover[]
  readonly onResume: (leftover: Leftover) => void
  readonly onAbort: (leftover: Leftover) => void
}

/** One tab stop: ↑ ↓ move, Enter continues or shows the transfer, Delete aborts. */
export function LeftoverList({ leftovers, onResume, onAbort }: LeftoverListProps) {
  const t = useText()
  const now = useSecond() * 1000
  const [menu, setMenu] = useState<{ readonly leftover: Leftover; readonly at: MenuPoint } | null>(
    null,
  )
  const goOn = (leftover: Leftover): void => {
    if (leftover.transferId !== null) showTransfer(leftover.transferId)
    else onResume(leftover)
  }
  const onKey = (event: KeyboardEvent, index: number): boolean => {
    const leftover = leftovers[index]
    if (leftover === undefined || event.ctrlKey || event.metaKey || event.altKey) return false
    if (event.key === 'Enter') goOn(leftover)
    else if (event.key === 'Delete' || event.key === 'Backspace') onAbort(leftover)
    else return false
    return true
  }
  return (
    <>
      <Lines
        label={t('leftovers:list')}
        className="grid lo"
        region="leftovers"
        sections={[{ heading: null, count: leftovers.length }]}
        rowPx={ROW_PX}
        headingPx={0}
        headPx={HEAD_PX}
        head={<Head />}
        keyAt={(index) => leftovers[index]?.uploadId}
        indexOf={(id) => leftovers.findIndex(({ uploadId }) => uploadId === id)}
        onKey={onKey}
        onMenu={(index, at) => {
          const leftover = leftovers[index]
          if (leftover !== undefined) setMenu({ leftover, at })
        }}
        row={(index, line) => {
          const leftover = leftovers[index]
          return leftover === undefined ? null : (
            <LeftoverRow
              key={leftover.uploadId}
              leftover={leftover}
              now={now}
              line={line}
              onGoOn={() => goOn(leftover)}
              onAbort={() => onAbort(leftover)}
            />
          )
        }}
      />
      {menu !== null && (
        <MenuAt
          at={menu.at}
          label={t('common:act.more')}
          entries={entriesOf(menu.leftover, goOn, onAbort, t)}
          onClose={() => setMenu(null)}
          returnTo={() => document.querySelector<HTMLElement>('[data-region="leftovers"]')}
        />
      )}
    </>
  )
}

function entriesOf(
  leftover: Leftover,
  goOn: (leftover: Leftover) => void,
  onAbort: (leftover: Leftover) => void,
  t: Text,
): readonly MenuEntry[] {
  const isOurs = leftover.transferId !== null
  return [
    {
      icon: isOurs ? 'right' : 'play',
      label: t(
        isOurs ? 'leftovers:show' : leftover.startedHere ? 'leftovers:resume' : 'leftovers:again',
      ),
      onSelect: () => goOn(leftover),
    },
    'line',
    { icon: 'trash', label: t('leftovers:abort'), bad: true, onSelect: () => onAbort(leftover) },
  ]
}

function Head() {
  const t = useText()
  return (
    <div className="ghead" role="row">
      {COLUMNS.map((column) => (
        <span
          key={column}
          role="columnheader"
          className={column === 'parts' || column === 'held' || column === 'size' ? 'num' : ''}
        >
          {column === 'act' ? (
            <span className="sr">{t('leftovers:col.act')}</span>
          ) : (
            t(`leftovers:col.${column}`)
          )}
        </span>
      ))}
    </div>
  )
}

const WIDTHS = [240, 180, 310, 150, 200, 260]

/** Rows that are on their way. Shown after 200 ms only, and never moving. */
export function LeftoverSkeleton() {
  const t = useText()
  return (
    <div
      className="grid lo"
      role="grid"
      aria-busy="true"
      aria-label={t('leftovers:list')}
      tabIndex={0}
      data-region="leftovers"
    >
      <Head />
      <div className="late" role="rowgroup">
        {WIDTHS.map((width) => (
          <div className="row" role="row" key={width}>
            <div role="gridcell" className="nm">
              <span className="skel" style={{ width }} />
            </div>
            {COLUMNS.slice(1, -1).map((column) => (
              <div role="gridcell" key={column}>
                <span className="skel" style={{ width: 44 }} />
              </div>
            ))}
            <div role="gridcell" />
          </div>
        ))}
      </div>
    </div>
  )
}
