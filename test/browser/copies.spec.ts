import { expect, type Page } from '@playwright/test'
import type { Practice } from '../tools/practice.ts'
import { freshPractice, send } from '../practice/harness.ts'
import {
  call,
  dialog,
  objects,
  open,
  PASSPHRASE,
  previewText,
  row,
  select,
  test as base,
  transfer,
} from './kit.ts'
import { complaints, look } from './look.ts'

/** Another name, another folder, another account: as a person does it, by mouse and by keyboard. */

const test = base.extend<{ other: Practice }>({
  other: async ({}, use) => {
    const other = await freshPractice()
    await use(other)
    await other.close()
  },
})
const WELCOME = 'welcome (encrypted).txt'

/** Returns the text that the core decrypts from an object of the practice bucket. */
async function textOf(page: Page, key: string): Promise<string> {
  const { practice } = await call(page, 'app.info', {})
  if (practice === null) throw new Error('no practice bucket')
  const { profileId, bucket } = practice
  return previewText(page, { profileId, bucket, key, keyId: null }, 20)
}

test('F2 gives a file another name, in its folder, and it still opens', async ({ app, page }) => {
  await open(page, app)
  const text = await textOf(page, WELCOME)
  await row(page, WELCOME).click()
  await page.keyboard.press('F2')
  const field = dialog(page, 'Rename object').getByLabel('New name')
  await expect(field).toHaveValue(WELCOME)
  await look(page, 'rename')
  // The name without its ending is selected: typing replaces it alone.
  await page.keyboard.type('hello')
  await expect(field).toHaveValue('hello.txt')
  await page.keyboard.press('Enter')
  await expect(dialog(page)).toHaveCount(0)
  await expect(row(page, 'hello.txt')).toContainText('Encrypted')
  await expect(row(page, WELCOME)).toHaveCount(0)
  expect(await textOf(page, 'hello.txt')).toBe(text)

  await row(page, 'anyone-can-read-this.txt').click()
  await page.keyboard.press('F2')
  await dialog(page).getByLabel('New name').fill('hello.txt')
  await page.keyboard.press('Enter')
  await expect(dialog(page)).toContainText('An object with this name already exists.')
  await expect(dialog(page).getByRole('button', { name: 'Rename' })).toBeDisabled()
  await page.keyboard.press('Escape')
  await expect(row(page, 'anyone-can-read-this.txt')).toContainText('Not encrypted')
})

test('by keyboard alone, two files go into a folder', async ({ app, page }) => {
  await open(page, app)
  await row(page, WELCOME).click()
  await row(page, 'anyone-can-read-this.txt').click({ modifiers: ['Control'] })
  await objects(page).press('Shift+F10')
  await page.getByRole('menuitem', { name: 'Move to…' }).press('Enter')
  const move = dialog(page, 'Move 2 items')
  await expect(move).toContainText('It is already in this folder.')
  await expect(move.getByRole('listbox')).toBeFocused()
  await page.keyboard.type('let')
  await expect(move.getByLabel('Folder', { exact: true })).toHaveValue('letters')
  await expect(move).toContainText('OSS copies within the bucket.')
  await look(page, 'move')
  await page.keyboard.press('Control+Enter')
  await expect(transfer(page, WELCOME)).toContainText('Done')
  await expect(row(page, WELCOME)).toHaveCount(0)
  await row(page, 'letters').dblclick()
  await expect(row(page, WELCOME)).toContainText('Encrypted')
  await expect(row(page, 'anyone-can-read-this.txt')).toContainText('Not encrypted')
})

test('its headers are edited, and an encrypted object still opens', async ({ app, page }) => {
  await open(page, app)
  const text = await textOf(page, WELCOME)
  await row(page, WELCOME).click()
  await page.getByRole('button', { name: 'Edit headers…' }).click()
  const edit = dialog(page, `Edit headers of “${WELCOME}”`)
  await edit.getByLabel('Cache-Control').fill('no-store')
  await edit.getByRole('button', { name: 'Add metadata' }).click()
  // No name of the encryption is taken; its own are not in the form.
  await page.keyboard.type('client-side-encryption-key')
  await expect(edit).toContainText('This name belongs to an encryption format.')
  await expect(edit.getByRole('button', { name: 'Save' })).toBeDisabled()
  await look(page, 'headers')
  await edit.getByLabel(/^Name/).last().fill('reviewed-by')
  await edit
    .getByLabel(/^Value/)
    .last()
    .fill('Chen Xi')
  await page.keyboard.press('Enter')
  await expect(dialog(page)).toHaveCount(0)
  const details = page.getByRole('complementary', { name: 'Details' })
  await expect(details).toContainText('no-store')
  await expect(details).toContainText('Chen Xi')
  await expect(row(page, WELCOME)).toContainText('Encrypted')
  expect(await textOf(page, WELCOME)).toBe(text)
  // The object is read again by a page that remembers nothing.
  await page.reload()
  await expect(row(page, WELCOME)).toContainText('Encrypted')
  expect(await textOf(page, WELCOME)).toBe(text)
  expect(complaints).toEqual([])
})

test('to a bucket of another account it passes through as ciphertext', async ({
  app,
  page,
  other,
}) => {
  expect((await send(other, { method: 'PUT', bucket: 'quiet-archive' })).status).toBe(200)
  await open(page, app)
  await call(page, 'secrets.unlock', { passphrase: PASSPHRASE })
  const { endpoint, region, accessKeyId, accessKeySecret } = other
  await call(page, 'profiles.add', {
    name: 'Archive',
    colour: 'plum',
    endpoint,
    region,
    accessKeyId,
    buckets: [],
    credential: { kind: 'typed', accessKeySecret, securityToken: '' },
  })
  await row(page, WELCOME).click()
  await page.getByRole('button', { name: 'Actions for the selection' }).click()
  await page.getByRole('menuitem', { name: 'Copy to…' }).click()
  const copy = dialog(page, `Copy “${WELCOME}”`)
  await select(page, copy.getByRole('button', { name: /^Profile/ }), 'Archive')
  await select(page, copy.getByRole('button', { name: /^Bucket/ }), 'quiet-archive')
  await expect(copy).toContainText('ciphertext stays ciphertext')
  await copy.getByLabel('Folder', { exact: true }).fill('from/practice')
  await expect(copy).toContainText('This folder does not exist yet. It will be created.')
  await look(page, 'copy')
  await copy.getByRole('button', { name: 'Copy' }).click()
  await expect(transfer(page, WELCOME)).toContainText('Done')
  await look(page, 'copy-done')
  const { status, headers, text } = await send(other, {
    bucket: 'quiet-archive',
    key: `from/practice/${WELCOME}`,
  })
  expect([
    status,
    headers['x-oss-meta-client-side-encryption-cek-alg'],
    text.includes('Cipherbucket'),
  ]).toEqual([200, 'AES/CTR/NoPadding', false])
  await expect(row(page, WELCOME)).toContainText('Encrypted')
  expect(complaints).toEqual([])
})
