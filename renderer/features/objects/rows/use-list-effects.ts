import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useLayoutEffect, useRef } from 'react'
import type { Place } from '../../../queries/objects.ts'
import { levelView, positionQuery, type Rows } from '../../../queries/rows/rows.ts'
import { selectArrived, useExpected } from '../../../state/selection.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useText } from '../../../text/use-text.tsx'
import { say } from '../../../ui/announce.ts'
import { itemsText } from '../list/items-text.ts'
import { folderText } from '../list/rows.ts'
import type { ObjectRows } from './use-object-rows.ts'

/** The most expected rows that the index is asked about one by one. */
const MOST_ASKED = 20

/** New objects of the user are selected once they are listed. */
export function useArrivals(place: Place, rows: Rows): void {
  const client = useQueryClient()
  const expected = useExpected((state) => state.keys)
  useLayoutEffect(() => {
    const isHere = rows.view.scope.prefix === place.prefix && rows.view.scope.bucket !== null
    if (expected.length === 0 || !isHere) return undefined
    const found = expected.filter((key) => rows.indexOf(key) >= 0)
    if (found.length > 0 || rows.loaded.length === rows.count) {
      selectArrived(place, found)
      return undefined
    }
    let left = false
    const asked = expected.slice(0, MOST_ASKED)
    const view = levelView(place)
    Promise.all(asked.map((key) => client.fetchQuery(positionQuery(view, place.bucket, key)))).then(
      (numbers) => {
        if (!left)
          selectArrived(
            place,
            asked.filter((_key, i) => numbers[i] !== null),
          )
      },
      () => undefined,
    )
    return () => {
      left = true
    }
  }, [client, place, rows, expected])
}

/** Announces what a folder has, once it is listed to its end. */
export function useListedSaid(place: Place, { rows, status, isSearch, isFiltered }: ObjectRows) {
  const t = useText()
  const q = useQuantities()
  const isListed = status?.complete === true && rows.sums !== undefined && !isSearch
  const said = useRef<Place | null>(null)
  useEffect(() => {
    if (!isListed || isFiltered || said.current === place || rows.sums === undefined) return
    said.current = place
    const where = folderText(place.bucket, place.prefix)
    say(t('objects:say.listed', { items: itemsText(t, q, rows.sums), place: where }))
  }, [place, isListed])
}

/** The focus stays in the pane when another state replaces the list. */
export function useKeptFocus(pane: { readonly current: HTMLElement | null }, state: string): void {
  // After a start nothing has the focus. The list gets it.
  const had = useRef(true)
  useLayoutEffect(() => {
    if (had.current && document.activeElement === document.body)
      pane.current?.querySelector<HTMLElement>('[data-region="list"]')?.focus()
  }, [state, pane])
  useEffect(() => {
    const follow = () => {
      had.current =
        document.activeElement === document.body
          ? had.current
          : document.activeElement?.closest('[data-region="list"]') != null
    }
    document.addEventListener('focusin', follow)
    return () => document.removeEventListener('focusin', follow)
  }, [])
}
