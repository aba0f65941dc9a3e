import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { IndexRow } from '../../../../shared/contract/models-index.ts'
import type { ObjectRow } from '../../../../shared/contract/models.ts'
import type { Place } from '../../../queries/objects.ts'
import { PAGE_ROWS, positionQuery, rowsQuery, type Rows } from '../../../queries/rows/rows.ts'
import { rowIdIn } from '../../../queries/rows/seen-rows.ts'
import { offerLook } from '../../../state/look.ts'

/**
 * Lets quick look go through the files of this list, in its order. Rows that are not loaded are
 * asked of the index. `hasBuckets`: the rows are of several buckets. `visit` goes to a row by its
 * number.
 */
export function useLookList(
  { profileId, bucket }: Place,
  rows: Rows,
  hasBuckets: boolean,
  visit: (index: number) => void,
): void {
  const client = useQueryClient()
  const latest = useRef(visit)
  useEffect(() => {
    latest.current = visit
  })
  useEffect(() => {
    const { view, sums } = rows
    // Folders come first, in every order.
    const folders = sums?.folders ?? 0
    const bucketOf = (row: ObjectRow) => (hasBuckets ? (row as IndexRow).bucket : bucket)
    offerLook({
      count: sums?.files ?? 0,
      placeOf: (row) => ({ profileId, bucket: bucketOf(row) }),
      async fileAt(index) {
        const at = folders + index
        const page = () => client.fetchQuery(rowsQuery(view, Math.floor(at / PAGE_ROWS)))
        return rows.at(at) ?? (await page()).rows[at % PAGE_ROWS] ?? null
      },
      async indexOf(row) {
        const id = rowIdIn(view.scope, { bucket: bucketOf(row), key: row.key })
        const loaded = rows.indexOf(id)
        const at =
          loaded >= 0
            ? loaded
            : await client.fetchQuery(positionQuery(view, bucketOf(row), row.key))
        return at === null ? null : at - folders
      },
      visit: (index) => latest.current(folders + index),
    })
    return () => offerLook(null)
  }, [profileId, bucket, rows, hasBuckets, client])
}
