import AxeBuilder from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'
import { call, dialog, goTo, objects, open, row, test } from './kit.ts'

/** The ways through the window: history and addresses, the palette, favorites, messages. */

const PRACTICE = { profileId: 'practice', bucket: 'practice-bucket' } as const
const ADDRESS = '#/practice/practice-bucket'
const make = (page: Page, key: string) => call(page, 'objects.makeFolder', { ...PRACTICE, key })
const hash = (page: Page) => new URL(page.url()).hash
const here = (page: Page) => page.locator('.crumbs [aria-current]')
const message = (page: Page) => page.locator('.msgbar')
const sorted = (page: Page, name: string) => page.getByRole('columnheader', { name })

async function axe(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
}

test('Back, reload and a bookmark lead to the same folder in its own order', async ({
  page,
  app,
  context,
}) => {
  await open(page, app)
  const odd = '50% #1 ?sort=size&税'
  for (const key of [`${odd}/`, `${odd}/below/`, `${odd}/below/deep/`]) await make(page, key)
  const buttons = page.getByRole('group', { name: 'History' })
  await expect(buttons.getByRole('button', { name: /^Back/ })).toBeDisabled()
  await row(page, odd).dblclick()
  await expect(here(page)).toHaveText(odd)
  expect(hash(page)).toBe(`${ADDRESS}/${encodeURIComponent(odd)}/`)
  await sorted(page, 'Size').getByRole('button').click()
  await expect.poll(() => hash(page)).toMatch(/\?sort=-size$/)
  await row(page, 'below').dblclick()
  await expect(here(page)).toHaveText('below')
  await expect(sorted(page, 'Name')).toHaveAttribute('aria-sort', 'ascending')
  await buttons.getByRole('button', { name: /^Back/ }).click()
  await expect(here(page)).toHaveText(odd)
  await expect(sorted(page, 'Size')).toHaveAttribute('aria-sort', 'descending')
  await page.reload()
  await expect(here(page)).toHaveText(odd)
  await expect(sorted(page, 'Size')).toHaveAttribute('aria-sort', 'descending')
  const bookmark = page.url()
  await buttons.getByRole('button', { name: /^Forward/ }).click()
  await expect(here(page)).toHaveText('below')
  await buttons.getByRole('button', { name: /^Parent folder/ }).click()
  await expect(here(page)).toHaveText(odd)
  // A second tab, as a bookmark opens it: the address alone decides.
  const tab = await context.newPage()
  await tab.goto(bookmark)
  await expect(here(tab)).toHaveText(odd)
  await expect(sorted(tab, 'Size')).toHaveAttribute('aria-sort', 'descending')
  await tab.goto(bookmark.replace('?sort=-size', '?sort=name'))
  await expect(sorted(tab, 'Name')).toHaveAttribute('aria-sort', 'ascending')
  await tab.close()
  for (const secret of ['key', 'secret', 'token', 'cookie']) expect(bookmark).not.toContain(secret)
})

test('an address of a place that is gone ends in a page that says so', async ({ page, app }) => {
  await open(page, app)
  const goTo = (address: string) =>
    page.evaluate((to) => {
      location.hash = to
    }, address)
  await goTo(`${ADDRESS}/was/here/`)
  await expect(page.getByRole('heading', { name: 'There is no folder “was/here”' })).toBeVisible()
  await axe(page)
  await goTo('#/gone-profile/some-bucket/')
  const title = 'The profile of this address is not here'
  await expect(page.getByRole('heading', { name: title })).toBeVisible()
  await page.reload()
  await expect(page.getByRole('heading', { name: title })).toBeVisible()
  await goTo('#/practice/no-such-bucket/')
  await expect(page.getByRole('alert').getByRole('heading')).toBeVisible()
  await goTo(`${ADDRESS}/./`)
  await expect(objects(page).or(page.getByRole('heading', { level: 2 }))).not.toHaveCount(0)
  await goTo(`${ADDRESS}/`)
  await expect(row(page, 'welcome (encrypted).txt')).toBeVisible()
})

test('the palette goes to places and files, and runs what is possible', async ({ page, app }) => {
  await open(page, app)
  await make(page, 'reports/')
  await row(page, 'reports').dblclick()
  await page.goBack()
  await row(page, 'welcome (encrypted).txt').click()
  await page.keyboard.press('Control+k')
  const palette = dialog(page, 'Go to a place or run a command')
  const field = palette.getByRole('combobox')
  await expect(field).toBeFocused()
  await expect(palette.getByRole('group', { name: 'Places' }).getByRole('option')).toHaveCount(1)
  await expect(palette.getByRole('group', { name: 'Commands' }).getByRole('option')).toHaveCount(3)
  await axe(page)
  await field.fill('rep')
  const [first] = [palette.getByRole('option').first()]
  await expect(first).toHaveText(/^reports/)
  await expect(first.locator('b')).toHaveText('rep')
  const id = await first.getAttribute('id')
  await expect(field).toHaveAttribute('aria-activedescendant', id ?? '')
  await field.press('Enter')
  await expect(here(page)).toHaveText('reports')
  await expect(palette).toHaveCount(0)

  await page.keyboard.press('Control+k')
  await field.fill('> sett')
  await expect(palette.getByRole('group', { name: 'Places' })).toHaveCount(0)
  await expect(palette.getByRole('option', { selected: true })).toContainText('Ctrl+,')
  await field.press('Enter')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Settings')
  // Commands of the list are not possible here.
  await page.keyboard.press('Control+k')
  await field.fill('>')
  await expect(palette.getByRole('option', { name: /New folder/ })).toHaveCount(0)
  await expect(palette.getByRole('option', { name: /^Settings/ })).toHaveCount(0)
  await field.press('Escape')
  await expect(palette).toHaveCount(0)
  await expect(page.locator(':focus')).not.toHaveCount(0)
})

