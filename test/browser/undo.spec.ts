import { expect, type Page } from '@playwright/test'
import { send } from '../practice/harness.ts'
import { addProfile, call, dialog, open, row, test, unlock } from './kit.ts'

/** Actions that are taken back: a deletion where the bucket has versions, moves, copies. */

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

test('a folder that was dragged into another comes back, and copies are removed again', async ({
  page,
  app,
}) => {
  await open(page, app)
  const place = { profileId: 'practice', bucket: 'practice-bucket' }
  for (const key of ['inbox/', 'drafts/', 'drafts/deep/'])
    await call(page, 'objects.makeFolder', { ...place, key })
  const keys = async (prefix: string): Promise<readonly string[]> =>
    (await call(page, 'objects.list', { ...place, prefix, cursor: null })).rows.map(
      ({ key }) => key,
    )
  await row(page, 'drafts').click()
  await row(page, 'drafts').locator('.nm').dragTo(row(page, 'inbox'))
  await expect(message(page)).toContainText('2 files were moved to inbox.')
  expect(await keys('inbox/')).toEqual(['inbox/drafts/'])
  expect(await keys('drafts/')).toEqual([])
  await page.keyboard.press('Control+z')
  await expect(message(page)).toContainText('2 files are back.')
  expect(await keys('inbox/')).toEqual([])
  expect(await keys('drafts/')).toEqual(['drafts/deep/'])

  await row(page, 'drafts').click()
  await page.keyboard.press('Control+c')
  await row(page, 'inbox').dblclick()
  await page.keyboard.press('Control+v')
  await expect(message(page)).toContainText('2 files were copied to inbox.')
  expect(await keys('inbox/')).toEqual(['inbox/drafts/'])
  await page.keyboard.press('Control+z')
  await expect(message(page)).toContainText('2 copies were removed again.')
  expect(await keys('inbox/')).toEqual([])
  expect(await keys('drafts/')).toEqual(['drafts/deep/'])
})
