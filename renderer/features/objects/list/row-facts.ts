import type { IndexRow } from '../../../../shared/contract/models-index.ts'
import { lastOf, parentOf } from '../../../state/ui.ts'
import type { RowProps } from '../../../ui/grid/grid-props.ts'

/** The facts that a row and a tile show. */
export interface RowFacts {
  readonly profileId: string
  /** Undefined: the row is not loaded yet, and its place stays free. */
  readonly row: IndexRow | undefined
  readonly selected: boolean
  /** Files or rows are dragged over this folder. */
  readonly target: boolean
  /** The row was cut, and a paste moves it. */
  readonly isCut: boolean
  /** Bytes in this folder as far as they are known; undefined: they were not asked for. */
  readonly bytes: number | undefined
  /** The text that a search looks for; '' without one. */
  readonly mark: string
  /** Several buckets are shown, and the folder begins with the bucket. */
  readonly withBucket: boolean
  readonly grid: RowProps
}

/** True if two rows show the same. For `memo`. The props of the grid are compared elsewhere. */
export const sameFacts = (a: RowFacts, b: RowFacts): boolean =>
  a.row === b.row &&
  a.selected === b.selected &&
  a.target === b.target &&
  a.isCut === b.isCut &&
  a.bytes === b.bytes &&
  a.mark === b.mark &&
  a.withBucket === b.withBucket &&
  a.profileId === b.profileId

/** Returns the attributes of the element of a loaded row. `kind`: also the name of its class. */
export const rowAttributes = (
  kind: 'row' | 'tile',
  { grid, selected, target, isCut }: RowFacts,
  row: IndexRow,
) => ({
  ...grid,
  className: [kind, grid.className, target && 'over', isCut && 'cut-out'].filter(Boolean).join(' '),
  'aria-selected': selected,
  ...(row.kind === 'folder' && { 'data-folder': row.key }),
})

/** The shown name of a row. The object that has the name of its folder ends in a slash. */
export const nameIn = ({ kind, key }: IndexRow): string =>
  kind === 'folder' || !key.endsWith('/') ? lastOf(key) : `${lastOf(key)}/`

/** The folder of a row without its last slash, after the bucket where several are shown. */
export const pathOf = ({ bucket, key }: IndexRow, withBucket: boolean): string => {
  const folder = parentOf(key).replace(/\/$/, '')
  return withBucket || folder === '' ? [bucket, folder].filter(Boolean).join('/') : folder
}