test('favorites come by key, menu and drag, and go with Undo', async ({ page, app }) => {
  await open(page, app)
  await make(page, 'kept/')
  await make(page, 'dragged/')
  const sidebar = page.getByRole('navigation', { name: 'Main' })
  const favorites = sidebar.getByRole('list', { name: 'Favorites' })
  // A row that arrives between two presses would move the others.
  await expect(row(page, 'dragged')).toBeVisible()
  await row(page, 'kept').dblclick()
  await expect(here(page)).toHaveText('kept')
  await page.keyboard.press('Control+Shift+D')
  await expect(favorites.getByRole('link')).toHaveText(['kept'])
  const tree = sidebar.getByRole('tree')
  await tree.getByRole('treeitem', { name: 'practice-bucket' }).click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Add to favorites' }).click()
  await expect(favorites.getByRole('link')).toHaveText(['kept', 'practice-bucket'])
  await tree.getByRole('treeitem', { name: 'dragged' }).dragTo(favorites)
  await expect(favorites.getByRole('link')).toHaveText(['kept', 'practice-bucket', 'dragged'])
  await expect(message(page)).toContainText('“dragged” was added')
  await page.keyboard.press('Control+z')
  await expect(favorites.getByRole('link')).toHaveText(['kept', 'practice-bucket'])
  await page.reload()
  await favorites.getByRole('link', { name: 'kept' }).focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(here(page)).toHaveText('practice-bucket')
  // A favorite whose folder is gone says so, and can be removed there.
  await call(page, 'objects.remove', { ...PRACTICE, keys: ['kept/'] })
  await favorites.getByRole('link', { name: 'kept' }).click()
  await expect(page.getByRole('heading', { name: 'There is no folder “kept”' })).toBeVisible()
  await page.getByRole('button', { name: 'Remove from favorites' }).click()
  await expect(favorites.getByRole('link')).toHaveText(['practice-bucket'])
  await axe(page)
})

test('a message tells what was done, and Ctrl+Z takes it back', async ({ page, app }) => {
  await open(page, app)
  await page.getByRole('button', { name: 'Upload', exact: true }).click()
  await page.getByRole('menuitem', { name: 'New folder…' }).click()
  await dialog(page).getByLabel('Name').fill('made')
  await page.keyboard.press('Enter')
  await expect(message(page)).toContainText('Folder “made” was created.')
  await expect(row(page, 'made')).toHaveAttribute('aria-selected', 'true')
  await axe(page)
  await page.keyboard.press('F6')
  for (let i = 0; i < 6; i++) {
    if ((await message(page).locator(':focus').count()) > 0) break
    await page.keyboard.press('F6')
  }
  await expect(message(page).getByRole('button', { name: /^Undo/ })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(message(page)).toContainText('Folder “made” was removed.')
  await expect(row(page, 'made')).toHaveCount(0)

  // A rename is taken back under the old name, but never over an object that came meanwhile.
  const name = 'anyone-can-read-this.txt'
  const rename = async (to: string) => {
    await row(page, name).click()
    await page.keyboard.press('F2')
    await dialog(page).getByLabel('New name').fill(to)
    await page.keyboard.press('Enter')
    await expect(message(page)).toContainText(`Renamed to “${to}”.`)
    await expect(row(page, to)).toHaveAttribute('aria-selected', 'true')
  }
  await rename('other.txt')
  await page.keyboard.press('Control+z')
  await expect(message(page)).toContainText(`“${name}” is back.`)
  await expect(row(page, name)).toHaveAttribute('aria-selected', 'true')
  await rename('other.txt')
  await call(page, 'copies.start', {
    from: PRACTICE,
    keys: ['welcome (encrypted).txt'],
    to: PRACTICE,
    toPrefix: null,
    toKey: name,
    move: false,
    existing: 'fail',
  })
  await expect(row(page, name)).toBeVisible()
  await message(page).getByRole('button', { name: /^Undo/ }).click()
  await expect(message(page)).toContainText('It stays')
  await expect(row(page, 'other.txt')).toBeVisible()
  await expect(row(page, name)).toContainText('Encrypted')

  await row(page, 'other.txt').click()
  await page.keyboard.press('Delete')
  await dialog(page).getByRole('button', { name: 'Delete' }).click()
  await expect(message(page)).toContainText('“other.txt” was deleted for good.')
  await expect(message(page).getByRole('button', { name: /^Undo/ })).toHaveCount(0)
  await message(page).getByRole('button', { name: 'Dismiss' }).click()
  await expect(message(page)).toHaveCount(0)
})

test('a narrow window has a rail of icons, and places over the page', async ({ page, app }) => {
  await page.setViewportSize({ width: 760, height: 700 })
  await open(page, app)
  const rail = page.getByRole('navigation', { name: 'Main' })
  expect((await rail.boundingBox())?.width).toBe(52)
  await goTo(page, 'Transfers')
  await axe(page)
  await rail.getByRole('button', { name: 'Show places' }).click()
  const places = page.getByRole('navigation', { name: 'Places' })
  await axe(page)
  await places.getByRole('treeitem', { name: 'practice-bucket' }).click()
  await expect(places).toHaveCount(0)
  await expect(row(page, 'welcome (encrypted).txt')).toBeVisible()
  await rail.getByRole('button', { name: 'Show places' }).click()
  await places.getByRole('treeitem', { name: 'practice-bucket' }).press('Escape')
  await expect(places).toHaveCount(0)
})
