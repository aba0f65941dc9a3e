import type { IndexFilter, IndexScope, IndexSort } from '../../../shared/contract/models-index.ts'

/** The rows that a list shows: where they are, their order, and the conditions for them. */
export interface RowsView {
  readonly scope: IndexScope
  readonly sort: IndexSort
  readonly filter: IndexFilter
}

/** True if the filter has a condition. */
export const isFilter = (filter: IndexFilter): boolean =>
  Object.values(filter).some((value) => value !== undefined)
