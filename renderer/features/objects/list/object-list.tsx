import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { IndexRow } from '../../../../shared/contract/models-index.ts'
import type { Place } from '../../../queries/objects.ts'
import { sizesQuery } from '../../../queries/rows/sync.ts'
import { useClip } from '../../../state/clip.ts'
import { endSearch, useFilters } from '../../../state/filters.ts'
import { isSelected, useExpected, useSelection } from '../../../state/selection.ts'
import { useSizesWanted } from '../../../state/sizes.ts'
import { notify } from '../../../state/work.ts'
import { goToParent, lastOf, showDetails, useDetails, useUi } from '../../../state/ui.ts'
import { useText } from '../../../text/use-text.tsx'
import { MenuAt, type MenuEntry, type MenuPoint } from '../../../ui/controls/menu.tsx'
import { Grid } from '../../../ui/grid/grid.tsx'
import type { GridHandle } from '../../../ui/grid/grid-props.ts'
import type { RowCommand } from '../../../ui/grid/grid-keys.ts'
import { openInTab } from '../../tabs/open-in-tab.ts'
import type { ObjectActions } from '../actions.ts'
import { startRowDrag } from '../row-drag.ts'
import { findRow } from '../rows/find-row.ts'
import { ListHead, type HeadMenu } from '../columns/list-head.tsx'
import { useListColumns } from '../columns/use-columns.ts'
import { ObjectListRow } from './object-row.tsx'
import { folderText } from './rows.ts'
import { useRowSelection } from '../rows/row-selection.ts'
import { useInPlace, useShownOver } from '../rows/use-in-place.ts'
import { useSelectionSaid } from '../rows/selection-said.ts'
import type { ObjectRows } from '../rows/use-object-rows.ts'
import { useLookList } from '../rows/look-list.ts'
import { ObjectTile, TILE_LINE_PX, TILES } from '../tiles/object-tile.tsx'
import { useThumbs } from '../tiles/use-thumbs.ts'
import type { RowFacts } from './row-facts.ts'

const ROW_PX = 30
/** Icon, gap and padding beside a name in its cell. */
const BESIDE_NAME_PX = 38

/** The commands on chosen rows. They wait for a filter that can be read. */
const BULK: ReadonlySet<RowCommand> = new Set(['all', 'delete', 'copy', 'cut'])

export interface ObjectListProps {
  readonly place: Place
  readonly list: ObjectRows
  readonly actions: ObjectActions
  /** The menu beside all rows. */
  readonly emptyMenu: () => readonly MenuEntry[]
  /** Folder that files or rows are dragged over, or null. */
  readonly dragOver: string | null
}

/** The open context menu: of the selected rows, of the place beside all rows, or of a head. */
type ListMenu =
  { readonly on: 'rows' | 'place'; readonly at: MenuPoint } | ({ readonly on: 'head' } & HeadMenu)

