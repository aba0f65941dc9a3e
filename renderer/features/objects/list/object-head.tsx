import type { KeyboardEvent } from 'react'
import { sortBy, useUi, type Column } from '../../../state/ui.ts'
import { useText } from '../../../text/use-text.tsx'
import { Icon } from '../../../ui/icon.tsx'

const COLUMNS: readonly Column[] = ['name', 'size', 'modified', 'class']

/** Column heads: one tab stop. Arrows move between heads; Enter sorts, and Enter again reverses. */
export function ObjectGridHead({ id, note }: { readonly id: string; readonly note: string }) {
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
      {COLUMNS.map((column) => {
        const on = sort.by === column
        return (
          <span
            key={column}
            role="columnheader"
            className={column === 'size' ? 'num' : ''}
            aria-sort={on ? (sort.down ? 'descending' : 'ascending') : 'none'}
          >
            <button
              type="button"
              className={on ? 'head-sort sorted' : 'head-sort'}
              tabIndex={on ? 0 : -1}
              onClick={() => sortBy(column)}
            >
              {t(`objects:col.${column}`)}
              {on && <Icon name="chevron" className={sort.down ? '' : 'flip'} />}
            </button>
            {on && note !== '' && <span className="faint cut">{note}</span>}
          </span>
        )
      })}
      <span role="columnheader">{t('objects:col.encryption')}</span>
    </div>
  )
}
