import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, type Locator, type Page } from '@playwright/test'
import { GBK_TEXT, HEIC, pdf, png, tiff, wav } from '../tools/look-samples.ts'
import { MARK, markedFiles } from '../tools/marked.ts'
import { dialog, objects, open, row, test as base, uploadPaths } from './kit.ts'
import { complaints, look } from './look.ts'

/**
 * Looks at one file of each kind as a person does. Nothing of any of them lies on the disk
 * afterwards, and the policy of the page refuses nothing.
 */

const FILES: Readonly<Record<string, Buffer>> = {
  'a-picture.png': png(640, 400, MARK),
  'b-scan.tiff': tiff(320, 200),
  'b-shot.heic': HEIC,
  'c-report.pdf': pdf(300, MARK),
  'd-sound.wav': wav(60, MARK),
  'e-notes.txt': GBK_TEXT,
  'f-code.ts': Buffer.from(`// ${MARK}\nexport const answer: number = 42\n`),
  'g-survey.e57': Buffer.from(`${MARK}${'x'.repeat(5000)}`),
}
const PLACE = { profileId: 'practice', bucket: 'practice-bucket' }

const test = base.extend<{ looked: Locator }>({
  /** The folder of the samples is shown, and all of them are there. */
  looked: async ({ page, app, folder }, use) => {
    const source = join(folder, 'look')
    await mkdir(source)
    for (const [name, bytes] of Object.entries(FILES)) await writeFile(join(source, name), bytes)
    await open(page, app)
    const paths = Object.keys(FILES).map((name) => join(source, name))
    await uploadPaths(page, { ...PLACE, prefix: 'look/', keyId: null, paths })
    await page.goto(`${new URL(page.url()).origin}/#/practice/practice-bucket/look/`)
    // They are uploaded at the same time, and the last name may be there first.
    for (const name of Object.keys(FILES)) await expect(row(page, name)).toBeVisible()
    await use(dialog(page, /^Quick look/))
  },
})

const type = (page: Page, ...keys: readonly string[]) =>
  keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve())

test('each kind is shown, and nothing of it is on the disk', async ({ page, app, looked }) => {
  await row(page, 'a-picture.png').click()
  await objects(page).focus()
  await type(page, 'Space')
  await expect(looked).toContainText('640 × 400')
  await expect(looked).toContainText('Decrypted in memory, nothing is written to disk')
  await expect(looked).toContainText('Intact, all of it was checked')
  await expect(looked).toContainText('1 of 8')
  await type(page, '+')
  await expect(looked.getByRole('button', { name: '150 %' })).toBeVisible()
  await type(page, '0')
  await expect(looked.getByRole('button', { name: 'Fit' })).toBeVisible()
  await look(page, 'look-picture')

  await type(page, 'ArrowRight')
  await expect(looked).toContainText('320 × 200')
  await type(page, 'ArrowRight')
  await expect(looked).toContainText('64 × 48')

  await type(page, 'ArrowRight')
  await expect(looked).toContainText('300 pages')
  await expect(looked.locator('canvas[data-page="1"]')).toBeVisible()
  await type(page, 'PageDown')
  await expect(looked.locator('canvas[data-page="2"]')).toBeVisible()
  await type(page, 'End')
  await expect(looked.locator('canvas[data-page="300"]')).toBeVisible()
  await look(page, 'look-pdf')

  await type(page, 'ArrowRight')
  await expect(looked).toContainText('/ 1:00')
  await type(page, 'k')
  await expect(looked.getByRole('button', { name: 'Pause' })).toBeVisible()
  await type(page, 'k')
  await looked.getByRole('slider', { name: 'Position' }).focus()
  await type(page, 'End')
  await expect(looked).toContainText('1:00 / 1:00')
  await type(page, 'ArrowLeft', 'ArrowLeft')
  await expect(looked).toContainText('0:50 / 1:00')

  await looked.getByRole('button', { name: 'Next file' }).click()
  await expect(looked).toContainText('会议纪要')
  await expect(looked.getByRole('button', { name: /Encoding/ })).toContainText('GB 18030 (guessed)')
  await type(page, 'Control+f')
  await page.keyboard.type('沉降')
  await expect(looked).toContainText('1 of 2')
  await look(page, 'look-text')
  await type(page, 'Escape')
  await expect(looked).toBeVisible()

  await looked.getByRole('button', { name: 'Next file' }).click()
  await expect(looked.locator('.hl-keyword').first()).toHaveText('export')

  await looked.getByRole('button', { name: 'Next file' }).click()
  await expect(looked).toContainText('There is no preview for .e57 files')
  await look(page, 'look-cannot')
  await looked.getByRole('button', { name: 'Show the first' }).click()
  await expect(looked.getByRole('region', { name: /First bytes/ })).toContainText('000000')

  await type(page, 'Escape')
  await expect(looked).toBeHidden()
  await expect(objects(page)).toBeFocused()
  await expect(row(page, 'g-survey.e57')).toHaveAttribute('aria-selected', 'true')
  expect(complaints).toEqual([])
  expect(await markedFiles(app.data)).toEqual([])
})
