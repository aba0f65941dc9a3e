import AxeBuilder from '@axe-core/playwright'
import { expect, type Locator, type Page } from '@playwright/test'
import { call, goTo, open, row, test } from './kit.ts'

/** The tabs of the window, in a browser that has tabs of its own. */

const PRACTICE = { profileId: 'practice', bucket: 'practice-bucket' } as const
const make = (page: Page, key: string) => call(page, 'objects.makeFolder', { ...PRACTICE, key })
const here = (page: Page) => page.locator('.crumbs [aria-current]')
const bar = (page: Page) => page.getByRole('tablist', { name: 'Tabs' })
const tab = (page: Page, name: string): Locator => bar(page).getByRole('tab', { name })
const filter = (page: Page) => page.locator('#filter')

async function axe(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
}

test('a middle click opens a folder in a tab of its own, with its own history and filter', async ({
  page,
  app,
}) => {
  await open(page, app)
  for (const key of ['reports/', 'reports/2026/', 'photos/']) await make(page, key)
  // The last one to come. Rows above the pointer no longer move.
  await expect(row(page, 'photos')).toBeVisible()
  await expect(bar(page)).toHaveCount(0)
  await row(page, 'reports').click({ button: 'middle' })
  await expect(bar(page).getByRole('tab')).toHaveCount(2)
  await expect(tab(page, 'practice-bucket')).toHaveAttribute('aria-selected', 'true')
  await expect(here(page)).toHaveText('practice-bucket')
  await row(page, 'photos').click()
  await filter(page).fill('pho')
  await expect(row(page, 'reports')).toHaveCount(0)
  await tab(page, 'reports').click()
  await expect(here(page)).toHaveText('reports')
  await expect(filter(page)).toHaveValue('')
  await row(page, '2026').dblclick()
  await expect(tab(page, '2026')).toHaveAttribute('aria-selected', 'true')
  await axe(page)
  // The other tab is as it was.
  await tab(page, '2026').press('ArrowLeft')
  await expect(tab(page, 'practice-bucket')).toBeFocused()
  await expect(filter(page)).toHaveValue('pho')
  await expect(row(page, 'photos')).toHaveAttribute('aria-selected', 'true')
  const back = page.getByRole('group', { name: 'History' }).getByRole('button', { name: /^Back/ })
  await expect(back).toBeDisabled()
  await tab(page, 'practice-bucket').press('End')
  await back.click()
  await expect(here(page)).toHaveText('reports')
  await expect(back).toBeDisabled()
  // A reload, and another start of the page, find the tabs.
  await page.reload()
  await expect(bar(page).getByRole('tab')).toHaveText(['practice-bucket', 'reports'])
  await expect(here(page)).toHaveText('reports')
  const other = await page.context().newPage()
  await other.goto(page.url().replace(/#.*/, ''))
  await expect(bar(other).getByRole('tab')).toHaveText(['practice-bucket', 'reports'])
  await other.close()
  await tab(page, 'reports').press('Delete')
  await expect(bar(page)).toHaveCount(0)
  await expect(here(page)).toHaveText('practice-bucket')
  await expect(page.locator('[data-region="list"]')).toBeFocused()
})

test('favorites, the tree, the path, menus and the palette open tabs', async ({ page, app }) => {
  await open(page, app)
  for (const key of ['reports/', 'reports/2026/']) await make(page, key)
  await call(page, 'places.change', {
    do: 'favorite',
    place: { ...PRACTICE, prefix: 'reports/' },
    on: true,
  })
  const favorite = page.getByRole('list', { name: 'Favorites' }).getByRole('link')
  await favorite.click({ modifiers: ['Control'] })
  await expect(bar(page).getByRole('tab')).toHaveText(['practice-bucket', 'reports'])
  await favorite.click({ button: 'middle' })
  await page.getByRole('treeitem', { name: 'practice-bucket' }).click({ modifiers: ['Control'] })
  await expect(bar(page).getByRole('tab')).toHaveCount(4)
  await expect(here(page)).toHaveText('practice-bucket')
  // Ctrl+click on a row selects, as ever. Ctrl+Enter opens the tab.
  await row(page, 'reports').click({ modifiers: ['Control'] })
  await expect(bar(page).getByRole('tab')).toHaveCount(4)
  await page.keyboard.press('Control+Enter')
  await expect(bar(page).getByRole('tab')).toHaveCount(5)
  await row(page, 'reports').click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Open in a new tab' }).click()
  await expect(bar(page).getByRole('tab')).toHaveCount(6)
  const run = async (command: string) => {
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: /Type a place/ }).fill(`> ${command}`)
    await page.keyboard.press('Enter')
  }
  await goTo(page, 'Settings')
  await run('new tab')
  await expect(bar(page).getByRole('tab')).toHaveCount(7)
  await expect(here(page)).toHaveText('practice-bucket')
  await run('previous tab')
  await expect(here(page)).toHaveText('reports')
  await page.locator('.crumbs .crumb').first().click({ button: 'middle' })
  await expect(bar(page).getByRole('tab')).toHaveCount(8)
  await run('close tab')
  await expect(bar(page).getByRole('tab')).toHaveCount(7)
  await expect(tab(page, 'Settings')).toHaveCount(1)
  await bar(page).getByRole('tab').last().click({ button: 'middle' })
  await expect(bar(page).getByRole('tab')).toHaveCount(6)
  await tab(page, 'Settings').click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Close other tabs' }).click()
  await expect(bar(page)).toHaveCount(0)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Settings')
})
