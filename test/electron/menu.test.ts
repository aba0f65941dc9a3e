import { EventEmitter } from 'node:events'
import { describe, expect, it, vi } from 'vitest'
import { appMenu } from '../../electron/desktop/menu.ts'
import { offerTextMenu } from '../../electron/desktop/text-menu.ts'
import { Menu, type MenuItem } from './double/electron.ts'

vi.mock('electron', () => import('./double/electron.ts'))

const keys: unknown[] = []
let opened = 0
const window = { webContents: { sendInputEvent: (event: unknown) => void keys.push(event) } }

interface Wanted {
  readonly platform?: NodeJS.Platform
  readonly language?: 'en' | 'zh-CN'
  readonly inspect?: boolean
}
const topOf = ({
  platform = 'linux',
  language = 'en',
  inspect = false,
}: Wanted = {}): readonly MenuItem[] =>
  (
    appMenu({
      platform,
      language,
      inspect,
      window: () => window as never,
      newWindow: () => void opened++,
    }) as unknown as {
      template: readonly MenuItem[]
    }
  ).template

function itemsOf(platform: NodeJS.Platform, language: 'en' | 'zh-CN'): readonly MenuItem[] {
  return topOf({ platform, language }).flatMap(({ submenu }) => submenu ?? [])
}

describe('the menu', () => {
  for (const [platform, accelerator, modifiers] of [
    ['darwin', 'Shift+Command+U', ['shift', 'meta']],
    ['linux', 'Control+Shift+U', ['control', 'shift']],
    ['win32', 'Control+Shift+U', ['control', 'shift']],
  ] as const) {
    it(`presses the page's own keys (${platform})`, () => {
      const item = itemsOf(platform, 'en').find(({ label }) => label === 'Upload Folder…')
      expect(item).toMatchObject({ accelerator, registerAccelerator: false })
      keys.length = 0
      item?.click?.(null, null, {})
      expect(keys).toEqual([
        { type: 'keyDown', keyCode: 'U', modifiers },
        { type: 'keyUp', keyCode: 'U', modifiers },
      ])
    })
  }
  it('does not press a key that was pressed', () => {
    keys.length = 0
    for (const item of itemsOf('darwin', 'en'))
      item.click?.(null, null, { triggeredByAccelerator: true })
    expect(keys).toEqual([])
  })
  for (const [platform, accelerator] of [
    ['darwin', 'Command+N'],
    ['linux', 'Control+N'],
  ] as const)
    it(`opens another window by itself, also by key (${platform})`, () => {
      const item = itemsOf(platform, 'en').find(({ label }) => label === 'New Window')
      expect(item).toMatchObject({ accelerator })
      expect(item).not.toHaveProperty('registerAccelerator')
      opened = 0
      item?.click?.(null, null, { triggeredByAccelerator: true })
      expect(opened).toBe(1)
    })
  for (const platform of ['darwin', 'linux'] as const) {
    it(`gives every command a key of its own (${platform})`, () => {
      const used = itemsOf(platform, 'en').flatMap((item) => item.accelerator ?? [])
      expect(used.length).toBeGreaterThan(10)
      expect(new Set(used).size).toBe(used.length)
    })
  }
  for (const platform of ['darwin', 'linux', 'win32'] as const)
    it(`leaves the keys of a tab to the page, and closes a window by others (${platform})`, () => {
      const items = itemsOf(platform, 'en')
      const keysOf = (label: string) =>
        items.find((item) => item.label === label)?.accelerator?.replace('Command', 'Control')
      expect(keysOf('Close Tab')).toBe('Control+W')
      expect(items.find(({ label }) => label === 'Close Tab')).toMatchObject({
        registerAccelerator: false,
      })
      const shift = platform === 'darwin' ? 'Shift+Control+W' : 'Control+Shift+W'
      expect(keysOf('Close Window')).toBe(shift)
    })
  it('has a way to the developer tools only where they may open, and none to a reload of the page', () => {
    const roles = (inspect: boolean) =>
      topOf({ inspect })
        .flatMap(({ submenu }) => submenu ?? [])
        .map(({ role }) => role)
    expect(roles(true)).toContain('toggleDevTools')
    for (const role of ['toggleDevTools', 'reload', 'forceReload'])
      expect(roles(false)).not.toContain(role)
  })
})

/** The menus that Electron fills with items of its own, in English. */
const FILLED = [
  'appMenu',
  'fileMenu',
  'editMenu',
  'viewMenu',
  'windowMenu',
  'shareMenu',
  'recentDocuments',
]

describe('every label is ours, in both languages', () => {
  const all = (items: readonly MenuItem[]): readonly MenuItem[] =>
    items.flatMap((item) => [item, ...all(item.submenu ?? [])])
  for (const platform of ['darwin', 'linux', 'win32'] as const) {
    it(platform, () => {
      const named = (language: 'en' | 'zh-CN') =>
        all(topOf({ platform, language, inspect: true })).filter(({ type }) => type !== 'separator')
      for (const language of ['en', 'zh-CN'] as const) {
        for (const { label, role, submenu } of named(language)) {
          expect(label, role).toBeTruthy()
          expect(FILLED).not.toContain(role)
          if (role === 'window' || role === 'help') expect(submenu?.length).toBeGreaterThan(0)
        }
      }
      expect(named('zh-CN')).toHaveLength(named('en').length)
      for (const { label } of named('zh-CN'))
        if (label !== 'Cipherbucket') expect(label).toMatch(/\p{Script=Han}/u)
      for (const { label } of named('en')) expect(label).not.toMatch(/\p{Script=Han}/u)
    })
  }
})

describe('the menu of a right click', () => {
  const shown = (
    params: object,
    language: 'en' | 'zh-CN' = 'en',
  ): readonly (readonly [string, boolean])[] | null => {
    const contents = new EventEmitter()
    offerTextMenu(contents as never, () => language)
    Menu.popped.length = 0
    contents.emit(
      'context-menu',
      {},
      {
        isEditable: false,
        selectionText: '',
        editFlags: { canCut: true, canCopy: true, canPaste: true, canSelectAll: true },
        ...params,
      },
    )
    return (
      Menu.popped[0]
        ?.filter(({ type }) => type !== 'separator')
        .map(({ label, enabled }) => [label ?? '', enabled ?? false] as const) ?? null
    )
  }
  it('in a text field: what can be done there', () => {
    expect(shown({ isEditable: true })).toEqual([
      ['Cut', true],
      ['Copy', true],
      ['Paste', true],
      ['Select All', true],
    ])
    const editFlags = { canCut: false, canCopy: false, canPaste: true, canSelectAll: false }
    expect(shown({ isEditable: true, editFlags })).toEqual([
      ['Cut', false],
      ['Copy', false],
      ['Paste', true],
      ['Select All', false],
    ])
  })
  it('in Chinese', () =>
    expect(shown({ isEditable: true }, 'zh-CN')?.map(([label]) => label)).toEqual([
      '剪切',
      '复制',
      '粘贴',
      '全选',
    ]))
  it('on selected text: copy', () => {
    expect(shown({ selectionText: 'a key' })).toEqual([['Copy', true]])
    expect(shown({ selectionText: 'a key' }, 'zh-CN')).toEqual([['复制', true]])
  })
  it('elsewhere: none', () =>
    expect([shown({}), shown({ selectionText: ' \n' })]).toEqual([null, null]))
})
