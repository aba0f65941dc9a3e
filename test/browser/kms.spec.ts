import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, type Locator, type Page } from '@playwright/test'
import { startPractice, type Practice } from '../tools/practice.ts'
import { dropPaths } from './loopback-app.ts'
import {
  call,
  chooseFile,
  chooseTarget,
  dialog,
  goTo,
  open,
  row,
  select,
  sha256,
  test as base,
  transfer,
  unlock,
} from './kit.ts'

/**
 * The life of a master key that is elsewhere, against a KMS that checks signatures, and a program
 * of one's own.
 */

const LOG = join(tmpdir(), `connect-log-kms-${process.pid}.txt`)
/** How often the app's process opened a socket or asked for a name. */
const connects = async (): Promise<number> => (await readFile(LOG, 'utf8')).split('\n').length - 1

const test = base.extend<{ practice: Practice }>({
  environment: {
    NODE_OPTIONS: `--require=${fileURLToPath(new URL('./connect-log.cjs', import.meta.url))}`,
    CONNECT_LOG: LOG,
  },
  practice: async ({ folder }, use) => {
    const practice = await startPractice({ directory: join(folder, 'kms-practice') })
    await use(practice)
    await practice.close()
  },
})

const keyRow = (page: Page, name: string): Locator =>
  page.getByRole('grid', { name: 'Master keys' }).getByRole('row').filter({ hasText: name })
const details = (page: Page): Locator => page.getByRole('complementary', { name: 'Details' })
const line = (page: Page, name: string): Locator =>
  page.getByRole('table', { name: 'Files' }).getByRole('row').filter({ hasText: name })
const zone = '[role=group][aria-label="Drop zone"]'
const list = '[role=grid][aria-label^="Objects in"]'
const asked = (practice: Practice): readonly string[] =>
  practice.kms.log.entries().map(({ action, code }) => (code === '' ? action : `${action} ${code}`))

/**
 * Fills the dialog as a person does: where KMS is, an AccessKey of its own, and a key from the
 * list.
 */
