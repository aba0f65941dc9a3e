import { expect, type Page } from '@playwright/test'
import { send } from '../practice/harness.ts'
import { addProfile, call, dialog, open, row, test, unlock } from './kit.ts'

/** The window takes actions back, acts on nothing where it must not, and says so. */

const PRACTICE = { profileId: 'practice', bucket: 'practice-bucket' } as const
const message = (page: Page) => page.locator('.msgbar')
const undo = (page: Page) => message(page).getByRole('button', { name: /^Undo/ })
const keys = async (page: Page, prefix: string) =>
  (await call(page, 'objects.list', { ...PRACTICE, prefix, cursor: null })).rows.map(
    ({ key }) => key,
  )

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

test('a moved folder comes back, and a copied one is removed again', async ({ page, app }) => {
  await open(page, app)
  for (const key of ['box/', 'from/', 'from/deep/'])
    await call(page, 'objects.makeFolder', { ...PRACTICE, key })
  await call(page, 'copies.start', {
    from: PRACTICE,
    keys: ['welcome (encrypted).txt'],
    to: PRACTICE,
    toPrefix: 'from/deep/',
    toKey: null,
    move: false,
    existing: 'fail',
  })
  await expect.poll(() => keys(page, 'from/deep/')).toHaveLength(1)
  await expect(row(page, 'from')).toBeVisible()
  await row(page, 'from').locator('.nm').dragTo(row(page, 'box').locator('.nm'))
  await expect(message(page)).toContainText('moved to box')
  expect(await keys(page, 'box/from/')).toEqual(['box/from/deep/'])
  await undo(page).click()
  await expect(message(page)).toContainText('3 files are back.')
  expect(await keys(page, 'from/deep/')).toEqual(['from/deep/welcome (encrypted).txt'])
  expect(await keys(page, 'box/')).toEqual([])
  await expect(row(page, 'from')).toHaveAttribute('aria-selected', 'true')
  await page.keyboard.press('Control+c')
  await row(page, 'box').dblclick()
  await expect(page.locator('.crumbs [aria-current]')).toHaveText('box')
  await page.keyboard.press('Control+v')
  await expect(message(page)).toContainText('copied to box')
  await undo(page).click()
  await expect(message(page)).toContainText('3 copies were removed again.')
  expect(await keys(page, 'box/')).toEqual([])
  expect(await keys(page, 'from/')).toEqual(['from/deep/'])
})

test('a message lies over no row; a broken filter, a lost bucket and a search say so', async ({
  page,
  app,
}) => {
  await page.setViewportSize({ width: 1280, height: 640 })
  await open(page, app)
  for (let n = 0; n < 14; n++)
    await call(page, 'objects.makeFolder', { ...PRACTICE, key: `folder ${n}/` })
  await expect(row(page, 'folder 13')).toHaveCount(1)
  await page.locator('[data-region="list"]').focus()
  await page.keyboard.press('End')
  await page.keyboard.press('Control+Shift+d')
  await expect(message(page)).toBeVisible()
  const bar = await message(page).boundingBox()
  const list = await page.locator('.list-wrap').boundingBox()
  expect(bar?.y).toBeGreaterThanOrEqual((list?.y ?? 0) + (list?.height ?? 0) - 1)

  // The palette searches for what was typed.
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: /Type a place/ }).fill('who am i')
  await expect(page.getByRole('option')).toHaveText([/Search for “who am i”/])
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: /^Search in/ })).toHaveCount(1)
  await expect(page.locator('#filter')).toHaveValue('who am i')
  await page.locator('#filter').press('Escape')

  // Under a filter that cannot be read, no action has a row.
  await page.getByRole('button', { name: 'Conditions' }).click()
  await page.getByRole('button', { name: /^Match/ }).click()
  await page.getByRole('menuitemradio', { name: 'Regular expression' }).click()
  await page.locator('#filter').fill('[')
  await page.locator('[data-region="list"]').focus()
  await page.keyboard.press('Control+a')
  await expect(page.getByText('not a regular expression, so nothing was chosen')).toBeVisible()
  await page.keyboard.press('Delete')
  await expect(dialog(page)).toHaveCount(0)
  await page.evaluate(() => {
    location.hash = '#/practice/no-such-bucket/'
  })
  await expect(
    page.getByRole('heading', { name: 'There is no bucket “no-such-bucket”' }),
  ).toBeVisible()
})
