import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { dialog, objects, open, row, test } from './kit.ts'

/** No mouse is touched here. */

test('the main job with the keyboard alone: choose, upload, look at the details, download', async ({
  page,
  app,
  folder,
}) => {
  await mkdir(join(folder, 'saved'))
  await writeFile(join(folder, 'report.txt'), 'the report')
  await open(page, app)
  const press = (...keys: readonly string[]) =>
    keys.reduce<Promise<void>>(
      (before, key) => before.then(() => page.keyboard.press(key)),
      Promise.resolve(),
    )

  // The chooser stands in the home folder; type-ahead finds the file, Enter takes it.
  await press('Control+u')
  const chooser = dialog(page, 'Choose files')
  await expect(chooser.getByRole('option').filter({ hasText: 'report.txt' })).toBeVisible()
  await press('r', 'Enter')
  const sheet = dialog(page, /^Encrypt and upload/)
  await expect(sheet.getByRole('button', { name: 'Encrypt and upload' })).toBeEnabled()
  await press('Control+Enter')
  await expect(sheet).toBeHidden()
  await expect(row(page, 'report.txt')).toContainText('Practice key')

  // Tab finds the list; a letter finds the row; the details say what is stored.
  for (
    let i = 0;
    i < 40 && !(await objects(page).evaluate((grid) => grid.contains(document.activeElement)));
    i++
  )
    await press('Tab')
  await expect(objects(page)).toBeFocused()
  await press('r')
  await expect(row(page, 'report.txt')).toHaveAttribute('aria-selected', 'true')
  const details = page.getByRole('complementary', { name: 'Details' })
  if (!(await details.isVisible())) await press('Alt+Enter')
  await expect(details).toContainText('You can open it with Practice key')

  await expect(objects(page)).toBeFocused()
  await press('Enter')
  const target = dialog(page, 'Choose a target folder')
  await expect(target.getByRole('option').filter({ hasText: 'saved' })).toBeVisible()
  await press('s', 'Control+Enter')
  await expect
    .poll(() => readFile(join(folder, 'saved/report.txt'), 'utf8').catch(() => ''))
    .toBe('the report')
  await expect(target).toBeHidden()
  await expect(objects(page)).toBeFocused()
})
