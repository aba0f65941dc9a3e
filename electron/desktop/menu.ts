import {
  Menu,
  type BrowserWindow,
  type KeyboardInputEvent,
  type MenuItemConstructorOptions,
} from 'electron'
import type { Settings } from '../../shared/contract/models-settings.ts'
import { inLanguage, roleItem, type LabelledRole, type Words } from './role-words.ts'

interface Command {
  readonly words: Words
  readonly mac: string
  readonly other: string
}

/**
 * The page's shortcuts as the menu shows them. The page itself listens for the keys. Null is a
 * separator.
 */
const FILE: readonly (Command | null)[] = [
  { words: ['New Tab', '新建标签页'], mac: 'Command+T', other: 'Control+T' },
  { words: ['Close Tab', '关闭标签页'], mac: 'Command+W', other: 'Control+W' },
  null,
  { words: ['Upload Files…', '上传文件…'], mac: 'Command+U', other: 'Control+U' },
  { words: ['Upload Folder…', '上传文件夹…'], mac: 'Shift+Command+U', other: 'Control+Shift+U' },
  null,
  { words: ['Download…', '下载…'], mac: 'Command+S', other: 'Control+S' },
  { words: ['Download Raw…', '下载密文…'], mac: 'Alt+Command+S', other: 'Control+Alt+S' },
  null,
  { words: ['Settings…', '设置…'], mac: 'Command+,', other: 'Control+,' },
]
/** History and places, as the page's own shortcuts. */
const GO: readonly (Command | null)[] = [
  { words: ['Back', '后退'], mac: 'Command+[', other: 'Alt+Left' },
  { words: ['Forward', '前进'], mac: 'Command+]', other: 'Alt+Right' },
  { words: ['Parent Folder', '上级文件夹'], mac: 'Command+Up', other: 'Alt+Up' },
  null,
  { words: ['Go to…', '前往…'], mac: 'Command+K', other: 'Control+K' },
  {
    words: ['Add to Favorites', '添加到收藏'],
    mac: 'Shift+Command+D',
    other: 'Control+Shift+D',
  },
]
const VIEW: readonly (Command | null)[] = [
  { words: ['Refresh', '刷新'], mac: 'Command+R', other: 'Control+R' },
  { words: ['Filter', '筛选'], mac: 'Command+F', other: 'Control+F' },
  null,
  { words: ['Objects', '文件列表'], mac: 'Command+1', other: 'Control+1' },
  { words: ['Transfers', '传输'], mac: 'Command+2', other: 'Control+2' },
  { words: ['Master Keys', '主密钥'], mac: 'Command+3', other: 'Control+3' },
  { words: ['Offline Decryption', '离线解密'], mac: 'Command+4', other: 'Control+4' },
  null,
  { words: ['Sidebar', '侧栏'], mac: 'Alt+Command+1', other: 'Control+Alt+1' },
  { words: ['Details', '详情'], mac: 'Alt+Command+2', other: 'Control+Alt+2' },
  { words: ['Transfers Panel', '传输面板'], mac: 'Alt+Command+3', other: 'Control+Alt+3' },
]
const HELP: readonly Command[] = [
  { words: ['Keyboard Shortcuts', '键盘快捷键'], mac: 'Command+/', other: 'Control+/' },
]

const CLOSE_WINDOW = { mac: 'Shift+Command+W', other: 'Control+Shift+W' } as const

/** The items of the app's own menu on macOS. */
const OF_APP = [
  'about',
  null,
  'services',
  null,
  'hide',
  'hideOthers',
  'unhide',
  null,
  'quit',
] as const

export interface MenuOptions {
  readonly platform: NodeJS.Platform
  readonly language: Settings['language']
  /** True: developer tools are in the menu. It is never true in a packaged app. */
  readonly inspect: boolean
  /** The window that had the focus last. */
  readonly window: () => BrowserWindow | null
  readonly newWindow: () => void
}

/**
 * Builds the menu bar. A command presses the page's own shortcut, so that the page alone decides
 * what keys do.
 */
export function appMenu({ platform, language, inspect, window, newWindow }: MenuOptions): Menu {
  const mac = platform === 'darwin'
  const say = (words: Words): string => inLanguage(words, language)
  const roles = (...names: readonly (LabelledRole | null)[]): MenuItemConstructorOptions[] =>
    names.map((name) => {
      if (name === null) return { type: 'separator' }
      // The keys that Electron gives this role close a tab.
      const keys = name === 'close' ? { accelerator: CLOSE_WINDOW[mac ? 'mac' : 'other'] } : {}
      return { ...roleItem(name, language), ...keys }
    })
  const items = (commands: readonly (Command | null)[]): MenuItemConstructorOptions[] =>
    commands.map((command) => {
      if (command === null) return { type: 'separator' }
      const accelerator = mac ? command.mac : command.other
      return {
        label: say(command.words),
        accelerator,
        registerAccelerator: false,
        // The page has heard a command by key already, since macOS also tells the menu.
        click: (_item, _window, event) => {
          if (event.triggeredByAccelerator !== true) press(window(), accelerator)
        },
      }
    })
  return Menu.buildFromTemplate([
    ...(mac ? [{ label: 'Cipherbucket', submenu: roles(...OF_APP) }] : []),
    {
      label: say(['File', '文件']),
      submenu: [
        {
          label: say(['New Window', '新建窗口']),
          accelerator: mac ? 'Command+N' : 'Control+N',
          // The page does not know these keys. On macOS they work without a window too.
          click: newWindow,
        },
        ...items(FILE),
        { type: 'separator' },
        ...roles(mac ? 'close' : 'quit'),
      ],
    },
    {
      label: say(['Edit', '编辑']),
      submenu: roles('undo', 'redo', null, 'cut', 'copy', 'paste', 'delete', null, 'selectAll'),
    },
    {
      label: say(['View', '视图']),
      submenu: [
        ...items(VIEW),
        ...roles(null, 'resetZoom', 'zoomIn', 'zoomOut', 'togglefullscreen'),
        ...(inspect ? roles(null, 'toggleDevTools') : []),
      ],
    },
    { label: say(['Go', '前往']), submenu: items(GO) },
    {
      role: 'window',
      label: say(['Window', '窗口']),
      submenu: mac ? roles('minimize', 'zoom', null, 'front') : roles('minimize', 'close'),
    },
    { role: 'help', label: say(['Help', '帮助']), submenu: items(HELP) },
  ])
}

const MODIFIERS = { Command: 'meta', Control: 'control', Shift: 'shift', Alt: 'alt' } as const

/** Presses `accelerator` in the page. */
function press(window: BrowserWindow | null, accelerator: string): void {
  const names = accelerator.split('+')
  const keyCode = names.pop() ?? ''
  const modifiers: NonNullable<KeyboardInputEvent['modifiers']> = names.map(
    (name) => MODIFIERS[name as keyof typeof MODIFIERS],
  )
  for (const type of ['keyDown', 'keyUp'] as const)
    window?.webContents.sendInputEvent({ type, keyCode, modifiers })
}
