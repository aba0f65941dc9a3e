import type { ReactNode } from 'react'
import type { FolderLayout } from '../../../../shared/contract/models-places.ts'
import { setLayout, sortBy, useUi, type Column } from '../../../state/ui.ts'
import { useText, type Text } from '../../../text/use-text.tsx'
import { IconButton } from '../../../ui/controls/button.tsx'
import { MenuButton, type MenuEntry, type MenuItem } from '../../../ui/controls/menu.tsx'
import { Segmented } from '../../../ui/controls/segmented.tsx'
import { Icon } from '../../../ui/icon.tsx'
import { columnMenu } from '../columns/column-menu.ts'
import type { ListDepth } from '../columns/columns.ts'
import { useColumns } from '../columns/use-columns.ts'

const LAYOUTS: readonly FolderLayout[] = ['list', 'tiles']
const ORDERS: readonly Column[] = ['name', 'size', 'modified', 'class', 'state', 'key']

/** Returns the commands that show the folder as a list or as tiles. */
export const layoutCommands = (t: Text, layout: FolderLayout): readonly MenuItem[] =>
  LAYOUTS.map((one, i) => ({
    icon: one,
    label: t(`objects:view.as.${one}`),
    keys: { chords: [`alt+${i + 1}`], notInFields: true },
    disabled: layout === one,
    onSelect: () => setLayout(one),
  }))

/** Switches between list and tiles, and has the menu of columns or of orders. */
export function ViewSwitch({ depth }: { readonly depth: ListDepth }) {
  const t = useText()
  const layout = useUi((ui) => ui.layout)
  const sort = useUi((ui) => ui.sort)
  const columns = useColumns(depth)
  const icon = (one: FolderLayout): ReactNode => (
    <>
      <Icon name={one} />
      <span className="sr">{t(`objects:view.${one}`)}</span>
    </>
  )
  // Tiles have no heads, so the menu sorts them.
  const orders = ORDERS.map((by): MenuEntry => ({
    icon: 'check',
    checked: sort.by === by,
    label: t('objects:view.sort', { column: t(`objects:col.${by}`) }),
    onSelect: () => sortBy(by),
  }))
  return (
    <>
      <Segmented
        label={t('objects:view')}
        options={LAYOUTS.map((one) => ({ value: one, label: icon(one) }))}
        value={layout}
        onChange={setLayout}
      />
      <MenuButton
        label={t('objects:view.menu')}
        entries={[
          ...layoutCommands(t, layout),
          'line',
          ...(layout === 'list' ? columnMenu(t, columns) : orders),
        ]}
      >
        <IconButton icon="updown" label={t('objects:view.menu')} />
      </MenuButton>
    </>
  )
}
