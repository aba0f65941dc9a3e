import { useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { ObjectRow } from '../../../../shared/contract/models.ts'
import type { Place } from '../../../queries/objects.ts'
import {
  dispatchSelection,
  isSelected,
  orderOf,
  useExpected,
  useSelection,
  type SelectionAction,
} from '../../../state/selection.ts'
import { goToParent, lastOf, setFilter, showDetails, useDetails, useUi } from '../../../state/ui.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useText } from '../../../text/use-text.tsx'
import { Grid, type GridHandle, type Move, type Pointing } from '../../../ui/grid/grid.tsx'
import type { RowCommand } from '../../../ui/grid/grid-keys.ts'
import { MenuAt, type MenuPoint } from '../../../ui/controls/menu.tsx'
import { say } from '../../../ui/announce.ts'
import type { ObjectActions } from '../actions.ts'
import { ObjectGridHead } from './object-head.tsx'
import { ObjectListRow } from './object-row.tsx'
import { useLookList } from './look-list.ts'
import { folderText, sumOf } from './rows.ts'

const ROW_PX = 30
/** Icon, gap and padding beside a name in its cell. */
const BESIDE_NAME_PX = 38

export interface ObjectListProps {
  readonly place: Place
  readonly rows: readonly ObjectRow[]
  readonly actions: ObjectActions
  readonly busy: boolean
  readonly sortNote: string
  /** Folder that files are dragged over, or null. */
  readonly dragOver: string | null
}

/** Shows the objects of one folder, with their selection and menu. */
export function ObjectList({ place, rows, actions, busy, sortNote, dragOver }: ObjectListProps) {
  const t = useText()
  const q = useQuantities()
  const selection = useSelection()
  const details = useDetails()
  const filter = useUi((ui) => ui.filter)
  const grid = useRef<GridHandle>(null)
  const [menu, setMenu] = useState<MenuPoint | null>(null)
  const order = useMemo(() => orderOf(rows.map((row) => row.key)), [rows])
  const count = selection.all ? Math.max(0, rows.length - selection.keys.size) : selection.keys.size
  const active = selection.active === null ? -1 : (order.at.get(selection.active) ?? -1)

  // A newly opened folder begins at its top, or at the active row.
  useLayoutEffect(
    () =>
      grid.current?.reveal(
        Math.max(
          0,
          useSelection.getState().active === null
            ? 0
            : (order.at.get(useSelection.getState().active ?? '') ?? 0),
        ),
      ),
    [place],
  )

  // Brings rows into view that have just arrived.
  const arrived = useExpected((expected) => expected.arrived)
  useLayoutEffect(() => {
    if (arrived > 0 && active >= 0) grid.current?.reveal(active)
  }, [arrived])

  useLookList(place, rows, (row) => {
    dispatchSelection({ type: 'point', key: row.key, extend: false, toggle: false }, order)
    grid.current?.reveal(order.at.get(row.key) ?? 0)
  })

  const change = (action: SelectionAction) => {
    dispatchSelection(action, order)
    const now = useSelection.getState()
    const shown = rows.filter((row) => isSelected(now, row.key))
    if (now.all && busy) say(t('objects:say.all'))
    else if (shown.length !== 1)
      say(
        shown.length === 0
          ? t('objects:say.none')
          : t('objects:say.selected', {
              count: shown.length,
              n: q.count(shown.length),
              bytes: q.bytes(sumOf(shown).bytes),
            }),
      )
  }
  const onMove = (index: number, { extend, only }: Move) => {
    const row = rows[index]
    if (row === undefined) return
    if (only) dispatchSelection({ type: 'visit', key: row.key }, order)
    else change({ type: 'point', key: row.key, extend, toggle: false })
  }
  const onCommand = (command: RowCommand, index: number): boolean => {
    obey(command, rows[index])
    return true
  }
  const obey = (command: RowCommand, row: ObjectRow | undefined): void => {
    switch (command) {
      case 'look':
        return row === undefined ? undefined : actions.look(row)
      case 'toggle':
        return row === undefined ? undefined : change({ type: 'toggle' })
      // With several rows selected, the command is for all of them.
      case 'open':
        return count > 1
          ? actions.download(false)
          : row === undefined
            ? undefined
            : actions.open(row)
      case 'all':
        return change({ type: 'all', whole: filter.trim() === '' })
      case 'escape':
        return count > 0 ? change({ type: 'clear' }) : filter !== '' ? setFilter('') : undefined
      case 'parent':
        return goToParent()
      case 'delete':
        return actions.remove()
      case 'details':
        return details ? showDetails(false) : actions.showDetails()
      case 'copy':
        return count > 0 ? actions.copyNames() : undefined
    }
  }
  const onPoint = (index: number | null, pointing: Pointing) => {
    const row = index === null ? undefined : rows[index]
    if (row === undefined) change({ type: 'clear' })
    else change({ type: 'point', key: row.key, ...pointing })
  }
  const onMenu = (index: number, at: MenuPoint) => {
    const row = rows[index]
    if (row === undefined) return
    change({ type: 'aim', key: row.key })
    setMenu(at)
  }

  return (
    <>
      <div className="list-wrap">
        <Grid
          label={t('objects:listOf', { place: folderText(place.bucket, place.prefix) })}
          className="grid"
          region="list"
          sections={[{ heading: null, count: rows.length }]}
          rowPx={ROW_PX}
          active={active}
          head={<ObjectGridHead id="list-head" note={sortNote} />}
          headId="list-head"
          besideNamePx={BESIDE_NAME_PX}
          multiselectable
          busy={busy}
          hasParent
          hasLook
          handle={grid}
          nameAt={(i) => lastOf(rows[i]?.key ?? '')}
          onMove={onMove}
          onCommand={onCommand}
          onMenu={onMenu}
          onPoint={onPoint}
          onDoubleClick={(i) => {
            const row = rows[i]
            if (row !== undefined) actions.open(row)
          }}
          row={(i, props) => {
            const row = rows[i]
            return row === undefined ? null : (
              <ObjectListRow
                key={row.key}
                place={place}
                row={row}
                selected={isSelected(selection, row.key)}
                target={dragOver === row.key}
                grid={props}
              />
            )
          }}
        />
      </div>
      {/* Outside of the list: React would hand a press in the menu to it, and the selection would
          be lost. */}
      {menu !== null && (
        <MenuAt
          at={menu}
          entries={actions.menu()}
          onClose={() => setMenu(null)}
          returnTo={() => grid.current?.element() ?? null}
          label={
            count === 1
              ? t('objects:act.actionsForOne', { name: lastOf(selection.active ?? '') })
              : t('objects:act.actionsForMany', { n: q.count(count) })
          }
        />
      )}
    </>
  )
}
