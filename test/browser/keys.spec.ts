import { execFile, execFileSync } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, type Locator, type Page } from '@playwright/test'
import { dropPaths, startLoopback } from './loopback-app.ts'
import {
  call,
  chooseFile,
  chooseTarget,
  dialog,
  goTo,
  open,
  PASSPHRASE,
  row,
  select,
  test,
  transfer,
  unlock,
} from './kit.ts'

/**
 * The life of a master key in the browser shell. OpenSSL checks the keys that the app writes, and
 * makes the keys that it reads.
 */

const openssl = promisify(execFile)
const keyRow = (page: Page, name: string): Locator =>
  page.getByRole('grid', { name: 'Master keys' }).getByRole('row').filter({ hasText: name })
const details = (page: Page): Locator => page.getByRole('complementary', { name: 'Key details' })
const warm = 'warm wool, cold iron, seven crows'

async function drop(page: Page, paths: readonly string[]): Promise<Locator> {
  await dropPaths(page, '[role=grid][aria-label^="Objects in"]', paths)
  return dialog(page, /^Encrypt and upload/)
}

async function importFile(page: Page, path: string): Promise<Locator> {
  await page.getByRole('button', { name: 'Import…' }).click()
  const box = dialog(page, 'Import a master key')
  await box.getByRole('button', { name: 'Choose a file…' }).click()
  await chooseFile(page, path)
  return box
}

