import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, type Locator, type Page } from '@playwright/test'
import { chinese } from '../../renderer/text/words.ts'
import { call, dialog, PASSPHRASE, test } from './kit.ts'
import { dropPaths, startLoopback } from './loopback-app.ts'

/**
 * The first half hour of a user in China, on a system without a keychain and without a language. It
 * leads from the first page to an encrypted upload under a key of their own, and to the next start.
 * Words come from the window's own texts.
 */

const { common, keys, objects, profiles, settings } = chinese
const LIST = '[role=grid]'
test.use({ locale: 'zh-CN', environment: { LANG: '', LC_ALL: '', LC_MESSAGES: '', LANGUAGE: '' } })

const row = (page: Page, name: string): Locator =>
  page.locator(LIST).first().getByRole('row').filter({ hasText: name })
const start = (sheet: Locator) =>
  sheet.getByRole('button', { name: objects['sheet.do'], exact: true })
const field = (box: Locator, label: string) => box.getByLabel(label, { exact: true })

/** The question for the passphrase, which lies over the dialog that needed it. */
async function choosePassphrase(page: Page): Promise<void> {
  const ask = dialog(page, settings['create.first'])
  await field(ask, keys['backup.passphrase']).fill(PASSPHRASE)
  await field(ask, keys['backup.again']).fill(PASSPHRASE)
  await ask.getByRole('button', { name: settings['create.goOn'] }).click()
  await expect(ask).toHaveCount(0)
}

/** Opens the bucket of a profile whose line is open: the next line, once it is listed. */
async function openBucket(page: Page, profile: RegExp): Promise<void> {
  const next = page
    .getByRole('treeitem', { name: profile })
    .locator('xpath=following::*[@role="treeitem"][1]')
  await expect(next).toContainText('practice-bucket')
  await next.click()
}

test("from the first page to a file under a key of one's own, and through the next start", async ({
  page,
  app,
  oss,
  folder,
}) => {
  for (const name of ['第一个文件.txt', '合同.txt']) await writeFile(join(folder, name), name)

  // The first page speaks Chinese, and offers the other language in its own name.
  await page.goto(app.link)
  await expect(page.getByRole('heading', { name: objects['guide.title'] })).toBeVisible()
  expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN')
  await expect(page.getByRole('radio', { name: '中文' })).toBeChecked()

  // Step 1: a file of one's own. The guide folds.
  await dropPaths(page, LIST, [join(folder, '第一个文件.txt')])
  await start(dialog(page)).click()
  await expect(row(page, '第一个文件.txt')).toContainText(common['state.encrypted'])
  await expect(page.getByRole('heading', { name: objects['guide.title'] })).toHaveCount(0)

  // Step 2: what is stored. The new file is selected, so that its details are there already.
  await expect(page.getByRole('complementary', { name: objects['details'] })).toContainText(
    '第一个文件.txt',
  )
  await expect(page.getByRole('button', { name: objects['guide.look'] })).toHaveCount(0)

  // Step 3: an account. The passphrase is asked for in between, and nothing is typed twice.
  await page.getByRole('button', { name: `${common['nav.addProfile']}…` }).click()
  const add = dialog(page, profiles['add.title'])
  await field(add, profiles['name']).fill('公司')
  await field(add, profiles['region']).fill('杭州')
  await field(add, profiles['id']).fill(oss.accessKeyId)
  await field(add, profiles['secret']).fill(oss.accessKeySecret)
  await expect(field(add, profiles['region'])).toHaveValue('cn-hangzhou')
  await add.getByRole('button', { name: profiles['endpoint.change'], exact: true }).click()
  await field(add, profiles['endpoint']).fill(oss.endpoint)
  await add.getByRole('button', { name: profiles['do.add'], exact: true }).click()
  await choosePassphrase(page)
  await expect(dialog(page)).toHaveCount(0)

  // Its bucket, and an upload that makes the key it needs.
  await page.getByRole('treeitem', { name: /^公司/ }).click()
  await openBucket(page, /^公司/)
  await expect(page.getByText(objects['empty.title'])).toBeVisible()
  await dropPaths(page, 'main', [join(folder, '合同.txt')])
  const sheet = dialog(page).last()
  await sheet.getByRole('button', { name: keys['generate'] }).click()
  const make = dialog(page, keys['gen.title'])
  await field(make, keys['gen.name']).fill('公司密钥 2026')
  await make.getByRole('radio', { name: '2048' }).click()
  await make.getByRole('button', { name: keys['gen.do'], exact: true }).click()
  await dialog(page).last().getByRole('button', { name: keys['act.later'] }).click()
  await start(dialog(page)).click()
  await expect(row(page, '合同.txt')).toContainText('公司密钥 2026')
  expect(
    oss.log
      .entries()
      .some(({ method, key, status }) => method === 'PUT' && key === '合同.txt' && status === 200),
  ).toBe(true)

  // The guide has nothing left to say, over a reload too.
  await page.reload()
  await page.getByRole('treeitem', { level: 1 }).last().click()
  await openBucket(page, /^Practice/)
  await expect(row(page, '第一个文件.txt')).toBeVisible()
  await expect(page.locator('.hello')).toHaveCount(0)

  // The next start asks for the passphrase; put off, the account says that it is locked, and a
  // click asks again.
  await app.stop()
  const again = await startLoopback({ data: app.data, environment: { HOME: folder, LANG: '' } })
  try {
    // The page of the start before leads to the address that the program shows now.
    await page.goto(again.link)
    const unlock = dialog(page, settings['unlock.title'])
    await unlock.getByRole('button', { name: settings['unlock.later'] }).click()
    const account = page.getByRole('treeitem', { name: /^公司/ })
    await expect(account).toContainText(common['tree.locked'])
    await account.click()
    await field(unlock, settings['unlock.passphrase']).fill(PASSPHRASE)
    await page.keyboard.press('Enter')
    await expect(account).not.toContainText(common['tree.locked'])
    await openBucket(page, /^公司/)
    await expect(row(page, '合同.txt')).toContainText('公司密钥 2026')
  } finally {
    await page.goto('about:blank')
    await again.stop()
  }
})

test('a language that was chosen is kept, whatever the browser wants', async ({
  page,
  app,
  folder,
  problems,
}) => {
  await page.goto(app.link)
  await page.getByRole('radio', { name: 'English' }).click()
  await expect(page.getByRole('heading', { name: objects['guide.title'] })).toHaveCount(0)
  // The words change at once. A reload before the core has the choice would lose it.
  await expect.poll(async () => (await call(page, 'settings.get', {})).language).toBe('en')
  await page.reload()
  await expect(page.getByRole('radio', { name: 'English' })).toBeChecked()
  expect(await page.locator('html').getAttribute('lang')).toBe('en')
  // The page in place of a link that was used follows.
  await page.context().clearCookies()
  await page.goto(app.link)
  await expect(page.getByText('This link was already used')).toBeVisible()
  expect(problems.splice(0)).toEqual([expect.stringContaining('403')])
  await app.stop()
  const again = await startLoopback({ data: app.data, environment: { HOME: folder, LANG: '' } })
  try {
    await page.goto(again.link)
    await expect(page.getByRole('radio', { name: 'English' })).toBeChecked()
    expect(await page.locator('html').getAttribute('lang')).toBe('en')
  } finally {
    // A page that still loads would complain of a server that is gone.
    await page.goto('about:blank')
    await again.stop()
  }
})
