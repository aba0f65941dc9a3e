import { useQuery } from '@tanstack/react-query'
import { memo } from 'react'
import type { ObjectRow } from '../../../../shared/contract/models.ts'
import { encryptionQuery } from '../../../queries/encryption.ts'
import type { Place } from '../../../queries/objects.ts'
import { lastOf } from '../../../state/ui.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useText } from '../../../text/use-text.tsx'
import { sameRowProps, type RowProps } from '../../../ui/grid/grid.tsx'
import { Icon } from '../../../ui/icon.tsx'
import { Name } from '../../../ui/name.tsx'
import { StateBadge } from '../../../ui/state-badge.tsx'
import { iconOf } from './rows.ts'
import { useClassWord } from './class-word.ts'

export interface ObjectRowProps {
  readonly place: Place
  readonly row: ObjectRow
  readonly selected: boolean
  /** Files are dragged over this folder. */
  readonly target: boolean
  readonly grid: RowProps
}

/** One row. It asks for its own encryption state, and only while it is in view. */
export const ObjectListRow = memo(
  function ObjectListRow({ place, row, selected, target, grid }: ObjectRowProps) {
    const t = useText()
    const q = useQuantities()
    const classWord = useClassWord()
    const folder = row.kind === 'folder'
    const classes = ['row', grid.className, target && 'over'].filter(Boolean).join(' ')
    return (
      <div
        {...grid}
        className={classes}
        aria-selected={selected}
        {...(folder && { 'data-folder': row.key })}
      >
        <div role="gridcell" className="nm">
          <Icon name={folder ? 'folder-fill' : iconOf(row.key)} className={folder ? 'fold' : ''} />
          {folder && <span className="sr">{t('objects:folder')} </span>}
          <Name text={folder || !row.key.endsWith('/') ? lastOf(row.key) : `${lastOf(row.key)}/`} />
        </div>
        <div role="gridcell" className="num meta">
          {folder ? '' : q.bytes(row.size)}
        </div>
        <div role="gridcell" className="meta">
          {q.time(row.modified)}
        </div>
        <div role="gridcell" className="meta">
          {folder ? '' : classWord(row.storageClass)}
        </div>
        <div role="gridcell" className="stc">
          {!folder && <RowState place={place} row={row} />}
        </div>
      </div>
    )
  },
  (a, b) =>
    a.row === b.row &&
    a.selected === b.selected &&
    a.target === b.target &&
    a.place === b.place &&
    sameRowProps(a.grid, b.grid),
)

function RowState({ place, row }: { readonly place: Place; readonly row: ObjectRow }) {
  const { data, isPending } = useQuery(encryptionQuery(place, row))
  return <StateBadge encryption={isPending ? 'checking' : (data ?? 'unknown')} />
}
