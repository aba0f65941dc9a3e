import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, type Page } from '@playwright/test'
import { dialog, objects, open, row, test, transfer } from './kit.ts'
import { dropPaths } from './loopback-app.ts'

/** The first folder anyone sees, with the guide above it, in the smallest window. */

const LIST = '[role=grid][aria-label^="Objects in"]'
test.use({ viewport: { width: 880, height: 560 } })

const dropText = (page: Page): Promise<void> =>
  page.locator(LIST).evaluate((list) => {
    const dataTransfer = new DataTransfer()
    dataTransfer.setData('text/plain', 'words')
    for (const type of ['dragenter', 'dragover', 'drop'])
      list.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }))
  })

test('after the first upload the list still has room, and no old refusal stands above it', async ({
  page,
  app,
  folder,
}) => {
  await open(page, app)
  await dropText(page)
  const refusal = page.getByText('Only files and folders can be dropped here.')
  await expect(refusal).toBeVisible()

  await writeFile(join(folder, 'a.txt'), 'first')
  await dropPaths(page, LIST, [join(folder, 'a.txt')])
  await dialog(page, /^Encrypt and upload/)
    .getByRole('button', { name: 'Encrypt and upload' })
    .click()
  await expect(transfer(page, 'a.txt')).toContainText('Done')
  await expect(refusal).toBeHidden()
  for (const name of ['letters', 'a.txt'])
    await expect(row(page, name)).toBeInViewport({ ratio: 1 })
  // The guide is one line now, and whole again when it is asked for.
  await page.getByRole('button', { name: 'Show all steps' }).click()
  await page.getByRole('button', { name: 'Add profile…' }).scrollIntoViewIfNeeded()
  await expect(page.getByRole('button', { name: 'Add profile…' })).toBeInViewport({ ratio: 1 })
})

test('F6 goes to something that can be used in every region', async ({ page, app }) => {
  await page.setViewportSize({ width: 1280, height: 800 })
  await open(page, app)
  await row(page, 'welcome (encrypted).txt').click()
  await objects(page).focus()
  await page.keyboard.press('F6')
  await expect(
    page
      .getByRole('complementary', { name: 'Details' })
      .getByRole('button', { name: 'Download', exact: true }),
  ).toBeFocused()
})
