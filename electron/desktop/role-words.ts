import type { MenuItemConstructorOptions } from 'electron'
import type { Settings } from '../../shared/contract/models-settings.ts'

/** [English, Chinese] */
export type Words = readonly [string, string]

export function inLanguage([english, chinese]: Words, language: Settings['language']): string {
  return language === 'zh-CN' ? chinese : english
}

/**
 * The roles of menu items that Electron handles by itself. Electron's own names for them are
 * English only.
 */
const ROLES = {
  about: ['About Cipherbucket', '关于 Cipherbucket'],
  services: ['Services', '服务'],
  hide: ['Hide Cipherbucket', '隐藏 Cipherbucket'],
  hideOthers: ['Hide Others', '隐藏其他'],
  unhide: ['Show All', '全部显示'],
  quit: ['Quit', '退出'],
  undo: ['Undo', '撤销'],
  redo: ['Redo', '重做'],
  cut: ['Cut', '剪切'],
  copy: ['Copy', '复制'],
  paste: ['Paste', '粘贴'],
  delete: ['Delete', '删除'],
  selectAll: ['Select All', '全选'],
  resetZoom: ['Actual Size', '实际大小'],
  zoomIn: ['Zoom In', '放大'],
  zoomOut: ['Zoom Out', '缩小'],
  togglefullscreen: ['Full Screen', '全屏'],
  toggleDevTools: ['Developer Tools', '开发者工具'],
  minimize: ['Minimize', '最小化'],
  zoom: ['Zoom', '缩放'],
  front: ['Bring All to Front', '前置全部窗口'],
  close: ['Close Window', '关闭窗口'],
} as const satisfies Partial<Record<NonNullable<MenuItemConstructorOptions['role']>, Words>>

export type LabelledRole = keyof typeof ROLES

/** Returns the menu item of a role, named in the app's language. */
export function roleItem(
  role: LabelledRole,
  language: Settings['language'],
): { readonly role: LabelledRole; readonly label: string } {
  return { role, label: inLanguage(ROLES[role], language) }
}
