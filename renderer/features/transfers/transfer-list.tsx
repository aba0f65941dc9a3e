import { useCallback, useEffect, useRef, useState, type CSSProperties, type ReactNode } from 'react'
import type { Transfer } from '../../../shared/contract/models-transfers.ts'
import type { Transfers } from '../../queries/transfers/transfer-book.ts'
import { useText } from '../../text/use-text.tsx'
import { Grid } from '../../ui/grid/grid.tsx'
import type { GridHandle } from '../../ui/grid/grid-props.ts'
import type { RowCommand } from '../../ui/grid/grid-keys.ts'
import { useActiveRow } from '../../ui/grid/use-active-row.ts'
import { MenuAt, type MenuPoint } from '../../ui/controls/menu.tsx'
import type { TransferActs } from './transfer-acts.ts'
import { menuOf } from './transfer-menu.ts'
import type { TransferRowProps } from './transfer-row-props.ts'
import { rowsOf, type TransferSection } from './transfer-sections.ts'

export interface TransferListProps {
  readonly label: string
  readonly className: string
  readonly transfers: Transfers
  readonly sections: readonly TransferSection[]
  readonly rowPx: number
  /** 0 for no headings. */
  readonly headingPx: number
  readonly acts: TransferActs
  readonly heading: (section: TransferSection, style: CSSProperties) => ReactNode
  readonly row: (transfer: Transfer, props: TransferRowProps) => ReactNode
  /** Id of a transfer to show. */
  readonly wanted?: string | null
}

/**
 * Shows any number of transfers in one grid. Space pauses or resumes, Enter carries out the offer
 * of the row, Delete cancels or removes, and the keys for copying copy the error. The menu has
 * every action.
 */
export function TransferList({
  label,
  className,
  transfers,
  sections,
  rowPx,
  headingPx,
  acts,
  heading,
  row,
  wanted = null,
}: TransferListProps) {
  const t = useText()
  const [menu, setMenu] = useState<{ readonly id: string; readonly at: MenuPoint } | null>(null)
  const onMenu = useCallback((id: string, at: MenuPoint) => setMenu({ id, at }), [])
  const grid = useRef<GridHandle>(null)
  const rows = rowsOf(sections, transfers)
  const count = sections.reduce((sum, section) => sum + section.count, 0)
  const active = useActiveRow(count, (index) => rows.at(index)?.id, rows.indexOf)
  useEffect(() => {
    if (wanted === null) return
    const index = rows.indexOf(wanted)
    if (index < 0) return
    active.set(index)
    grid.current?.reveal(index)
    grid.current?.focus()
    // Only another `wanted` shows a row. The user may scroll away from it.
  }, [wanted])
  const onCommand = (command: RowCommand, index: number): boolean => {
    const transfer = rows.at(index)
    if (transfer === undefined) return false
    // The transfer stays the active row when the command moves it to another section.
    active.set(index)
    switch (command) {
      case 'toggle':
        acts.toggle(transfer)
        return true
      case 'open':
        acts.offered(transfer)
        return true
      case 'delete':
        acts.end(transfer)
        return true
      case 'copy':
        acts.copyError(transfer)
        return true
      default:
        return false
    }
  }
  const opened = menu === null ? undefined : transfers.get(menu.id)
  const entries = opened === undefined ? [] : menuOf(opened, acts, t)
  return (
    <>
      <Grid
        label={label}
        className={className}
        region="transfers"
        sections={sections.map(({ group, count }) => ({
          heading: headingPx === 0 ? null : group,
          count,
        }))}
        rowPx={rowPx}
        headingPx={headingPx}
        active={active.index}
        handle={grid}
        nameAt={(index) => rows.at(index)?.name ?? ''}
        onMove={(index) => active.set(index)}
        onPoint={(index) => {
          if (index !== null) active.set(index)
        }}
        onCommand={onCommand}
        onMenu={(index, at) => {
          const transfer = index === null ? undefined : rows.at(index)
          if (index === null || transfer === undefined) return
          active.set(index)
          onMenu(transfer.id, at)
        }}
        heading={({ heading: group }, style) => {
          const section = sections.find((one) => one.group === group)
          return section === undefined ? null : heading(section, style)
        }}
        row={(index, props) => {
          const transfer = rows.at(index)
          return transfer === undefined ? null : row(transfer, { grid: props, onMenu })
        }}
      />
      {menu !== null && entries.length > 0 && (
        <MenuAt
          at={menu.at}
          entries={entries}
          label={t('common:act.more')}
          onClose={() => setMenu(null)}
          returnTo={() =>
            document.querySelector<HTMLElement>('[role="grid"][data-region="transfers"]')
          }
        />
      )}
    </>
  )
}
