import { useState } from 'react'
import type { Leftover } from '../../../shared/contract/models-transfers.ts'
import { useSecond } from '../../text/clock.ts'
import { showTransfer } from '../../state/transfers-tab.ts'
import { useText, type Text } from '../../text/use-text.tsx'
import { Grid } from '../../ui/grid/grid.tsx'
import type { RowCommand } from '../../ui/grid/grid-keys.ts'
import { useActiveRow } from '../../ui/grid/use-active-row.ts'
import { MenuAt, type MenuEntry, type MenuPoint } from '../../ui/controls/menu.tsx'
import { LeftoverRow } from './leftover-row.tsx'

const COLUMNS = ['name', 'begun', 'age', 'parts', 'held', 'size', 'state', 'act'] as const
const ROW_PX = 34
const HEAD_ID = 'leftovers-head'

export interface LeftoverListProps {
  readonly leftovers: readonly Leftover[]
  readonly onResume: (leftover: Leftover) => void
  readonly onAbort: (leftover: Leftover) => void
}

/**
 * The list of unfinished uploads. Enter continues an upload or shows its transfer, Delete aborts
 * it.
 */
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
  const active = useActiveRow(
    leftovers.length,
    (index) => leftovers[index]?.uploadId,
    (id) => leftovers.findIndex(({ uploadId }) => uploadId === id),
  )
  const onCommand = (command: RowCommand, index: number): boolean => {
    const leftover = leftovers[index]
    if (leftover === undefined) return false
    active.set(index)
    if (command === 'open') goOn(leftover)
    else if (command === 'delete') onAbort(leftover)
    else return false
    return true
  }
  return (
    <>
      <Grid
        label={t('leftovers:list')}
        className="grid lo"
        region="leftovers"
        sections={[{ heading: null, count: leftovers.length }]}
        rowPx={ROW_PX}
        active={active.index}
        head={<Head />}
        headId={HEAD_ID}
        nameAt={(index) => leftovers[index]?.key ?? ''}
        onMove={(index) => active.set(index)}
        onPoint={(index) => {
          if (index !== null) active.set(index)
        }}
        onCommand={onCommand}
        onMenu={(index, at) => {
          const leftover = index === null ? undefined : leftovers[index]
          if (index === null || leftover === undefined) return
          active.set(index)
          setMenu({ leftover, at })
        }}
        row={(index, props) => {
          const leftover = leftovers[index]
          return leftover === undefined ? null : (
            <LeftoverRow
              key={leftover.uploadId}
              leftover={leftover}
              now={now}
              grid={props}
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
    <div className="ghead" id={HEAD_ID} role="row" aria-rowindex={1}>
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

/** Placeholder rows. They show after 200 ms and never move. */
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
