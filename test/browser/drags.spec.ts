import { expect, type Locator, type Page } from '@playwright/test'
import { call, objects, open, row, test } from './kit.ts'

/** Rows that are dragged from one window onto another, and onto the sidebar. */

const PRACTICE = { profileId: 'practice', bucket: 'practice-bucket' } as const
const TYPE = 'application/x-cipherbucket-rows'
const make = (page: Page, key: string) => call(page, 'objects.makeFolder', { ...PRACTICE, key })
const message = (page: Page) => page.locator('.msgbar')

/** Starts a drag of a row, and returns its data. No tool moves a pointer between two windows. */
async function drag(page: Page, name: string): Promise<string> {
  const transfer = await page.evaluateHandle(() => new DataTransfer())
  await row(page, name).locator('.nm').dispatchEvent('dragstart', { dataTransfer: transfer })
  return transfer.evaluate((one, type) => one.getData(type), TYPE)
}

/** Brings data over an element of another window, and drops it there. */
async function drop(page: Page, to: Locator, data: string, ctrlKey = false): Promise<void> {
  const dataTransfer = await page.evaluateHandle(
    ([type, text]) => {
      const transfer = new DataTransfer()
      transfer.setData(type, text)
      return transfer
    },
    [TYPE, data] as const,
  )
  await to.dispatchEvent('dragover', { dataTransfer, ctrlKey })
  await to.dispatchEvent('drop', { dataTransfer, ctrlKey })
}

test('rows move between windows, and data of other pages moves nothing', async ({
  page,
  app,
  context,
}) => {
  await open(page, app)
  for (const key of ['inbox/', 'drafts/', 'albums/']) await make(page, key)
  const other = await context.newPage()
  await other.goto(page.url())
  await expect(row(other, 'drafts')).toBeVisible()
  const keys = async (prefix: string) =>
    (await call(page, 'objects.list', { ...PRACTICE, prefix, cursor: null })).rows.map(
      ({ key }) => key,
    )
  // Ctrl copies onto a folder of the other window.
  await row(page, 'welcome (encrypted).txt').click()
  await drop(other, row(other, 'inbox'), await drag(page, 'welcome (encrypted).txt'), true)
  await expect(message(other)).toContainText('copied')
  await expect.poll(() => keys('inbox/')).toContain('inbox/welcome (encrypted).txt')
  // Onto the open list of the other window, which shows another folder. The rows move.
  await row(other, 'inbox').dblclick()
  await expect(row(other, 'welcome (encrypted).txt')).toBeVisible()
  await drop(page, objects(page), await drag(other, 'welcome (encrypted).txt'))
  // The name is taken there, so the transfer asks. Nothing is replaced.
  await expect.poll(() => keys('inbox/')).toContain('inbox/welcome (encrypted).txt')
  await row(page, 'drafts').click()
  await drop(other, objects(other), await drag(page, 'drafts'))
  await expect.poll(() => keys('inbox/')).toContain('inbox/drafts/')
  await expect(row(page, 'drafts')).toHaveCount(0)
  // The same drag a second time, and data that another page wrote.
  await row(page, 'albums').click()
  const data = await drag(page, 'albums')
  const forged = data.replace(/"id":"[^"]+"/, '"id":"guessed"')
  expect(forged).not.toBe(data)
  for (const foreign of [forged, 'no JSON', '']) {
    await drop(other, objects(other), foreign)
    await expect(other.getByText('do not come from a window of Cipherbucket')).toBeVisible()
    await other.keyboard.press('Control+k')
    await other.keyboard.press('Escape')
    await expect(other.getByText('do not come from a window')).toHaveCount(0)
  }
  expect(await keys('')).toContain('albums/')
  // Favorites take rows, and their heading takes a folder as a favorite.
  await call(page, 'places.change', {
    do: 'favorite',
    place: { ...PRACTICE, prefix: 'inbox/' },
    on: true,
  })
  const favorites = page.getByRole('list', { name: 'Favorites' })
  await row(page, 'albums')
    .locator('.nm')
    .dragTo(page.getByText('Favorites', { exact: true }))
  await expect(favorites.getByRole('link')).toHaveText(['inbox', 'albums'])
  await row(page, 'albums')
    .locator('.nm')
    .dragTo(favorites.getByRole('link', { name: 'inbox' }))
  await expect.poll(() => keys('inbox/')).toContain('inbox/albums/')
})
