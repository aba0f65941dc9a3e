import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, type Locator, type Page } from '@playwright/test'
import type { Practice } from '../tools/practice.ts'
import { dropPaths } from './loopback-app.ts'
import { chooseTarget, dialog, open, PASSPHRASE, row, test, transfer } from './kit.ts'

/** An account of one's own: a second practice server plays the part of OSS. */

/** The first field with this label; the words of a hint may hold the label again. */
const field = (box: Locator, label: string): Locator => box.getByLabel(label, { exact: true })

async function fill(page: Page, oss: Practice): Promise<Locator> {
  await page
    .getByRole('navigation', { name: 'Main' })
    .getByRole('button', { name: 'Add profile' })
    .click()
  const box = dialog(page, 'Add a profile')
  await field(box, 'Name').fill('Studio')
  await field(box, 'Region').fill(oss.region)
  await box.getByRole('button', { name: 'Change', exact: true }).click()
  await field(box, 'Endpoint').fill(oss.endpoint)
  await field(box, 'AccessKey ID').fill(oss.accessKeyId)
  await field(box, 'AccessKey secret').fill(oss.accessKeySecret)
  return box
}

test('the connection test tells apart what can be wrong', async ({ page, app, oss }) => {
  // A port where nobody listens.
  const free = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => free.once('listening', resolve))
  const { port } = free.address() as AddressInfo
  await new Promise((resolve) => free.close(resolve))

  await open(page, app)
  const box = await fill(page, oss)
  const button = box.getByRole('button', { name: 'Test connection' })
  const answer = box.getByRole('alert')
  await button.click()
  await expect(answer).toHaveText('Connected. 1 bucket is visible.')

  await field(box, 'AccessKey secret').fill('not the secret')
  await expect(answer).toHaveCount(0)
  await button.click()
  await expect(answer).toContainText('The AccessKey secret does not belong to this AccessKey ID.')

  await field(box, 'AccessKey ID').fill('LTAI5tNobodyHasThisOne')
  await button.click()
  await expect(answer).toContainText('OSS does not know this AccessKey ID.')
  await field(box, 'AccessKey ID').fill(oss.accessKeyId)
  await field(box, 'AccessKey secret').fill(oss.accessKeySecret)

  // A clock that is off is set right by the server's own date, and only named when that does not
  // help.
  oss.faults.add({ match: { bucket: '' }, do: { kind: 'skew', ms: 22 * 60_000 }, times: 9 })
  await button.click()
  await expect(answer).toHaveText('Connected. 1 bucket is visible.')
  expect(oss.log.entries().some((one) => one.code === 'RequestTimeTooSkewed')).toBe(true)
  oss.faults.clear()
  oss.faults.add({
    match: { bucket: '' },
    do: { kind: 'status', status: 403, code: 'RequestTimeTooSkewed' },
    times: 9,
  })
  await button.click()
  await expect(answer).toContainText(
    /This computer’s clock is (\d+ minutes? (behind|ahead of)|too far from that of) OSS/,
  )
  oss.faults.clear()

  oss.faults.add({
    match: { bucket: '' },
    do: { kind: 'status', status: 403, code: 'AccessDenied' },
    times: 9,
  })
  await button.click()
  await expect(answer).toContainText('OSS does not allow')
  oss.faults.clear()

  await field(box, 'Endpoint').fill(`http://127.0.0.1:${port}`)
  await button.click()
  await expect(answer).toContainText('127.0.0.1 did not answer.')

  await field(box, 'Endpoint').fill('http://oss-cn-hangzhou.aliyuncs.com')
  await button.click()
  await expect(answer).toContainText('is not HTTPS, so nothing was sent.')
  await box.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByRole('treeitem', { name: /^Studio/ })).toHaveCount(0)
})

test('a profile is added, browsed, uploaded to and downloaded from, and removed', async ({
  page,
  app,
  oss,
  folder,
}) => {
  await mkdir(join(folder, 'saved'))
  await writeFile(join(folder, 'report.txt'), 'the report')
  await open(page, app)

  // Without a passphrase the secret cannot be kept: one is asked for, and nothing typed is lost,
  // not by putting it off either.
  const box = await fill(page, oss)
  await box.getByRole('button', { name: 'Add profile' }).click()
  const ask = dialog(page, 'First, choose a passphrase')
  await ask.getByRole('button', { name: 'Cancel' }).click()
  await expect(field(box, 'AccessKey secret')).toHaveValue(oss.accessKeySecret)
  await box.getByRole('button', { name: 'Add profile' }).click()
  // By label: a list of what is there now would be empty until the dialog is drawn.
  await ask.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE)
  await ask.getByLabel('Repeat passphrase').fill(PASSPHRASE)
  await ask.getByRole('button', { name: 'Create and continue' }).click()
  await expect(dialog(page)).toHaveCount(0)

  await page.getByRole('treeitem', { name: /^Studio/ }).click()
  const buckets = page.getByRole('treeitem', { name: 'practice-bucket' })
  await expect(buckets).toHaveCount(2)
  await buckets.first().click()
  await expect(page.getByText('Nothing here yet')).toBeVisible()

  // The sample key seals practice files only: the sheet offers to make or import a key.
  await dropPaths(page, 'main', [join(folder, 'report.txt')])
  const sheet = dialog(page, /^Encrypt and upload/)
  await expect(sheet).toContainText('No master key here can encrypt.')
  await sheet.getByRole('button', { name: 'Generate…' }).click()
  const make = dialog(page, 'Generate a master key')
  await make.getByLabel('Name').fill('Studio 2026')
  await make.getByRole('textbox', { name: 'Key description' }).fill('{"team":"studio"}')
  await make.getByRole('radio', { name: '2048' }).click()
  await expect(make.getByRole('checkbox', { name: 'New uploads in Studio' })).toBeChecked()
  await make.getByRole('button', { name: 'Generate', exact: true }).click()
  await dialog(page, /^Back up/)
    .getByRole('button', { name: 'Later' })
    .click()
  await expect(sheet).toContainText('default for this profile')
  await sheet.getByRole('button', { name: 'Encrypt and upload' }).click()
  await expect(row(page, 'report.txt')).toContainText('Studio 2026')
  await expect(transfer(page, 'report.txt')).toContainText('Done')
  expect(
    oss.log
      .entries()
      .some((one) => one.method === 'PUT' && one.key === 'report.txt' && one.status === 200),
  ).toBe(true)

  await row(page, 'report.txt').click()
  await page
    .getByRole('complementary', { name: 'Details' })
    .getByRole('button', { name: 'Download', exact: true })
    .click()
  await chooseTarget(page, join(folder, 'saved'))
  await expect
    .poll(() => readFile(join(folder, 'saved/report.txt'), 'utf8').catch(() => ''))
    .toBe('the report')

  // The secret is nowhere to be read: not in the page, not in the app's folder.
  expect(await page.content()).not.toContain(oss.accessKeySecret)

  await page.getByRole('treeitem', { name: /^Studio/ }).click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Edit profile…' }).click()
  await dialog(page, 'Edit “Studio”').getByRole('button', { name: 'Remove…' }).click()
  await dialog(page, 'Remove the profile “Studio”?')
    .getByRole('button', { name: 'Remove profile' })
    .click()
  await expect(page.getByRole('treeitem', { name: /^Studio/ })).toHaveCount(0)
  await expect(page.getByText('Choose a bucket', { exact: true })).toBeVisible()
})