async function fillKms(
  page: Page,
  { kms, region, accessKeyId, accessKeySecret }: Practice,
): Promise<Locator> {
  await goTo(page, 'Master keys')
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Key in KMS…' }).click()
  const box = dialog(page, 'Add a key in KMS')
  await box.getByLabel('Region').fill(region)
  await box.getByLabel('Endpoint').fill(kms.endpoint)
  await box.getByLabel('AccessKey ID').fill(accessKeyId)
  await box.getByLabel('AccessKey secret').fill(accessKeySecret)
  await box.getByRole('button', { name: 'List keys' }).click()
  await select(page, box.getByRole('button', { name: /^Keys in KMS/ }), /^alias\//)
  await box.getByLabel('Name').fill('Studio in KMS')
  await box.getByLabel('Key description').fill('{"team": "kms"}')
  return box
}

async function addKms(page: Page, practice: Practice): Promise<void> {
  const box = await fillKms(page, practice)
  await box.getByRole('button', { name: 'Add', exact: true }).click()
  await expect(box).toBeHidden()
  await expect(keyRow(page, 'Studio in KMS')).toContainText('Not needed')
}

/** Drops a file on the practice bucket and sends it under the key. */
async function upload(
  page: Page,
  path: string,
  key: string | RegExp,
  says: string | RegExp,
): Promise<void> {
  await page.getByRole('treeitem', { name: /practice-bucket/ }).click()
  await dropPaths(page, list, [path])
  const sheet = dialog(page)
  await select(page, sheet.getByRole('button', { name: /^Master key/ }), key)
  await expect(sheet).toContainText(says)
  await sheet.getByRole('button', { name: 'Encrypt and upload' }).click()
  await expect(sheet).toBeHidden()
}

async function download(
  page: Page,
  name: string,
  button: string,
  folder: string,
  first: boolean,
): Promise<void> {
  await row(page, name).click()
  await details(page).getByRole('button', { name: button, exact: true }).click()
  if (first) await chooseTarget(page, folder)
}

test('a key in KMS: added, tried, used, described, downloaded, opened offline with one promise kept, and deleted', async ({
  page,
  app,
  folder,
  practice,
}) => {
  const content = randomBytes(300_017)
  await mkdir(join(folder, 'out'))
  await writeFile(join(folder, 'ledger.bin'), content)
  await open(page, app)
  await unlock(page)

  // Refused first: the sentence stands in the dialog, and what was typed stays.
  const box = await fillKms(page, practice)
  practice.kms.faults.add({
    match: { action: 'Encrypt' },
    do: { kind: 'status', status: 403, code: 'Forbidden.NoPermission' },
    times: Infinity,
  })
  await box.getByRole('button', { name: 'Add', exact: true }).click()
  await expect(box.getByRole('alert')).toContainText('KMS does not allow')
  practice.kms.faults.clear()
  await box.getByRole('button', { name: 'Add', exact: true }).click()
  await expect(box).toBeHidden()
  await expect(keyRow(page, 'Studio in KMS')).toContainText('Not needed')
  await expect(page.locator('html')).not.toContainText(practice.accessKeySecret)
  await keyRow(page, 'Studio in KMS').click()
  const facts = page.getByRole('complementary', { name: 'Key details' })
  await expect(facts).toContainText(practice.kms.cmkArn)
  await expect(facts).toContainText(`AccessKey ${practice.accessKeyId}`)
  await facts.getByRole('button', { name: 'Test key' }).click()
  await expect(facts).toContainText('It works.')

  await upload(page, join(folder, 'ledger.bin'), /^Studio in KMS/, 'KMS is called for every file.')
  await expect(row(page, 'ledger.bin')).toContainText('Studio in KMS')
  await row(page, 'ledger.bin').click()
  await expect(details(page)).toContainText('Opening it takes 2 KMS calls.')
  await expect(details(page)).toContainText('V2, complete')
  await download(page, 'ledger.bin', 'Download', join(folder, 'out'), true)
  await expect
    .poll(() => readFile(join(folder, 'out/ledger.bin')).then(sha256, () => ''))
    .toBe(sha256(content))
  await download(page, 'ledger.bin', 'Download raw', join(folder, 'out'), false)
  await expect
    .poll(() =>
      readFile(join(folder, 'out/ledger (2).bin')).then(
        (raw) => raw.length,
        () => 0,
      ),
    )
    .toBe(content.length)

  // Offline: the badge says what will happen, and that is what happens.
  await goTo(page, 'Offline decryption')
  await expect(page.getByText('This page uses no network')).toBeVisible()
  practice.kms.log.clear()
  await dropPaths(
    page,
    zone,
    ['ledger (2).bin', 'ledger (2).bin.ossenv.json'].map((name) => join(folder, 'out', name)),
  )
  await expect(line(page, 'ledger (2).bin')).toContainText(
    'Needs the network for 2 KMS calls only.',
  )
  await expect(page.getByText(/^Network: KMS/)).toBeVisible()
  expect(asked(practice)).toEqual([])
  const before = await connects()
  await page.getByRole('button', { name: 'Decrypt 1 file' }).click()
  await mkdir(join(folder, 'opened'))
  await chooseTarget(page, join(folder, 'opened'))
  await expect(line(page, 'ledger (2).bin')).toContainText('Decrypted')
  expect(sha256(await readFile(join(folder, 'opened/ledger (2).bin')))).toBe(sha256(content))
  expect(asked(practice)).toEqual(['Decrypt', 'Decrypt'])
  // No socket besides those of the two calls, which may go over one that is still open.
  expect((await connects()) - before).toBeLessThanOrEqual(2)
  await expect(page.getByText(/^Network: KMS/)).toBeVisible()

  // A key that KMS has switched off is said by its name, where the object is.
  practice.kms.setState(practice.kms.cmkId, 'Disabled')
  await goTo(page, 'Master keys')
  await keyRow(page, 'Studio in KMS').click()
  await facts.getByRole('button', { name: 'Test key' }).click()
  await expect(facts.getByRole('alert')).toContainText('The KMS key of Studio in KMS is disabled')
  await facts.getByRole('button', { name: 'Delete…' }).click()
  const del = dialog(page, '“Studio in KMS” cannot be deleted yet')
  await expect(del).toContainText('The key stays in KMS')
  const number = del.getByLabel('To delete it anyway, enter the number of objects')
  await number.fill((await number.getAttribute('placeholder')) ?? '')
  await del.getByRole('button', { name: 'Delete entry' }).click()
  await expect(keyRow(page, 'Studio in KMS')).toHaveCount(0)
  await page.getByRole('treeitem', { name: /practice-bucket/ }).click()
  await expect(row(page, 'ledger.bin')).toContainText('Key missing')
  await row(page, 'ledger.bin').click()
  await expect(details(page)).toContainText('Its data key was wrapped by a key in KMS')
})

test('a whole message: written on request, looks plain, is recognised, and opens with its tag verified', async ({
  page,
  app,
  folder,
  practice,
}) => {
  const content = randomBytes(70_001)
  await mkdir(join(folder, 'out'))
  await writeFile(join(folder, 'message.dat'), content)
  await open(page, app)
  await unlock(page)
  await addKms(page, practice)
  await keyRow(page, 'Studio in KMS').click()
  await page.getByRole('button', { name: 'Edit…' }).click()
  await select(
    page,
    dialog(page).getByRole('button', { name: /^Write format/ }),
    /one whole message/,
  )
  await expect(dialog(page)).toContainText('Only the KMS Encryption SDK and this app can read it.')
  await dialog(page).getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('complementary', { name: 'Key details' })).toContainText(
    'one whole message',
  )

  await upload(
    page,
    join(folder, 'message.dat'),
    /^Studio in KMS/,
    'Written as KMS Encryption SDK, one whole message.',
  )
  await expect(row(page, 'message.dat')).toContainText('Not encrypted')
  await row(page, 'message.dat').click()
  await expect(details(page)).toContainText(
    'This looks like a whole message of the KMS Encryption SDK.',
  )
  await expect(details(page)).toContainText('AES-256-GCM')
  await expect(details(page)).toContainText(practice.kms.cmkArn)
  await download(page, 'message.dat', 'Decrypt and download', join(folder, 'out'), true)
  await expect
    .poll(() => readFile(join(folder, 'out/message.dat')).then(sha256, () => ''))
    .toBe(sha256(content))
  await goTo(page, 'Transfers')
  await expect(transfer(page, 'message.dat').first()).toContainText('decrypted, tag verified')

  // The stored bytes open offline too, without any envelope; one changed bit keeps everything back.
  await page.getByRole('treeitem', { name: /practice-bucket/ }).click()
  await download(page, 'message.dat', 'Download raw', join(folder, 'out'), false)
  await expect
    .poll(() =>
      readFile(join(folder, 'out/message (2).dat')).then(
        (raw) => raw.length,
        () => 0,
      ),
    )
    .toBeGreaterThan(content.length)
  const stored = await readFile(join(folder, 'out/message (2).dat'))
  await mkdir(join(folder, 'moved'))
  await writeFile(join(folder, 'moved/good.dat'), stored)
  stored[stored.length - 5] = (stored.at(-5) ?? 0) ^ 1
  await writeFile(join(folder, 'moved/changed.dat'), stored)
  await goTo(page, 'Offline decryption')
  await dropPaths(page, zone, [join(folder, 'moved/good.dat'), join(folder, 'moved/changed.dat')])
  await expect(line(page, 'good.dat')).toContainText('inside the file')
  await expect(line(page, 'good.dat')).toContainText('for 1 KMS call only')
  practice.kms.log.clear()
  await page.getByRole('button', { name: 'Decrypt 2 files' }).click()
  await mkdir(join(folder, 'opened'))
  await chooseTarget(page, join(folder, 'opened'))
  await expect(line(page, 'good.dat')).toContainText('Decrypted, tag verified')
  await expect(line(page, 'changed.dat')).toContainText('its tag does not match')
  expect(asked(practice)).toEqual(['Decrypt', 'Decrypt'])
  expect(sha256(await readFile(join(folder, 'opened/good.dat')))).toBe(sha256(content))
  await expect(readFile(join(folder, 'opened/changed.dat'))).rejects.toThrow()
})

