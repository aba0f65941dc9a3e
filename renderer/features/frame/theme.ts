import type { Settings } from '../../../shared/contract/models-settings.ts'

const dark = window.matchMedia('(prefers-color-scheme: dark)')
let wanted: Settings['theme'] = 'system'

/** Applies a theme to the page. 'system' follows the system until another theme is chosen. */
export function applyTheme(theme: Settings['theme']): void {
  wanted = theme
  document.documentElement.dataset['theme'] =
    theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme
}

dark.addEventListener('change', () => applyTheme(wanted))
