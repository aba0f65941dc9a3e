import { describe, expect, it, vi } from 'vitest'
import { appMenu } from '../../electron/desktop/menu.ts'
import type { MenuItem } from './double/electron.ts'

vi.mock('electron', () => import('./double/electron.ts'))

const keys: unknown[] = []
const window = { webContents: { sendInputEvent: (event: unknown) => void keys.push(event) } }

function itemsOf(platform: NodeJS.Platform, language: 'en' | 'zh-CN'): readonly MenuItem[] {
  const { template } = appMenu({ platform, language, window: () => window as never }) as unknown as { template: readonly MenuItem[] }
  return template.flatMap(({ submenu }) => submenu ?? [])
}

describe('the menu', () => {
  for (const [platform, accelerator, modifiers] of [['darwin', 'Shift+Command+U', ['shift', 'meta']], ['linux', 'Control+Shift+U', ['control', 'shift']], ['win32', 'Control+Shift+U', ['control', 'shift']]] as const) {
    it(`presses the page's own keys (${platform})`, () => {
      const item = itemsOf(platform, 'en').find(({ label }) => label === 'Upload Folder…')
      expect(item).toMatchObject({ accelerator, registerAccelerator: false })
      keys.length = 0
      item?.click?.(null, null, {})
      expect(keys).toEqual([{ type: 'keyDown', keyCode: 'U', modifiers }, { type: 'keyUp', keyCode: 'U', modifiers }])
    })
  }
  it('does not press a key that was pressed', () => {
    keys.length = 0
    for (const item of itemsOf('darwin', 'en')) item.click?.(null, null, { triggeredByAccelerator: true })
    expect(keys).toEqual([])
  })
  for (const platform of ['darwin', 'linux'] as const) {
    it(`gives every command a key of its own (${platform})`, () => {
      const used = itemsOf(platform, 'en').flatMap((item) => item.accelerator ?? [])
      expect(used.length).toBeGreaterThan(10)
      expect(new Set(used).size).toBe(used.length)
    })
  }
  it('speaks Chinese, and as many commands', () => {
    const labels = (language: 'en' | 'zh-CN') => itemsOf('linux', language).flatMap((item) => item.label ?? [])
    expect(labels('zh-CN')).toHaveLength(labels('en').length)
    for (const label of labels('zh-CN')) expect(label).toMatch(/\p{Script=Han}/u)
  })
  it('has no way to the developer tools or to a reload of the page', () => {
    const roles = itemsOf('linux', 'en').map(({ role }) => role)
    for (const role of ['toggleDevTools', 'reload', 'forceReload']) expect(roles).not.toContain(role)
  })
})
