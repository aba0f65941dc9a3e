import { useQuery } from '@tanstack/react-query'
import { memo } from 'react'
import type { IndexRow } from '../../../../shared/contract/models-index.ts'
import type { ListColumn } from '../../../../shared/contract/models-places.ts'
import type { ObjectRow } from '../../../../shared/contract/models.ts'
import { encryptionQuery } from '../../../queries/encryption.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useText } from '../../../text/use-text.tsx'
import { sameRowProps, type RowProps } from '../../../ui/grid/grid-props.ts'
import { Icon } from '../../../ui/icon.tsx'
import { Name } from '../../../ui/name.tsx'
import { StateBadge } from '../../../ui/state-badge.tsx'
import { rowAttributes, nameIn, pathOf, sameFacts, type RowFacts } from './row-facts.ts'
import { iconOf } from './rows.ts'
import { useClassWord } from './class-word.ts'

export interface ObjectRowProps extends RowFacts {
  /** Behind the name, from left to right. */
  readonly columns: readonly ListColumn[]
}

/** One row. It loads its encryption state only while it is in view. */
export const ObjectListRow = memo(
  function ObjectListRow(props: ObjectRowProps) {
    const { row, selected, columns, mark, grid } = props
    const t = useText()
    if (row === undefined) return <PlaceholderRow grid={grid} columns={columns} />
    const folder = row.kind === 'folder'
    return (
      <div {...rowAttributes('row', props, row)}>
        <div role="gridcell" className="nm" draggable>
          <span className={selected ? 'tick on' : 'tick'} data-tick aria-hidden="true">
            {selected && <Icon name="check" size="xs" />}
          </span>
          <Icon name={folder ? 'folder-fill' : iconOf(row.key)} className={folder ? 'fold' : ''} />
          {folder && <span className="sr">{t('objects:folder')} </span>}
          <Name text={nameIn(row)} mark={mark} />
        </div>
        {columns.map((column) => (
          <div role="gridcell" className={CELL_CLASSES[column]} key={column}>
            <Cell {...props} row={row} column={column} />
          </div>
        ))}
      </div>
    )
  },
  (a, b) => sameFacts(a, b) && a.columns === b.columns && sameRowProps(a.grid, b.grid),
)

const CELL_CLASSES: Readonly<Record<ListColumn, string>> = {
  path: 'path',
  size: 'num meta',
  modified: 'meta',
  class: 'meta',
  state: 'stc',
}

/** The content of one cell behind the name. A folder has neither class nor state of its own. */
function Cell({
  profileId,
  row,
  bytes,
  withBucket,
  column,
}: Pick<ObjectRowProps, 'profileId' | 'bytes' | 'withBucket'> & {
  readonly row: IndexRow
  readonly column: ListColumn
}) {
  const q = useQuantities()
  const classWord = useClassWord()
  const folder = row.kind === 'folder'
  switch (column) {
    case 'path':
      return <Name text={pathOf(row, withBucket)} />
    case 'size':
      return folder && bytes === undefined ? null : q.bytes(folder ? (bytes ?? 0) : row.size)
    case 'modified':
      return q.time(row.modified)
    case 'class':
      return folder ? null : classWord(row.storageClass)
    case 'state':
      return folder ? null : <RowState profileId={profileId} bucket={row.bucket} row={row} />
  }
}

/** Keeps the place of a row that is not loaded yet. */
function PlaceholderRow({
  grid,
  columns,
}: {
  readonly grid: RowProps
  readonly columns: readonly ListColumn[]
}) {
  const t = useText()
  return (
    <div {...grid} className={`row ${grid.className}`} aria-busy="true">
      <div role="gridcell" className="nm">
        <span className="skel" />
        <span className="sr">{t('objects:row.loading')}</span>
      </div>
      {columns.map((column) => (
        <div role="gridcell" className={CELL_CLASSES[column]} key={column} />
      ))}
    </div>
  )
}

function RowState({
  profileId,
  bucket,
  row,
}: {
  readonly profileId: string
  readonly bucket: string
  readonly row: ObjectRow
}) {
  const { data, isPending } = useQuery(encryptionQuery({ profileId, bucket }, row))
  return <StateBadge encryption={isPending ? 'checking' : (data ?? 'unknown')} />
}
