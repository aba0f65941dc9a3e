import type { KeyboardEvent } from 'react'
import { sortBy, useUi, type Column } from '../../../state/ui.ts'
import { useText } from '../../../text/use-text.tsx'
import { Icon } from '../../../ui/icon.tsx'

const COLUMNS = {
  folder: [['name'], ['size'], ['modified'], ['class'], ['state', 'key']],
  search: [['name'], [], ['size'], ['modified'], ['state', 'key']],
} as const satisfies Record<string, readonly (readonly Column[])[]>

/**
 * Column heads: one tab stop. Arrows move between heads; Enter sorts, and Enter again reverses. The
 * last column has two orders: by state and by key.
 */
export function ObjectGridHead({
  id,
  isSearch,
}: {
  readonly id: string
  readonly isSearch: boolean
}) {
  const t = useText()
  const sort = useUi((ui) => ui.sort)
  const walk = (event: KeyboardEvent<HTMLElement>) => {
    const way = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    // Keys on a head must not reach the list.
    if (event.key !== 'Tab' && event.key !== 'F6') event.stopPropagation()
    if (way === 0) return
    event.preventDefault()
    const heads = Array.from(event.currentTarget.querySelectorAll<HTMLElement>('button'))
    heads[heads.indexOf(document.activeElement as HTMLElement) + way]?.focus()
  }
  return (
    <div className="ghead" id={id} role="row" aria-rowindex={1} onKeyDown={walk}>
      {COLUMNS[isSearch ? 'search' : 'folder'].map((columns: readonly Column[], i) => {
        const isOn = columns.includes(sort.by)
        return (
          <span
            key={i}
            role="columnheader"
            className={columns[0] === 'size' ? 'num' : ''}
            {...(columns.length > 0 && {
              'aria-sort': isOn ? (sort.down ? 'descending' : 'ascending') : 'none',
            })}
          >
            {columns.length === 0 && t('objects:col.folder')}
            {columns.map((column) => {
              const on = sort.by === column
              return (
                <button
                  key={column}
                  type="button"
                  className={on ? 'head-sort sorted' : 'head-sort'}
                  tabIndex={on ? 0 : -1}
                  onClick={() => sortBy(column)}
                >
                  {t(`objects:col.${column}`)}
                  {on && <Icon name="chevron" className={sort.down ? '' : 'flip'} />}
                </button>
              )
            })}
          </span>
        )
      })}
    </div>
  )
}
