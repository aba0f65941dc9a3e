import type { TextKey } from '../../text/words.ts'

export interface Shortcut {
  readonly what: TextKey
  /** Keys on macOS, and on Windows and Linux. */
  readonly mac: readonly string[]
  readonly other: readonly string[]
  /** A browser tab uses these keys itself, so only the desktop app shows them. */
  readonly desktopOnly?: true
  /** Words in place of keys. */
  readonly words?: TextKey
}

const same = (what: TextKey, ...keys: readonly string[]): Shortcut => ({
  what,
  mac: keys,
  other: keys,
})

/** Source: screens.md 5. */
export const shortcuts: readonly {
  readonly heading: TextKey
  readonly rows: readonly Shortcut[]
}[] = [
  {
    heading: 'settings:shortcuts.app',
    rows: [
      { what: 'common:shortcuts.palette', mac: ['⌘K'], other: ['Ctrl+K'] },
      { what: 'common:shortcuts.undo', mac: ['⌘Z'], other: ['Ctrl+Z'] },
      { what: 'common:shortcuts.favorite', mac: ['⇧⌘D'], other: ['Ctrl+Shift+D'] },
      { what: 'common:shortcuts.upload', mac: ['⌘U'], other: ['Ctrl+U'] },
      { what: 'common:shortcuts.uploadFolder', mac: ['⇧⌘U'], other: ['Ctrl+Shift+U'] },
      { what: 'common:shortcuts.download', mac: ['⌘S'], other: ['Ctrl+S'] },
      { what: 'common:shortcuts.downloadRaw', mac: ['⌥⌘S'], other: ['Ctrl+Alt+S'] },
      { what: 'common:shortcuts.filter', mac: ['⌘F'], other: ['Ctrl+F'] },
      { what: 'settings:shortcuts.searchBucket', mac: ['⇧⌘F'], other: ['Ctrl+Shift+F'] },
      { what: 'common:shortcuts.refresh', mac: ['⌘R'], other: ['F5', 'Ctrl+R'], desktopOnly: true },
      { what: 'common:shortcuts.back', mac: ['⌘['], other: ['Alt+←'] },
      { what: 'common:shortcuts.forward', mac: ['⌘]'], other: ['Alt+→'] },
      { what: 'common:tabs.new', mac: ['⌘T'], other: ['Ctrl+T'], desktopOnly: true },
      { what: 'common:tabs.close', mac: ['⌘W'], other: ['Ctrl+W'], desktopOnly: true },
      {
        what: 'settings:shortcuts.otherTab',
        mac: ['⌘}', '⌘{'],
        other: ['Ctrl+Tab', 'Ctrl+Shift+Tab'],
        desktopOnly: true,
      },
      {
        what: 'common:shortcuts.places',
        mac: ['⌘1 … ⌘4'],
        other: ['Ctrl+1 … Ctrl+4'],
        desktopOnly: true,
      },
      { what: 'common:shortcuts.panes', mac: ['⌥⌘1 … 3'], other: ['Ctrl+Alt+1 … 3'] },
      same('common:shortcuts.regions', 'F6'),
      { what: 'common:shortcuts.settings', mac: ['⌘,'], other: ['Ctrl+,'] },
      { what: 'common:shortcuts.this', mac: ['⌘/'], other: ['Ctrl+/'] },
    ],
  },
  {
    heading: 'settings:shortcuts.list',
    rows: [
      same('settings:shortcuts.move', '↑', '↓'),
      same('settings:shortcuts.extend', 'Shift+↑', 'Shift+↓'),
      same('look:act', 'Space'),
      same('settings:shortcuts.toggle', 'Ctrl+Space'),
      same('settings:shortcuts.open', 'Enter'),
      { what: 'look:edit.act', mac: ['F4'], other: ['F4'], desktopOnly: true },
      {
        what: 'settings:shortcuts.type',
        mac: [],
        other: [],
        words: 'settings:shortcuts.type.keys',
      },
      { what: 'common:shortcuts.selectAll', mac: ['⌘A'], other: ['Ctrl+A'] },
      {
        what: 'settings:shortcuts.clip',
        mac: ['⌘X', '⌘C', '⌘V'],
        other: ['Ctrl+X', 'Ctrl+C', 'Ctrl+V'],
      },
      { what: 'settings:shortcuts.openInTab', mac: ['⌘Enter'], other: ['Ctrl+Enter'] },
      { what: 'objects:act.showInFolder', mac: ['⌘Enter'], other: ['Ctrl+Enter'] },
      { what: 'common:shortcuts.parent', mac: ['⌘↑', '⌫'], other: ['Alt+↑', 'Backspace'] },
      { what: 'common:shortcuts.delete', mac: ['⌘⌫'], other: ['Delete'] },
      { what: 'common:shortcuts.details', mac: ['⌘I'], other: ['Alt+Enter'] },
      same('settings:shortcuts.rename', 'F2'),
      same('settings:shortcuts.menu', 'Shift+F10'),
      { what: 'objects:view', mac: ['⌥1', '⌥2'], other: ['Alt+1', 'Alt+2'] },
      {
        what: 'settings:shortcuts.column',
        mac: ['⌘← →', '⇧← →'],
        other: ['Ctrl+← →', 'Shift+← →'],
      },
    ],
  },
  {
    heading: 'settings:shortcuts.dialog',
    rows: [
      { what: 'settings:shortcuts.confirm', mac: ['⌘Enter'], other: ['Ctrl+Enter'] },
      same('settings:shortcuts.cancel', 'Esc'),
    ],
  },
]
