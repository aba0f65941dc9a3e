import {
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type MouseEvent,
} from 'react'
import type { ObjectRow } from '../../../../shared/contract/models.ts'
import { isMac } from '../../../shell/platform.ts'
import type { Place } from '../../../queries/objects.ts'
import { say } from '../../../state/live.ts'
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
import { Grid, ROW_PX, type GridHandle } from '../../../ui/grid.tsx'
import { MenuAt, type MenuPoint } from '../../../ui/controls/menu.tsx'
import type { ObjectActions } from '../actions.ts'
import {
  gridCommand,
  isTyping,
  moved,
  NOT_TYPED,
  typeAhead,
  typed,
  type GridCommand,
  type Typed,
} from './grid-keys.ts'
import { ObjectHead } from '../details/object-head.tsx'
import { ObjectListRow } from './object-row.tsx'
import { folderText, sumOf } from './rows.ts'

export interface ObjectListProps {
  readonly place: Place
  readonly rows: readonly ObjectRow[]
  readonly actions: ObjectActions
  readonly busy: boolean
  readonly sortNote: string
  /** Folder that files are dragged over, or null. */
  readonly dragOver: string | null
}

/** The objects of one folder: selection by mouse and keyboard, and the menu. */
export function ObjectList({ place, rows, actions, busy, sortNote, dragOver }: ObjectListProps) {
  const t = useText()
  const q = useQuantities()
  const selection = useSelection()
  const details = useDetails()
  const filter = useUi((ui) => ui.filter)
  const grid = useRef<GridHandle>(null)
  const lastTyped = useRef<Typed>(NOT_TYPED)
  const [menu, setMenu] = useState<MenuPoint | null>(null)
  const order = useMemo(() => orderOf(rows.map((row) => row.key)), [rows])
  const count = selection.all ? Math.max(0, rows.length - selection.keys.size) : selection.keys.size
  const active = selection.active === null ? -1 : (order.at.get(selection.active) ?? -1)

  // Another folder begins at its top, or where the keyboard is.
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

  // What has arrived is brought into view.
  const arrived = useExpected((expected) => expected.arrived)
  useLayoutEffect(() => {
    if (arrived > 0 && active >= 0) grid.current?.reveal(active)
  }, [arrived])

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
  const goTo = (index: number, extend: boolean, only: boolean) => {
    const row = rows[index]
    if (row === undefined) return
    if (only) dispatchSelection({ type: 'visit', key: row.key }, order)
    else change({ type: 'point', key: row.key, extend, toggle: false })
    grid.current?.reveal(index)
  }
  const openMenuAtRow = () => {
    const row = rows[active]
    const element = grid.current?.element()
    if (row === undefined || !element) return
    change({ type: 'aim', key: row.key })
    const box = element.querySelector(`[data-index="${active}"]`)?.getBoundingClientRect()
    if (box !== undefined) setMenu({ x: box.left + 40, y: box.top + ROW_PX })
  }
  const obey = (command: GridCommand) => {
    const row = rows[active]
    if (command.do !== 'type') lastTyped.current = NOT_TYPED
    switch (command.do) {
      case 'move':
        return goTo(
          moved(active, command.by, rows.length, grid.current?.pageSize() ?? 1),
          command.extend,
          command.only,
        )
      case 'toggle': {
        if (row === undefined) return
        // Space on the only selected row opens its details, as nothing else would change.
        if (count === 1 && isSelected(selection, row.key) && !details) return actions.showDetails()
        return change({ type: 'toggle' })
      }
      // Several rows are selected: what is asked for is asked for all of them.
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
      case 'menu':
        return openMenuAtRow()
      case 'copy':
        return count > 0 ? actions.copyNames() : undefined
      case 'type': {
        lastTyped.current = typed(lastTyped.current, command.text, performance.now())
        const index = typeAhead(
          { length: rows.length, at: (i) => lastOf(rows[i]?.key ?? '') },
          active,
          lastTyped.current.text,
        )
        return index < 0 ? undefined : goTo(index, false, false)
      }
    }
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const command = gridCommand(
      event.nativeEvent,
      isMac,
      isTyping(lastTyped.current, performance.now()),
    )
    if (command === null) return
    event.preventDefault()
    // A key that is held down moves on and on. It does not open, delete or select again what the
    // first press led to.
    if (!event.repeat || command.do === 'move' || command.do === 'type') obey(command)
  }
  const rowAt = (event: MouseEvent) =>
    rows[Number((event.target as Element).closest<HTMLElement>('.row')?.dataset['index'] ?? -1)]
  const onMouseDown = (event: MouseEvent) => {
    const row = rowAt(event)
    if (event.button !== 0 || (event.target as Element).closest('.ghead')) return
    if (row === undefined) change({ type: 'clear' })
    else
      change({
        type: 'point',
        key: row.key,
        extend: event.shiftKey,
        toggle: isMac ? event.metaKey : event.ctrlKey,
      })
  }
  const onDoubleClick = (event: MouseEvent) => {
    const row = rowAt(event)
    if (row !== undefined) actions.open(row)
  }
  const onContextMenu = (event: MouseEvent) => {
    event.preventDefault()
    const row = rowAt(event)
    // From the keyboard the event has no row and no point of its own.
    if (row === undefined) return event.button === 2 ? undefined : openMenuAtRow()
    change({ type: 'aim', key: row.key })
    setMenu({ x: event.clientX, y: event.clientY })
  }

  return (
    <>
      <div className="list-wrap" onMouseDown={onMouseDown} onDoubleClick={onDoubleClick}>
        <Grid
          label={t('objects:listOf', { place: folderText(place.bucket, place.prefix) })}
          count={rows.length}
          active={active}
          busy={busy}
          handle={grid}
          rowId={(i) => `row-${i}`}
          rowKey={(i) => rows[i]?.key ?? String(i)}
          head={<ObjectHead id="list-head" note={sortNote} />}
          headId="list-head"
          onKeyDown={onKeyDown}
          onContextMenu={onContextMenu}
          row={(i, props) => {
            const row = rows[i]
            return row === undefined ? null : (
              <ObjectListRow
                key={row.key}
                place={place}
                row={row}
                selected={isSelected(selection, row.key)}
                active={i === active}
                target={dragOver === row.key}
                grid={props}
              />
            )
          }}
        />
      </div>
      {/* Beside the list, not in it: React lets a press in the menu reach what it is inside of, and the list would drop its selection. */}
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