test('a key is made, proven, backed up, exported, uploads as the default, and is deleted for a successor', async ({
  page,
  app,
  folder,
}) => {
  await mkdir(join(folder, 'safe'))
  await writeFile(join(folder, 'report.txt'), 'the report')
  await open(page, app)
  await goTo(page, 'Master keys')

  // Without a passphrase nothing can be kept: one is asked for at once, and the form stays when it
  // is not given.
  await page.getByRole('button', { name: 'Generate…' }).click()
  const make = dialog(page, 'Generate a master key')
  await make.getByLabel('Name').fill('Studio 2026')
  await make
    .getByRole('textbox', { name: 'Key description' })
    .fill('{"team":"studio","year":"2026"}')
  await make.getByRole('radio', { name: '2048' }).click()
  await make.getByRole('button', { name: 'Generate', exact: true }).click()
  await dialog(page, 'First, choose a passphrase').getByRole('button', { name: 'Cancel' }).click()
  await expect(make.getByLabel('Name')).toHaveValue('Studio 2026')
  await make.getByRole('button', { name: 'Cancel' }).click()

  await unlock(page)
  await page.getByRole('button', { name: 'Generate…' }).click()
  await make.getByLabel('Name').fill('Studio 2026')
  await make
    .getByRole('textbox', { name: 'Key description' })
    .fill('{"team":"studio","year":"2026"}')
  await make.getByRole('radio', { name: '2048' }).click()
  await make.getByRole('button', { name: 'Generate', exact: true }).click()

  const backup = dialog(page, 'Back up “Studio 2026”')
  await expect(backup).toContainText('It was tested just now.')
  await backup.getByLabel('Passphrase', { exact: true }).fill(warm)
  await backup.getByLabel('Repeat passphrase').fill(`${warm}!`)
  await expect(backup.getByRole('button', { name: 'Save backup…' })).toBeDisabled()
  await backup.getByLabel('Repeat passphrase').fill(warm)
  await backup.getByRole('button', { name: 'Save backup…' }).click()
  await chooseTarget(page, join(folder, 'safe'))
  await expect(backup).toContainText(join(folder, 'safe/Studio 2026-backup.pem'))
  await backup.getByRole('button', { name: 'Close' }).click()
  const file = join(folder, 'safe/Studio 2026-backup.pem')
  const opened = await openssl('openssl', [
    'pkey',
    '-in',
    file,
    '-passin',
    `pass:${warm}`,
    '-pubout',
  ])
  expect(await readFile(file, 'utf8')).toContain('BEGIN ENCRYPTED PRIVATE KEY')
  await expect(
    openssl('openssl', ['pkey', '-in', file, '-passin', 'pass:another', '-noout']),
  ).rejects.toThrow()

  await keyRow(page, 'Studio 2026').click()
  await details(page).getByRole('button', { name: 'Export public key…' }).click()
  await chooseTarget(page, join(folder, 'safe'))
  await expect(details(page)).toContainText('Public key saved as')
  expect(await readFile(join(folder, 'safe/Studio 2026-public.pem'), 'utf8')).toBe(opened.stdout)

  // A second key of the same description would make two keys answer to one name.
  await page.getByRole('button', { name: 'Generate…' }).click()
  await make.getByLabel('Name').fill('Other')
  await make
    .getByRole('textbox', { name: 'Key description' })
    .fill('{"year":"2026","team":"studio"}')
  await expect(make).toContainText('Studio 2026 has the same description.')
  await expect(make.getByRole('button', { name: 'Generate', exact: true })).toBeDisabled()
  await make.getByRole('textbox', { name: 'Key description' }).fill('{"team":"spare"}')
  await make.getByRole('radio', { name: '2048' }).click()
  await make.getByRole('button', { name: 'Generate', exact: true }).click()
  await dialog(page, 'Back up “Other”').getByRole('button', { name: 'Later' }).click()
  await expect(keyRow(page, 'Other')).toContainText('None')

  await page.getByRole('treeitem', { name: /practice-bucket/ }).click()
  const sheet = await drop(page, [join(folder, 'report.txt')])
  await select(page, sheet.getByRole('button', { name: /^Master key/ }), /^Studio 2026/)
  await expect(sheet).toContainText('not the default here')
  await sheet.getByRole('button', { name: 'Make it the default for practice-bucket' }).click()
  await expect(sheet).toContainText('default for this bucket')
  await sheet.getByRole('button', { name: 'Encrypt and upload' }).click()
  await expect(row(page, 'report.txt')).toContainText('Studio 2026')
  await expect(transfer(page, 'report.txt')).toContainText('Done')

  await goTo(page, 'Master keys')
  await keyRow(page, 'Studio 2026').click()
  await expect(keyRow(page, 'Studio 2026')).toContainText('practice-bucket')
  await details(page).getByRole('button', { name: 'Delete…' }).click()
  const del = dialog(page, '“Studio 2026” cannot be deleted yet')
  await expect(del).toContainText('It opens 1 object')
  const forever = del.getByRole('button', { name: 'Delete forever' })
  const number = del.getByLabel('To delete it anyway, enter the number of objects')
  await number.fill('2')
  await select(page, del.getByRole('button', { name: /^New default key/ }), 'Other')
  await expect(forever).toBeDisabled()
  await number.fill('1')
  // Enter alone destroys nothing.
  await number.press('Enter')
  await expect(del).toBeVisible()
  await forever.click()
  await expect(keyRow(page, 'Studio 2026')).toHaveCount(0)
  await expect(keyRow(page, 'Other')).toContainText('practice-bucket')
  await page.getByRole('treeitem', { name: /practice-bucket/ }).click()
  await expect(row(page, 'report.txt')).toContainText('Key missing')
})