/** Wraps by exclusive or, which hides nothing. docs/master-key-program.md has the protocol. */
const PROGRAM = `#!${process.execPath}
const chunks = []
process.stdin.on('data', (chunk) => chunks.push(chunk))
process.stdin.on('end', () => {
  const { bytes } = JSON.parse(Buffer.concat(chunks).toString())
  const key = Number(process.argv[2])
  process.stdout.write(JSON.stringify({ bytes: Buffer.from(bytes, 'base64').map((byte) => byte ^ key).toString('base64') }))
})
`

test('a program as master key: tried before it is kept, used both ways, and said on the offline page', async ({
  page,
  app,
  folder,
}) => {
  const content = randomBytes(5_003)
  await mkdir(join(folder, 'out'))
  await writeFile(join(folder, 'report.bin'), content)
  await writeFile(join(folder, 'wrap.mjs'), PROGRAM)
  await writeFile(join(folder, 'broken.sh'), '#!/bin/sh\necho rubbish\n')
  for (const name of ['wrap.mjs', 'broken.sh']) await chmod(join(folder, name), 0o755)
  await open(page, app)
  await unlock(page)
  await goTo(page, 'Master keys')
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Custom program…' }).click()
  const box = dialog(page, 'Add a program as master key')
  await box.getByRole('button', { name: /^Program/ }).click()
  await chooseFile(page, join(folder, 'broken.sh'))
  await box.getByLabel('Wrap algorithm').fill('Studio/XOR')
  await box.getByLabel('Name').fill('Cellar')
  await box.getByLabel('Key description').fill('{"hsm":"cellar"}')
  await box.getByRole('button', { name: 'Add', exact: true }).click()
  await expect(box.getByRole('alert')).toContainText('The program of Cellar')
  await box.getByRole('button', { name: /^Program/ }).click()
  await chooseFile(page, join(folder, 'wrap.mjs'))
  await box.getByLabel('Arguments').fill('90')
  await box.getByRole('button', { name: 'Add', exact: true }).click()
  await expect(box).toBeHidden()
  await keyRow(page, 'Cellar').click()
  await expect(page.getByRole('complementary', { name: 'Key details' })).toContainText(
    join(folder, 'wrap.mjs'),
  )

  await upload(page, join(folder, 'report.bin'), /^Cellar/, 'The program runs for every file.')
  await expect(row(page, 'report.bin')).toContainText('Cellar')
  await row(page, 'report.bin').click()
  await expect(details(page)).toContainText('Studio/XOR')
  await download(page, 'report.bin', 'Download', join(folder, 'out'), true)
  await expect
    .poll(() => readFile(join(folder, 'out/report.bin')).then(sha256, () => ''))
    .toBe(sha256(content))
  await download(page, 'report.bin', 'Download raw', join(folder, 'out'), false)
  await expect
    .poll(() =>
      readFile(join(folder, 'out/report (2).bin.ossenv.json')).then(
        () => true,
        () => false,
      ),
    )
    .toBe(true)
  await goTo(page, 'Offline decryption')
  await dropPaths(
    page,
    zone,
    ['report (2).bin', 'report (2).bin.ossenv.json'].map((name) => join(folder, 'out', name)),
  )
  await expect(line(page, 'report (2).bin')).toContainText('The program of its key is run.')
  await expect(page.getByText('No network, but your program runs')).toBeVisible()
})

