import { useEffect, useRef } from 'react'
import { ofRowId } from '../../../queries/rows/seen-rows.ts'
import { useSelection } from '../../../state/selection.ts'
import { lastOf } from '../../../state/ui.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useText } from '../../../text/use-text.tsx'
import { say } from '../../../ui/announce.ts'
import { sumOf } from '../list/rows.ts'
import type { ObjectRows } from './use-object-rows.ts'

/** Announces the selection after a change by the user: none, several, or everything. */
export function useSelectionSaid({ chosen, view, isBusy }: ObjectRows) {
  const t = useText()
  const q = useQuantities()
  const isChanged = useRef(false)
  const active = useSelection((state) => state.active)
  const { count, rows, isMore } = chosen
  useEffect(() => {
    if (!isChanged.current) return
    isChanged.current = false
    const n = q.count(count)
    if (isMore === 'folder' && isBusy) say(t('objects:say.all'))
    else if (count === 0) say(t('objects:say.none'))
    else if (count > 1 || isMore !== null)
      say(
        rows.length < count
          ? t('objects:say.selectedMany', { count, n })
          : t('objects:say.selected', { count, n, bytes: q.bytes(sumOf(rows).bytes) }),
      )
  }, [chosen])
  const menuLabel =
    count === 1
      ? t('objects:act.actionsForOne', { name: lastOf(ofRowId(view.scope, active ?? '').key) })
      : t('objects:act.actionsForMany', { n: q.count(count) })
  return { onChange: () => void (isChanged.current = true), menuLabel }
}
