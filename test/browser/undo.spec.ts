import { expect, type Page } from '@playwright/test'
import { send } from '../practice/harness.ts'
import { addProfile, dialog, open, row, test, unlock } from './kit.ts'

/** A deletion in a bucket with versions can be taken back. */

const message = (page: Page) => page.locator('.msgbar')
test('a deletion is taken back where the bucket has versions', async ({ page, app, oss }) => {
  await open(page, app)
  await unlock(page)
  const bucket = oss.bucket
  await send(oss, {
    method: 'PUT',
    query: { versioning: null },
    body: '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>',
  })
  for (const key of ['first.txt', 'second.txt', 'third.txt'])
    await send(oss, { method: 'PUT', key, body: `body of ${key}` })
  const profileId = await addProfile(page, oss, [bucket])
  await page.goto(`${page.url().replace(/#.*/, '')}#/${profileId}/${bucket}/`)
  await row(page, 'first.txt').click()
  await row(page, 'second.txt').click({ modifiers: ['Control'] })
  await page.keyboard.press('Delete')
  await dialog(page).getByRole('button', { name: 'Delete' }).click()
  await expect(message(page)).toContainText('2 files were deleted.')
  await expect(row(page, 'first.txt')).toHaveCount(0)
  await expect(row(page, 'second.txt')).toHaveCount(0)
  await page.keyboard.press('Control+z')
  await expect(message(page)).toContainText('2 files were restored.')
  await expect(row(page, 'first.txt')).toBeVisible()
  await expect(row(page, 'second.txt')).toBeVisible()
  expect((await send(oss, { key: 'first.txt' })).text).toBe('body of first.txt')
})
