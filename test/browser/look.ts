import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'
import { call } from './kit.ts'

/**
 * Looks at one screen in both languages and both themes: axe, words that do not fit, and controls
 * that the keyboard does not reach. With SCREENS=pictures or SCREENS=all, each look leaves a
 * picture in out/screens.
 */

const FOLDER = fileURLToPath(new URL('../../out/screens/', import.meta.url))
const PICTURES = ['pictures', 'all'].includes(process.env['SCREENS'] ?? '')
const RULES = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']
const LOOKS = [
  ['en', 'light'],
  ['en', 'dark'],
  ['zh-CN', 'light'],
  ['zh-CN', 'dark'],
] as const
const WINDOW = { width: 1280, height: 800 }
const LEAST = { width: 880, height: 560 }

/**
 * Each theme and each language under axe once; all of them with SCREENS=all, at three times the
 * time.
 */
export async function look(page: Page, name: string): Promise<void> {
  const all = process.env['SCREENS'] === 'all'
  for (const [language, theme] of LOOKS) {
    await dress(page, language, theme)
    await checkScreen(
      page,
      `${name}-${language}-${theme}`,
      all || (language === 'en') === (theme === 'light'),
    )
  }
  await dress(page, 'en', 'light')
  await page.setViewportSize(LEAST)
  await checkScreen(page, `${name}-least`, all)
  await page.setViewportSize(WINDOW)
}

/** Changes language and theme of the window, as the settings page does. */
export async function dress(
  page: Page,
  language: 'en' | 'zh-CN',
  theme: 'light' | 'dark',
): Promise<void> {
  await call(page, 'settings.update', { language, theme })
  await expect(page.locator(`html[lang="${language}"][data-theme="${theme}"]`)).toBeAttached()
}

/** The faults of all screens so far: one screen does not hide the next. */
export const complaints: string[] = []

async function checkScreen(page: Page, name: string, axe: boolean): Promise<void> {
  if (PICTURES) {
    mkdirSync(FOLDER, { recursive: true })
    await page.screenshot({ path: `${FOLDER}${name}.png` })
  }
  // The width of a word is known when its font is here.
  await page.evaluate(() => document.fonts.ready.then(() => undefined))
  const { violations } = axe
    ? await new AxeBuilder({ page }).setLegacyMode(true).withTags(RULES).analyze()
    : { violations: [] }
  const found = [
    ...violations.flatMap((one) =>
      one.nodes.map(
        (node) =>
          `${one.id}: ${node.html.slice(0, 160)} ${node.failureSummary?.split('\n')[1] ?? ''}`,
      ),
    ),
    ...(await wordsThatStayCut(page)).map((words) => `does not fit: ${words}`),
    ...(await page.evaluate(beyondKeys)).map((html) => `out of reach of the keyboard: ${html}`),
  ]
  complaints.push(...found.map((what) => `${name}: ${what}`))
}

/** Time for a window of another size, in which panes open and close, to come to rest. */
const REST_MS = 5000

/** Returns the words that are cut when the screen has come to rest. */
async function wordsThatStayCut(page: Page): Promise<readonly string[]> {
  const cut = (): Promise<readonly string[]> => page.evaluate(cutWords)
  await expect
    .poll(cut, { timeout: REST_MS })
    .toEqual([])
    .catch(() => undefined)
  return cut()
}

/**
 * Elements whose content is wider than they are, neither scrolling nor ending in an ellipsis. Runs
 * in the page.
 */
function cutWords(): readonly string[] {
  const told: string[] = []
  for (const element of document.querySelectorAll<HTMLElement>('body *')) {
    const style = getComputedStyle(element)
    if (
      element.clientWidth < 4 ||
      style.visibility === 'hidden' ||
      element.closest('.sr, svg, [aria-hidden="true"]') !== null
    )
      continue
    // A handle that changes a pane's width lies on its edge on purpose.
    if (
      element.scrollWidth <= element.clientWidth + 1 ||
      element.querySelector(':scope > [role=separator]') !== null
    )
      continue
    const scrolls = ['auto', 'scroll'].includes(style.overflowX)
    const fields = element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement
    if (!scrolls && !fields && style.textOverflow !== 'ellipsis')
      told.push(
        `${element.tagName}.${element.className}: ${element.innerText.slice(0, 80)} (${element.scrollWidth} > ${element.clientWidth})`,
      )
  }
  if (document.documentElement.scrollWidth > innerWidth) told.push('the page scrolls sideways')
  return told
}

/**
 * Controls that Tab cannot reach, and that are no part of a widget with keys of its own. Runs in
 * the page.
 */
function beyondKeys(): readonly string[] {
  const WIDGETS =
    '[role=grid], [role=row], [role=tree], [role=radiogroup], [role=menu], [role=listbox], [aria-hidden="true"], [inert]'
  return Array.from(
    document.querySelectorAll<HTMLElement>(
      'button, a[href], input, textarea, select, [role=button], [role=separator]',
    ),
  )
    .filter(
      (element) =>
        element.offsetParent !== null &&
        element.tabIndex < 0 &&
        !(element as HTMLButtonElement).disabled &&
        element.closest(WIDGETS) === null &&
        // A list of links with one tab stop has arrow keys.
        element.closest('ul')?.querySelector('a[tabindex="0"]') == null,
    )
    .map((element) => element.outerHTML.slice(0, 160))
}