test('V1 for old Python readers: nothing in it names the key, and trying them all opens it, here and offline', async ({
  page,
  app,
  folder,
}) => {
  const content = randomBytes(40_009)
  await mkdir(join(folder, 'out'))
  await writeFile(join(folder, 'table.csv'), content)
  await open(page, app)
  await unlock(page)
  for (const name of ['First', 'Second'])
    await call(page, 'keys.generate', {
      name,
      bits: 2048,
      description: `{"key":"${name}"}`,
      style: 'compact',
    })
  await goTo(page, 'Master keys')
  await keyRow(page, 'Second').click()
  await page.getByRole('button', { name: 'Edit…' }).click()
  await select(page, dialog(page).getByRole('button', { name: /^Write format/ }), /^V1/)
  await dialog(page).getByRole('button', { name: 'Save' }).click()
  await upload(page, join(folder, 'table.csv'), /^Second/, 'Written as V1, for old Python readers.')
  await expect(row(page, 'table.csv')).toContainText('Key missing')
  await row(page, 'table.csv').click()
  await expect(details(page)).toContainText('V1, complete')
  await details(page).getByRole('button', { name: 'Try all my keys' }).click()
  await expect(details(page)).toContainText('Second opens it,')
  await details(page).getByRole('button', { name: 'Decrypt and download' }).click()
  await chooseTarget(page, join(folder, 'out'))
  await expect
    .poll(() => readFile(join(folder, 'out/table.csv')).then(sha256, () => ''))
    .toBe(sha256(content))
  await download(page, 'table.csv', 'Download raw', join(folder, 'out'), false)
  await expect
    .poll(() =>
      readFile(join(folder, 'out/table (2).csv.ossenv.json')).then(
        () => true,
        () => false,
      ),
    )
    .toBe(true)
  await goTo(page, 'Offline decryption')
  await dropPaths(
    page,
    zone,
    ['table (2).csv', 'table (2).csv.ossenv.json'].map((name) => join(folder, 'out', name)),
  )
  await expect(page.getByText('This page uses no network')).toBeVisible()
  await line(page, 'table (2).csv').getByRole('button', { name: 'Try all your keys' }).click()
  await mkdir(join(folder, 'opened'))
  await chooseTarget(page, join(folder, 'opened'))
  await expect(line(page, 'table (2).csv')).toContainText('Decrypted')
  expect(sha256(await readFile(join(folder, 'opened/table (2).csv')))).toBe(sha256(content))
})
