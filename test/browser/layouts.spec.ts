import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, type Page } from '@playwright/test'
import { png } from '../tools/look-samples.ts'
import { MARK, markedFiles } from '../tools/marked.ts'
import { call, objects, open, row, test, type Given, uploadPaths } from './kit.ts'
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

  await page.getByRole('button', { name: 'Layout, columns and order' }).click()
  await page.getByRole('menuitem', { name: 'Standard columns' }).click()
  await expect(heads(page)).toHaveText(['Name', 'Size', 'Modified', 'Class', 'EncryptionKey'])
  await expect(objects(page)).toBeVisible()
  expect(complaints).toEqual([])
})

const PLACE = { profileId: 'practice', bucket: 'practice-bucket' }
const PICTURES = 24
/** The pictures, a drawing and a text. */
const FILES = PICTURES + 2
const DRAWING =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100"><rect width="200" height="100"/></svg>'

/** Uploads pictures and a text into a folder, and opens that folder. */
async function openPictures(page: Page, folder: Given['folder']): Promise<void> {
  const source = join(folder, 'photos')
  await mkdir(source)
  const names = Array.from(
    { length: PICTURES },
    (_, i) => `picture ${String(i).padStart(2, '0')}.png`,
  )
  for (const [i, name] of names.entries())
    await writeFile(join(source, name), png(300 + 10 * i, 200, MARK))
  await writeFile(join(source, 'y-drawing.svg'), DRAWING)
  await writeFile(join(source, 'z-notes.txt'), MARK)
  await uploadPaths(page, { ...PLACE, prefix: '', keyId: null, paths: [source] })
  await page.evaluate((hash) => (location.hash = hash), '/practice/practice-bucket/photos/')
  await expect(page.locator('.gfoot')).toContainText(`${FILES} files`)
}

test('tiles show pictures from memory alone, and the keyboard and the pointer select them', async ({
  app,
  page,
  folder,
}) => {
  await open(page, app)
  await openPictures(page, folder)
  await objects(page).focus()
  await page.keyboard.press('Alt+2')
  const tiles = page.getByRole('listbox', { name: /^Objects in/ })
  const selected = tiles.locator('[aria-selected=true]')
  const tile = (name: string) => tiles.getByRole('option').filter({ hasText: name })
  await expect(tiles).toBeFocused()
  await expect(tile('picture 00.png').locator('canvas')).toBeVisible()
  await expect(tile('picture 00.png')).toHaveAttribute('aria-setsize', String(FILES))
  await expect(page.locator('.gfoot')).toContainText('Thumbnails are decrypted in memory')

  // Two dimensions. The number of tiles in a line depends on the window.
  await page.keyboard.press('Home')
  await expect(tile('picture 00.png')).toHaveAttribute('aria-selected', 'true')
  await page.keyboard.press('End')
  const across = Number(await selected.getAttribute('aria-posinset'))
  expect(across).toBeGreaterThan(3)
  await page.keyboard.press('ArrowDown')
  await expect(selected).toHaveAttribute('aria-posinset', String(2 * across))
  await page.keyboard.press('ArrowLeft')
  await expect(selected).toHaveAttribute('aria-posinset', String(2 * across - 1))
  await page.keyboard.press('Shift+ArrowUp')
  await expect(selected).toHaveCount(across + 1)
  await page.keyboard.press('Control+End')
  await expect(tile('z-notes.txt')).toBeInViewport()
  await expect(tile('z-notes.txt').locator('canvas')).toHaveCount(0)
  const drawing = tile('y-drawing.svg').locator('canvas')
  await expect(drawing).toBeVisible()
  expect(
    await drawing.evaluate((canvas: HTMLCanvasElement) =>
      Array.from(canvas.getContext('2d')?.getImageData(200, 100, 1, 1).data ?? []),
    ),
  ).toEqual([0, 0, 0, 255])
  await page.keyboard.press('Control+Home')
  await page.keyboard.type('picture 01')
  await expect(tile('picture 01.png')).toHaveAttribute('aria-selected', 'true')

  // A band takes the tiles that it touches: two in each of two lines.
  const [from, to] = [
    await tile('picture 00.png').boundingBox(),
    await tiles
      .getByRole('option')
      .nth(across + 1)
      .boundingBox(),
  ]
  if (from === null || to === null) throw new Error('no tile')
  await page.mouse.move(from.x + 20, from.y + 174)
  await page.mouse.down()
  await page.mouse.move(to.x + 30, to.y + 60, { steps: 5 })
  await page.mouse.up()
  await expect(selected).toHaveCount(4)
  await tile('picture 02.png').hover()
  await tile('picture 02.png').locator('[data-tick]').click()
  await expect(selected).toHaveCount(5)
  await look(page, 'tiles')

  // The filter by type, in tiles too.
  await page.getByRole('button', { name: 'Conditions', exact: true }).click()
  await page.getByRole('button', { name: 'Type', exact: true }).click()
  await page.getByRole('menuitemcheckbox', { name: 'Text' }).click()
  await expect(page.locator('.gfoot')).toContainText(`1 of ${FILES} items here match`)
  await expect(tiles.getByRole('option')).toHaveText([/z-notes\.txt/])
  await page.getByRole('button', { name: 'Clear conditions' }).click()

  // The core stores the layout of this folder alone. A reload shows the pictures again.
  await page.reload()
  await expect(tile('picture 00.png').locator('canvas')).toBeVisible()
  await page.evaluate((hash) => (location.hash = hash), '/practice/practice-bucket/')
  await expect(row(page, 'photos')).toBeVisible()
  await page.goBack()
  await expect(tile('picture 00.png').locator('canvas')).toBeVisible()
  await page.getByRole('radio', { name: 'List' }).click()
  await expect(row(page, 'picture 00.png')).toBeVisible()
  expect(await markedFiles(app.data)).toEqual([])
  expect(complaints).toEqual([])
})
