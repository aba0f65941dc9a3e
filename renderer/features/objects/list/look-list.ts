import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { PAGE_ROWS, positionQuery, rowsQuery } from '../../../queries/rows.ts'
import { rowIdIn } from '../../../queries/seen-rows.ts'
import { offerLook } from '../../../state/look.ts'
import type { ObjectRows } from './use-object-rows.ts'

/**
 * Lets quick look go through the files of this list, in its order. The folders come first, so the
 * numbers of the files start behind them. `visit` hears of the number of the row.
 */
export function useLookList(list: ObjectRows, visit: (index: number) => void): void {
  const client = useQueryClient()
  const latest = useRef({ list, visit })
  useEffect(() => {
    latest.current = { list, visit }
  })
  const { view, sums } = list.rows
  const [folders, files] = [sums?.folders ?? 0, sums?.files ?? 0]
  useEffect(() => {
    offerLook({
      count: files,
      placeOf: (row) => latest.current.list.placeOf(row),
      async fileAt(file) {
        const index = folders + file
        const loaded = latest.current.list.rows.at(index)
        if (loaded !== undefined) return loaded
        const page = await client.fetchQuery(rowsQuery(view, Math.floor(index / PAGE_ROWS)))
        return page.rows[index % PAGE_ROWS] ?? null
      },
      async indexOf(row) {
        const { bucket } = latest.current.list.placeOf(row)
        const loaded = latest.current.list.rows.indexOf(
          rowIdIn(view.scope, { bucket, key: row.key }),
        )
        const index =
          loaded >= 0 ? loaded : await client.fetchQuery(positionQuery(view, bucket, row.key))
        return index === null || index < folders ? null : index - folders
      },
      visit: (file) => latest.current.visit(folders + file),
    })
    return () => offerLook(null)
  }, [client, view, folders, files])
}
