import {
  useCallback,
  useState,
  type CSSProperties,
  type KeyboardEvent,
  type ReactNode,
} from 'react'
import type { Transfer } from '../../../shared/contract/models-transfers.ts'
import { isChord } from '../../shell/platform.ts'
import type { Transfers } from '../../queries/transfer-book.ts'
import { useText } from '../../text/use-text.tsx'
import { Lines } from '../../ui/lines.tsx'
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
  /** 0: no headings. */
  readonly headingPx: number
  readonly acts: TransferActs
  readonly heading: (
    section: TransferSection,
    props: { readonly style: CSSProperties },
  ) => ReactNode
  readonly row: (transfer: Transfer, props: TransferRowProps) => ReactNode
  /** Id of a transfer to go to. */
  readonly wanted?: string | null
}

/**
 * Any number of transfers as one tab stop: ↑ ↓ move, Space pauses or resumes, Enter does what the
 * row offers, Delete ends it, the keys for copying copy its error, and the menu key has everything.
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
  const rows = rowsOf(sections, transfers)
  const onKey = (event: KeyboardEvent, index: number): boolean => {
    const transfer = rows.at(index)
    if (isChord(event.nativeEvent, 'mod+c') && transfer !== undefined) acts.copyError(transfer)
    if (transfer === undefined || event.altKey || event.ctrlKey || event.metaKey) return false
    switch (event.key) {
      case ' ':
        acts.toggle(transfer)
        break
      case 'Enter':
        acts.offered(transfer)
        break
      case 'Delete':
      case 'Backspace':
        acts.end(transfer)
        break
      default:
        return false
    }
    return true
  }
  const opened = menu === null ? undefined : transfers.get(menu.id)
  const entries = opened === undefined ? [] : menuOf(opened, acts, t)
  return (
    <>
      <Lines
        label={label}
        className={className}
        region="transfers"
        rowPx={rowPx}
        headingPx={headingPx}
        wanted={wanted}
        sections={sections.map(({ group, count }) => ({
          heading: headingPx === 0 ? null : group,
          count,
        }))}
        keyAt={(index) => rows.at(index)?.id}
        indexOf={rows.indexOf}
        onKey={onKey}
        onMenu={(index, at) => {
          const transfer = rows.at(index)
          if (transfer !== undefined) onMenu(transfer.id, at)
        }}
        heading={({ heading: group }, props) => {
          const section = sections.find((one) => one.group === group)
          return section === undefined ? null : heading(section, props)
        }}
        row={(index, line) => {
          const transfer = rows.at(index)
          return transfer === undefined ? null : row(transfer, { line, onMenu })
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