test('PKCS#12 opens with its passphrase only, and a weak key needs a tick for every upload', async ({
  page,
  app,
  folder,
}) => {
  const at = (name: string): string => join(folder, name)
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      at('a.pem'),
      '-out',
      at('a.crt'),
      '-subj',
      '/CN=a',
      '-days',
      '2',
    ],
    { stdio: 'ignore' },
  )
  execFileSync('openssl', [
    'pkcs12',
    '-export',
    '-inkey',
    at('a.pem'),
    '-in',
    at('a.crt'),
    '-out',
    at('bundle.p12'),
    '-passout',
    'pass:sesame',
  ])
  execFileSync('openssl', ['genrsa', '-out', at('weak.pem'), '1024'], { stdio: 'ignore' })
  await writeFile(at('report.txt'), 'the report')
  await open(page, app)
  await unlock(page)
  await goTo(page, 'Master keys')

  const bundle = await importFile(page, at('bundle.p12'))
  await bundle.getByLabel('Passphrase', { exact: true }).fill('wrong')
  await bundle.getByRole('button', { name: 'Open' }).click()
  await expect(bundle).toContainText('The passphrase does not open this file.')
  await bundle.getByLabel('Passphrase', { exact: true }).fill('sesame')
  await bundle.getByLabel('Passphrase', { exact: true }).press('Enter')
  await expect(bundle).toContainText('PKCS#12, RSA-2048, matching private and public key')
  await bundle.getByRole('textbox', { name: 'Key description' }).fill('{"from":"p12"}')
  await bundle.getByRole('radio', { name: 'Decrypt, and encrypt new uploads' }).check()
  await bundle.getByRole('button', { name: 'Import', exact: true }).click()
  await expect(keyRow(page, 'bundle')).toContainText('Active')

  const weak = await importFile(page, at('weak.pem'))
  await expect(weak).toContainText('RSA-1024 is weak.')
  await weak.getByRole('textbox', { name: 'Key description' }).fill('{"weak":"yes"}')
  await weak.getByRole('radio', { name: 'Decrypt, and encrypt new uploads' }).check()
  await weak.getByRole('button', { name: 'Import', exact: true }).click()
  await expect(keyRow(page, 'weak')).toContainText('Weak')

  // The very same key once more is nothing to import.
  const again = await importFile(page, at('a.pem'))
  await expect(again).toContainText('bundle is the same key')
  await again.getByRole('button', { name: 'Cancel' }).click()

  await page.getByRole('treeitem', { name: /practice-bucket/ }).click()
  const sheet = await drop(page, [at('report.txt')])
  await select(page, sheet.getByRole('button', { name: /^Master key/ }), /^weak/)
  await expect(sheet).toContainText('weak has only 1024 bits.')
  await expect(sheet.getByRole('button', { name: 'Encrypt and upload' })).toBeDisabled()
  await sheet.getByRole('checkbox', { name: 'Use it anyway' }).check()
  await sheet.getByRole('button', { name: 'Encrypt and upload' }).click()
  await expect(row(page, 'report.txt')).toContainText('weak')
  await expect(transfer(page, 'report.txt')).toContainText('Done')
})

test('after a restart the passphrase file is closed: the wrong passphrase opens nothing, the right one everything', async ({
  page,
  app,
}) => {
  await open(page, app)
  await unlock(page)
  await call(page, 'keys.generate', {
    name: 'Studio 2026',
    bits: 2048,
    description: '{"team":"studio"}',
    style: 'compact',
  })
  expect(await app.stop()).toBe(0)
  const again = await startLoopback({ data: app.data })
  try {
    await page.goto(again.link)
    await dialog(page, 'Unlock the passphrase file').getByRole('button', { name: 'Later' }).click()
    await goTo(page, 'Master keys')
    await keyRow(page, 'Studio 2026').click()
    await expect(details(page)).toContainText('Cannot be read now')
    await page.getByRole('button', { name: 'Passphrase file is locked' }).click()
    const box = dialog(page, 'Unlock the passphrase file')
    await box.getByLabel('Passphrase', { exact: true }).fill('not this one')
    await box.getByRole('button', { name: 'Unlock' }).click()
    await expect(box).toContainText('The passphrase does not open the file.')
    await box.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE)
    await box.getByLabel('Passphrase', { exact: true }).press('Enter')
    await expect(page.getByText('Keys in a passphrase file')).toBeVisible()
    await expect(details(page)).toContainText('Encrypted, in the passphrase file')
  } finally {
    await again.stop()
  }
})
