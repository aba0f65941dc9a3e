import { join } from 'node:path'
import { expect, type Page } from '@playwright/test'
import type { Practice } from '../tools/practice.ts'
import { dropPaths } from './loopback-app.ts'
import { call, dialog, goTo, row, select, test } from './kit.ts'
import { complaints, look } from './look.ts'
import { FORMATS, furnishFormats } from './studio-formats.ts'
import { BUCKET, furnish, openStudio, type Studio } from './studio.ts'

/**
 * Screens of keys that are elsewhere and of every format, as in screens.spec.ts. Pictures:
 * out/screens.
 */

const zone = '[role=group][aria-label="Drop zone"]'
const list = '[role=grid][aria-label^="Objects in"]'

test.describe('keys elsewhere, and every format', () => {
  test.describe.configure({ mode: 'serial', timeout: 600_000 })
  let studio: Studio
  let folder: string
  let oss: Practice
  let page: Page
  let profileId: string

  test.beforeAll(async ({ browser }) => {
    studio = await openStudio(browser)
    ;({ folder, oss, page } = studio)
    profileId = (await furnish(page, oss, join(folder, 'home'))).profileId
    await call(page, 'transfers.clear', {
      ids: (await call(page, 'transfers.list', {})).map((one) => one.id),
    })
  })
  test.afterAll(() => studio.close())

  const cancel = async (): Promise<void> => {
    await page.keyboard.press('Escape')
    await expect(dialog(page)).toHaveCount(0)
  }

  test('keys elsewhere: list, details of each, both dialogs, account, what is written, delete', async () => {
    await furnishFormats(page, oss, join(folder, 'home'), profileId)
    await goTo(page, 'Master keys')
    for (const [name, picture] of [
      ['Studio in KMS', 'keys-kms'],
      ['Nightly pipeline', 'keys-kms-own'],
      ['HSM in the cellar', 'keys-program'],
    ] as const) {
      await page.getByRole('row', { name: new RegExp(name) }).click()
      await look(page, picture)
    }
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await look(page, 'keys-add-menu')
    await page.getByRole('menuitem', { name: 'Custom program…' }).click()
    await look(page, 'keys-add-program')
    await dialog(page).getByLabel('Wrap algorithm').fill('KMS/ALICLOUD')
    await look(page, 'keys-add-program-wrong')
    await cancel()
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByRole('menuitem', { name: 'Key in KMS…' }).click()
    const box = dialog(page, 'Add a key in KMS')
    await look(page, 'keys-add-kms')
    await box.getByLabel('Region').fill(oss.region)
    await box.getByLabel('Endpoint').fill(oss.kms.endpoint)
    await box.getByRole('button', { name: 'List keys' }).click()
    await box.getByRole('button', { name: /^Keys in KMS/ }).click()
    await look(page, 'keys-add-kms-list')
    await page.getByRole('menuitemradio').first().click()
    await box.getByText('Advanced').click()
    await box.getByRole('radio', { name: 'Passphrase' }).click()
    await box.locator('input[aria-label=Passphrase]').fill('of-oss2')
    await box.getByLabel('Name').fill('Another in KMS')
    await box.getByLabel('Key description').fill('{"team":"another"}')
    await look(page, 'keys-add-kms-filled')
    oss.kms.faults.add({
      match: {},
      do: { kind: 'status', status: 403, code: 'Forbidden.NoPermission' },
      times: Infinity,
    })
    await box.getByRole('button', { name: 'Add', exact: true }).click()
    await expect(box.getByRole('alert')).toBeVisible()
    await look(page, 'keys-add-kms-refused')
    oss.kms.faults.clear()
    await cancel()
    await page.getByRole('row', { name: /Nightly pipeline/ }).click()
    for (const [button, name] of [
      ['Account and endpoint…', 'keys-account'],
      ['Edit…', 'keys-edit-kms'],
      ['Delete…', 'keys-delete-kms'],
    ] as const) {
      await page.getByRole('button', { name: button }).click()
      await expect(dialog(page)).toBeVisible()
      await look(page, name)
      await cancel()
    }
  })

  test('every format in the details, in the upload sheet and offline', async () => {
    await page.evaluate(
      ([profileId, bucket, prefix]) => {
        location.hash = `#/${profileId}/${bucket}/${prefix}`
      },
      [profileId, BUCKET, FORMATS] as const,
    )
    await page.reload()
    const details = page.getByRole('complementary', { name: 'Details' })
    const states = [
      ['minutes-kms', 'Opening it takes 2 KMS calls.'],
      ['old-python', 'V1, complete'],
      ['split-message', 'KMS Encryption SDK, in the metadata'],
      ['whole-message', 'This looks like a whole message'],
      ['spoilt-by-java', 'Download repaired'],
      ['cellar', 'To open it, the program'],
      ['payroll-kms', 'Its data key was wrapped by a key in KMS'],
      ['attic', 'as Attic/HSM'],
    ] as const
    for (const [name, words] of states) {
      await row(page, name).click()
      await expect(details).toContainText(words)
      await look(page, `format-${name}`)
    }
    await row(page, 'split-message').click()
    await expect(details).toContainText('This is not text.')
    await look(page, 'format-preview')
    await dropPaths(page, list, [join(folder, 'home/contracts/invoice-2026-0417.xlsx')])
    for (const [key, picture] of [
      [/^Studio in KMS/, 'upload-kms'],
      [/^Nightly pipeline/, 'upload-v1'],
      [/^HSM/, 'upload-program'],
    ] as const) {
      await select(page, dialog(page).getByRole('button', { name: /^Master key/ }), key)
      await look(page, picture)
    }
    await cancel()

    const [home] = await call(page, 'local.grant', { paths: [join(folder, 'home')], write: true })
    const keys = states.map(([name]) => name)
    const { rows } = await call(page, 'objects.list', {
      profileId,
      bucket: BUCKET,
      prefix: FORMATS,
      cursor: null,
    })
    await call(page, 'downloads.start', {
      profileId,
      bucket: BUCKET,
      keys: rows.map(({ key }) => key),
      target: home?.id ?? '',
      fileName: null,
      existing: 'rename',
      raw: true,
      keyIds: [],
      range: null,
      message: false,
      repair: false,
    })
    await expect
      .poll(
        async () =>
          (await call(page, 'transfers.list', {})).filter(
            (one) => one.kind === 'download-raw' && one.phase === 'done',
          ).length,
      )
      .toBe(keys.length)
    const raw = rows.map(({ key }) => join(folder, 'home', key.slice(FORMATS.length)))
    await goTo(page, 'Offline decryption')
    await dropPaths(page, zone, [
      ...raw,
      ...raw
        .filter((path) => !path.endsWith('whole-message.dat'))
        .map((path) => `${path}.ossenv.json`),
    ])
    await expect(page.getByRole('table', { name: 'Files' })).toContainText('inside the file')
    await expect(page.getByText('Network: KMS calls for 3 files, nothing else')).toBeVisible()
    await look(page, 'offline-formats')
    await page.getByRole('button', { name: /^Decrypt \d files$/ }).click()
    const chooser = dialog(page, 'Choose a target folder')
    await chooser.getByRole('button', { name: /^Save in/ }).click()
    await expect(page.getByRole('table', { name: 'Files' })).toContainText(
      'Decrypted, tag verified',
    )
    await look(page, 'offline-formats-done')
    while ((await page.getByRole('button', { name: 'Remove from list' }).count()) > 0)
      await page.getByRole('button', { name: 'Remove from list' }).first().click()
    await goTo(page, 'Transfers')
    await look(page, 'transfers-formats')
  })

  test('no screen breaks a rule of axe, cuts words off or hides a control from the keyboard', () => {
    expect(complaints).toEqual([])
  })
})
