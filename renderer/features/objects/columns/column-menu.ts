import type { ListColumn } from '../../../../shared/contract/models-places.ts'
import { keysText } from '../../../shell/platform.ts'
import type { Text } from '../../../text/use-text.tsx'
import type { MenuEntry } from '../../../ui/controls/menu.tsx'
import { allColumns, toggleColumn } from './columns.ts'
import type { Columns } from './use-columns.ts'

/** The acts on one column, as its head does them. */
export interface ColumnActs {
  readonly move: (way: -1 | 1) => void
  readonly fit: () => void
}

/** The name of a column in the window. */
export const columnWord = (t: Text, name: ListColumn): string =>
  t(name === 'path' ? 'objects:col.folder' : `objects:col.${name}`)

/** Returns the menu that chooses columns. `acts`: of the column whose head has the menu. */
export function columnMenu(
  t: Text,
  { depth, choices, store }: Columns,
  acts: ColumnActs | null = null,
): readonly MenuEntry[] {
  const isShown = (name: ListColumn) => choices.some((column) => column.name === name)
  return [
    ...allColumns(depth).map((name): MenuEntry => ({
      icon: 'check',
      checked: isShown(name),
      label: columnWord(t, name),
      onSelect: () => store(toggleColumn(choices, depth, name)),
    })),
    'line',
    ...(acts === null
      ? []
      : ([
          {
            icon: 'left',
            label: t('objects:columns.left'),
            shortcut: keysText('mod+ArrowLeft'),
            onSelect: () => acts.move(-1),
          },
          {
            icon: 'right',
            label: t('objects:columns.right'),
            shortcut: keysText('mod+ArrowRight'),
            onSelect: () => acts.move(1),
          },
          { icon: 'updown', label: t('objects:columns.fit'), onSelect: acts.fit },
          'line',
        ] satisfies readonly MenuEntry[])),
    {
      icon: 'retry',
      label: t('objects:columns.standard'),
      onSelect: () => store(null),
    },
  ]
}
