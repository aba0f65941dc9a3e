import { expect, type Page } from '@playwright/test'
import { call, objects, open, row, test } from './kit.ts'
import { complaints, look } from './look.ts'

/** The columns and the layouts of a folder, which the core stores for all windows. */

const heads = (page: Page) => page.locator('#list-head [role=columnheader]')
const head = (page: Page, name: string) => page.getByRole('columnheader', { name })
const widthOf = async (page: Page, name: string): Promise<number> =>
  Math.round((await head(page, name).boundingBox())?.width ?? 0)

test('columns are chosen, moved and sized by pointer and by keys, and stay over a reload', async ({
  app,
  page,
}) => {
  await open(page, app)
  await expect(heads(page)).toHaveText(['Name', 'Size', 'Modified', 'Class', 'EncryptionKey'])

  // Chosen, by the menu of a head.
  await head(page, 'Class').click({ button: 'right' })
  await page.getByRole('menuitemcheckbox', { name: 'Class' }).click()
  await expect(heads(page)).toHaveText(['Name', 'Size', 'Modified', 'EncryptionKey'])

  // Moved by the pointer, which does not sort.
  await head(page, 'Encryption').getByRole('button', { name: 'Encryption' }).hover()
  await page.mouse.down()
  const size = await head(page, 'Size').boundingBox()
  if (size === null) throw new Error('no head')
  await page.mouse.move(size.x + 4, size.y + 10, { steps: 5 })
  await page.mouse.up()
  await expect(heads(page)).toHaveText(['Name', 'EncryptionKey', 'Size', 'Modified'])
  await expect(head(page, 'Name')).toHaveAttribute('aria-sort', 'ascending')
  await expect(row(page, 'welcome (encrypted).txt').getByRole('gridcell').nth(1)).toContainText(
    'Encrypted',
  )

  // Moved by keys. The head keeps the focus.
  await head(page, 'Modified').getByRole('button').focus()
  await page.keyboard.press('Control+ArrowLeft')
  await expect(heads(page)).toHaveText(['Name', 'EncryptionKey', 'Modified', 'Size'])
  await expect(head(page, 'Modified').getByRole('button')).toBeFocused()

  // Sized by keys, by the edge, and by a double click on the edge.
  const before = await widthOf(page, 'Modified')
  await page.keyboard.press('Shift+ArrowRight')
  await expect.poll(() => widthOf(page, 'Modified')).toBe(before + 8)
  const edge = head(page, 'Size').locator('.col-edge')
  const at = await edge.boundingBox()
  if (at === null) throw new Error('no edge')
  const narrow = await widthOf(page, 'Size')
  await page.mouse.move(at.x + 5, at.y + 10)
  await page.mouse.down()
  await page.mouse.move(at.x - 55, at.y + 10, { steps: 4 })
  await page.mouse.up()
  await expect.poll(() => widthOf(page, 'Size')).toBe(narrow + 60)
  await look(page, 'columns')
  await page.reload()
  await expect(heads(page)).toHaveText(['Name', 'EncryptionKey', 'Modified', 'Size'])
  await expect.poll(() => widthOf(page, 'Size')).toBe(narrow + 60)
  await edge.dblclick()
  await expect.poll(() => widthOf(page, 'Size')).toBeLessThan(narrow + 20)

  // A narrow window keeps the name. Another window of the same core has the same columns.
  await page.setViewportSize({ width: 760, height: 560 })
  await expect(head(page, 'Name')).toBeVisible()
  expect(await widthOf(page, 'Name')).toBeGreaterThan(150)
  await page.setViewportSize({ width: 1280, height: 800 })
  const { columns } = await call(page, 'places.get', {})
  expect(columns.level?.map(({ name }) => name)).toEqual(['state', 'modified', 'size'])
  expect(columns.below).toBeNull()

  await page.getByRole('button', { name: 'Columns' }).click()
  await page.getByRole('menuitem', { name: 'Standard columns' }).click()
  await expect(heads(page)).toHaveText(['Name', 'Size', 'Modified', 'Class', 'EncryptionKey'])
  await expect(objects(page)).toBeVisible()
  expect(complaints).toEqual([])
})
