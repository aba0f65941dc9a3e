import { useEffect, useMemo, useRef } from 'react'
import type { ObjectRow } from '../../../../shared/contract/models.ts'
import type { Place } from '../../../queries/objects.ts'
import { offerLook } from '../../../state/look.ts'

/** Lets quick look go through the files of this list, in its order. */
export function useLookList(
  place: Place,
  rows: readonly ObjectRow[],
  visit: (row: ObjectRow) => void,
): void {
  const files = useMemo(() => rows.filter(({ kind }) => kind === 'file'), [rows])
  const latest = useRef(visit)
  useEffect(() => {
    latest.current = visit
  })
  useEffect(() => {
    offerLook({
      place,
      count: files.length,
      fileAt: (index) => files[index] ?? null,
      indexOf(key) {
        const index = files.findIndex((row) => row.key === key)
        return index < 0 ? null : index
      },
      visit: (row) => latest.current(row),
    })
    return () => offerLook(null)
  }, [place, files])
}
