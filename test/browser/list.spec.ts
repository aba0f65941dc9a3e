import { expect, type Page } from '@playwright/test'
import type { Practice } from '../tools/practice.ts'
import { openFiller } from '../core/bulk-kit.ts'
import { addProfile, call, dialog, objects, open, PASSPHRASE, row, test } from './kit.ts'
import { complaints, look } from './look.ts'

/** A folder whose rows are not all in the page: scrolled, filtered, searched, moved by hand. */

const OBJECTS = 3000

const names = (): readonly string[] => [
  'many/deep/er/needle.txt',
  'many/target/keep.txt',
  ...Array.from({ length: OBJECTS }, (_, i) => `many/object ${String(i).padStart(6, '0')}.bin`),
]
const selected = (page: Page) => objects(page).locator('[aria-selected=true]')
const foot = (page: Page) => page.locator('.gfoot')

async function openMany(page: Page, oss: Practice): Promise<void> {
  await call(page, 'secrets.unlock', { passphrase: PASSPHRASE })
  const id = await addProfile(page, oss, [oss.bucket])
  // The link opens the app once.
  await page.evaluate((hash) => (location.hash = hash), `/${id}/${oss.bucket}/many/`)
  await expect(foot(page)).toContainText('3,000 files, 2 folders')
}

test('3,000 rows: the end, a range, a filter as one deletion, and rows moved by the pointer', async ({
  app,
  page,
  oss,
}) => {
  oss.fill(names())
  await open(page, app)
  await openMany(page, oss)
  await expect(objects(page)).toHaveAttribute('aria-rowcount', '3003')
  await objects(page).focus()
  await page.keyboard.press('End')
  await expect(row(page, 'object 002999.bin')).toHaveAttribute('aria-selected', 'true')
  await expect(row(page, 'object 002999.bin')).toBeInViewport()
  await page.keyboard.press('Shift+Home')
  await expect(foot(page)).toContainText('Everything in many is selected')
  await page.keyboard.press('Escape')
  await expect(selected(page)).toHaveCount(0)

  // Largest first, and back: the head sorts all rows, not only those in the page.
  await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click()
  await expect(objects(page).getByRole('row').nth(2)).toContainText('object 002999.bin')
  await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click()

  // A row goes into a folder by the pointer.
  await row(page, 'object 000000.bin').locator('.nm').dragTo(row(page, 'target').locator('.nm'))
  const filler = openFiller(oss)
  await expect
    .poll(async () => (await filler.names('many/target/')).length, { intervals: [100] })
    .toBe(2)
  await expect(row(page, 'object 000000.bin')).toHaveCount(0)

  // A band over the rows, from beside a name.
  const box = await row(page, 'object 000003.bin').locator('.meta').nth(1).boundingBox()
  if (box === null) throw new Error('no row')
  await page.mouse.move(box.x + 4, box.y + 4)
  await page.mouse.down()
  await page.mouse.move(box.x + 20, box.y + 64, { steps: 4 })
  await page.mouse.up()
  await expect(selected(page)).toHaveCount(3)

  // 300 of them fit, and they are one deletion.
  await page.locator('#filter').fill('7.bin')
  await expect(foot(page)).toContainText('300 of 3,001 items here match')
  await page.keyboard.press('Escape')
  await page.locator('#filter').fill('7.bin')
  await page.keyboard.press('Tab')
  await objects(page).focus()
  await page.keyboard.press('Control+a')
  await expect(foot(page)).toContainText('All 300 that match are selected')
  await page.keyboard.press('Delete')
  await expect(dialog(page, 'Delete all 300 items that match?')).toContainText('300 objects')
  await dialog(page).getByRole('button', { name: 'Delete', exact: true }).click()
  await expect
    .poll(async () => (await filler.names('many/object')).length, { intervals: [100] })
    .toBe(OBJECTS - 301)
  filler.close()
})

test('a search below the folder finds, shows a hit in its folder, and keeps the rules of axe', async ({
  app,
  page,
  oss,
}) => {
  oss.fill(names())
  await open(page, app)
  await openMany(page, oss)
  await page.keyboard.press('Control+f')
  await page.keyboard.type('needle')
  await expect(page.getByRole('option', { name: /^Search below this folder/ })).toBeVisible()
  await page.keyboard.press('Enter')
  const results = page.getByRole('grid', { name: 'Search results' })
  const hit = results.getByRole('row').filter({ hasText: 'needle.txt' })
  await expect(hit).toContainText('many/deep/er')
  await expect(page.locator('.say2')).toContainText('All 3,002 looked at')
  await look(page, 'search')
  await hit.click()
  await page.keyboard.press('Control+Enter')
  await expect(page.locator('.crumbs [aria-current]')).toHaveText('er')
  await expect(row(page, 'needle.txt')).toHaveAttribute('aria-selected', 'true')

  // Every bucket of the profile, under a condition that nothing meets.
  await page.keyboard.press('Control+Shift+f')
  await page.keyboard.type('needle')
  await page.getByRole('button', { name: 'Size' }).first().click()
  await page.getByLabel('At least').fill('5')
  await expect(page.getByText('Nothing found for “needle”')).toBeVisible()
  await page.keyboard.press('Escape')
  await look(page, 'search-none')
  await page.getByRole('button', { name: 'Search without the conditions' }).click()
  await expect(hit).toBeVisible()
  expect(complaints).toEqual([])
})