/** Shows the rows of one folder or of a search, with their selection and menu. */
export function ObjectList({ place, list, actions, emptyMenu, dragOver }: ObjectListProps) {
  const t = useText()
  const client = useQueryClient()
  const { rows, chosen, isSearch } = list
  const selection = useSelection()
  const details = useDetails()
  const clip = useClip((state) => state.clip)
  const filter = useUi((ui) => ui.filter)
  const { match } = useFilters()
  const grid = useRef<GridHandle>(null)
  const finds = useRef(0)
  const [menu, setMenu] = useState<ListMenu | null>(null)
  const [frame, columns] = useListColumns(isSearch ? 'below' : 'level')
  const said = useSelectionSaid(list)
  const select = useRowSelection(rows, said.onChange)
  const { active } = select
  const wantsSizes = useSizesWanted(place) && !isSearch
  const sizes = useQuery({ ...sizesQuery(place), enabled: wantsSizes }).data
  const { scope } = list.view
  const withBucket = scope.bucket === null
  const idOf = (row: IndexRow) => (withBucket ? `${row.bucket}/${row.key}` : row.key)

  const layout = useUi((ui) => ui.layout)
  const isTiled = layout === 'tiles'
  const thumbs = useThumbs(place, isTiled)
  useInPlace(place, rows, active, grid)
  const onShown = useShownOver(layout, rows.show, active, grid)
  // Brings rows into view that have just arrived.
  const arrived = useExpected((expected) => expected.arrived)
  useLayoutEffect(() => {
    if (arrived > 0 && active >= 0) grid.current?.reveal(active)
  }, [arrived])

  useLookList(place, rows, withBucket, (index) => {
    select.reach(index, {})
    grid.current?.reveal(index)
  })

  const obey = (command: RowCommand, row: IndexRow | undefined): void => {
    const count = chosen.count
    if (list.isBadRegex && BULK.has(command))
      return notify({ about: null, error: null, text: t('objects:search.badRegexBulk') })
    switch (command) {
      case 'look':
        return row === undefined ? undefined : actions.look(row)
      case 'toggle':
        return row === undefined ? undefined : select.act({ type: 'toggle' })
      // With several rows selected, the command is for all of them.
      case 'open':
        return count > 1
          ? actions.download(false)
          : row === undefined
            ? undefined
            : actions.open(row)
      case 'open-in-folder':
        if (row === undefined) return
        if (isSearch) return actions.showInFolder(row)
        return row.kind === 'folder' ? openInTab({ ...place, prefix: row.key }) : undefined
      case 'all':
        return select.all()
      case 'escape':
        if (list.status?.listing === true && isSearch) return list.sync.stop()
        if (count > 0) return select.act({ type: 'clear' })
        return list.isFiltered || isSearch ? endSearch() : undefined
      case 'parent':
        return isSearch ? endSearch() : goToParent()
      case 'delete':
        return actions.remove()
      case 'details':
        return details ? showDetails(false) : actions.showDetails()
      case 'copy':
      case 'cut':
        return count > 0 ? actions.toClip(command === 'cut') : undefined
    }
  }
  const find = async (text: string) => {
    const mine = ++finds.current
    const found = await findRow(client, rows, text, active, match)
    // Another letter was typed meanwhile.
    if (found < 0 || mine !== finds.current) return
    select.reach(found, {})
    grid.current?.reveal(found)
  }
  const cut = useMemo(() => new Set(clip?.move === true ? clip.chosen.rows : []), [clip])

  return (
    <>
      <div className="list-wrap" ref={frame}>
        <Grid
          label={
            isSearch
              ? t('objects:search.results')
              : t('objects:listOf', { place: folderText(place.bucket, place.prefix) })
          }
          key={layout}
          className={isTiled ? 'grid objects tiles' : `grid objects st-${columns.fitted.state}`}
          region="list"
          sections={[{ heading: null, count: rows.count }]}
          rowPx={isTiled ? TILE_LINE_PX : ROW_PX}
          active={active}
          {...(isTiled
            ? { tiles: TILES }
            : {
                head: (
                  <ListHead
                    id="list-head"
                    columns={columns}
                    onMenu={(opened) => setMenu({ on: 'head', ...opened })}
                  />
                ),
                headId: 'list-head',
                columns: columns.fitted.template,
                besideNamePx: BESIDE_NAME_PX,
              })}
          multiselectable
          busy={list.isBusy || rows.isEarlier}
          hasParent
          hasLook
          handle={grid}
          nameAt={(i) => lastOf(rows.at(i)?.key ?? '')}
          onFind={rows.loaded.length === rows.count ? undefined : (text) => void find(text)}
          onShown={onShown}
          isLoaded={(index) => rows.at(index) !== undefined}
          onMove={(index, { extend, only }) => select.reach(index, { extend, only })}
          onCommand={(command, index) => {
            obey(command, rows.at(index))
            return true
          }}
          onMenu={(index, at) => {
            const row = index === null ? undefined : rows.at(index)
            if (row !== undefined) select.act({ type: 'aim', key: idOf(row) })
            setMenu({ on: row === undefined ? 'place' : 'rows', at })
          }}
          isSelected={(index) => {
            const key = rows.keyAt(index)
            return key !== undefined && chosen.count > 1 && isSelected(selection, key)
          }}
          onPoint={(index, pointing) => {
            if (index === null) select.act({ type: 'clear' })
            else select.reach(index, pointing)
          }}
          onBand={select.band}
          onDragStart={(_index, event) => startRowDrag(event.dataTransfer, chosen)}
          onDoubleClick={(i) => {
            const row = rows.at(i)
            if (row !== undefined) actions.open(row)
          }}
          row={(i, props) => {
            const row = rows.at(i)
            const facts: RowFacts = {
              profileId: place.profileId,
              row,
              selected: row !== undefined && isSelected(selection, idOf(row)),
              target: row !== undefined && !isSearch && dragOver === row.key,
              isCut: row !== undefined && cut.has(row),
              bytes: sizes?.folders.find(({ prefix }) => prefix === row?.key)?.bytes,
              mark: isSearch && match === 'text' ? filter.trim() : '',
              withBucket,
              grid: props,
            }
            return isTiled ? (
              <ObjectTile key={i} {...facts} hasPath={isSearch} thumbs={thumbs} />
            ) : (
              <ObjectListRow key={i} {...facts} columns={columns.fitted.columns} />
            )
          }}
        />
      </div>
      {/* Outside of the list: React would hand a press in the menu to it, and the selection would
          be lost. */}
      {menu !== null && (
        <MenuAt
          at={menu.at}
          entries={
            menu.on === 'head' ? menu.entries : menu.on === 'rows' ? actions.menu() : emptyMenu()
          }
          onClose={() => setMenu(null)}
          returnTo={() => (menu.on === 'head' ? menu.head : (grid.current?.element() ?? null))}
          label={
            menu.on === 'head'
              ? t('objects:columns')
              : menu.on === 'rows'
                ? said.menuLabel
                : t('objects:act.actionsHere')
          }
        />
      )}
    </>
  )
}
