import { useVirtualizer } from '@tanstack/react-virtual'
import { useRef, useState, type CSSProperties, type KeyboardEvent, type ReactNode } from 'react'
import type { Transfer } from '../../../shared/contract/models-transfers.ts'
import type { TransferActs } from './transfer-acts.ts'

/** A heading or a transfer. */
export type ListItem = { readonly heading: string; readonly count: number } | { readonly transfer: Transfer }

export interface TransferListProps {
  readonly label: string
  readonly className: string
  readonly items: readonly ListItem[]
  readonly rowPx: number
  readonly headingPx: number
  readonly acts: TransferActs
  readonly heading: (item: { readonly heading: string; readonly count: number }, props: { readonly style: CSSProperties }) => ReactNode
  readonly row: (transfer: Transfer, props: TransferRowProps) => ReactNode
}

export interface TransferRowProps {
  readonly id: string
  readonly role: 'row'
  readonly 'aria-rowindex': number
  readonly className: string
  readonly style: CSSProperties
}

/** Any number of transfers as one tab stop: ↑ ↓ move, Space pauses or resumes, Enter does what the row offers, Delete ends it, and the keys for copying copy its error. */
export function TransferList({ label, className, items, rowPx, headingPx, acts, heading, row }: TransferListProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const [wanted, visit] = useState<string | null>(null)
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (i) => (isHeading(items[i]) ? headingPx : rowPx),
    getItemKey: (i) => keyOf(items[i]),
    overscan: 6,
  })
  const rows = items.flatMap((item, i) => (isHeading(item) ? [] : [i]))
  const found = wanted === null ? -1 : items.findIndex((item) => !isHeading(item) && item.transfer.id === wanted)
  const active = found >= 0 ? found : (rows[0] ?? -1)
  const shown = virtual.getVirtualItems()
  const move = (to: number | undefined) => {
    const item = to === undefined ? undefined : items[to]
    if (item === undefined || isHeading(item)) return
    visit(item.transfer.id)
    virtual.scrollToIndex(to ?? 0, { align: 'auto' })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const item = items[active]
    if (item === undefined || isHeading(item) || event.target !== event.currentTarget || event.altKey) return
    if (event.ctrlKey || event.metaKey) {
      if (event.key === 'c') acts.copyError(item.transfer)
      return
    }
    const at = rows.indexOf(active)
    switch (event.key) {
      case 'ArrowDown': move(rows[at + 1]); break
      case 'ArrowUp': move(rows[at - 1]); break
      case 'Home': move(rows[0]); break
      case 'End': move(rows.at(-1)); break
      case ' ': acts.toggle(item.transfer); break
      case 'Enter': acts.offered(item.transfer); break
      case 'Delete': case 'Backspace': acts.end(item.transfer); break
      default: return
    }
    event.preventDefault()
  }
  const activeShown = shown.some((item) => item.index === active)
  return (
    <div
      className={className} role="grid" aria-label={label} aria-rowcount={rows.length} tabIndex={0} ref={scroller} onKeyDown={onKeyDown} data-region="transfers"
      {...(activeShown && { 'aria-activedescendant': `transfer-${active}` })}
    >
      <div className="rows" role="rowgroup" style={{ height: virtual.getTotalSize() }}>
        {shown.map(({ index, start }) => {
          const item = items[index]
          if (item === undefined) return null
          const style = { transform: `translateY(${start}px)` }
          if (isHeading(item)) return heading(item, { style })
          return row(item.transfer, { id: `transfer-${index}`, role: 'row', 'aria-rowindex': rows.indexOf(index) + 1, className: index === active ? 'focus' : '', style })
        })}
      </div>
    </div>
  )
}

const isHeading = (item: ListItem | undefined): item is Extract<ListItem, { heading: string }> => item !== undefined && 'heading' in item
const keyOf = (item: ListItem | undefined): string => (item === undefined ? '' : isHeading(item) ? `# ${item.heading}` : item.transfer.id)
