import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, type Locator, type Page } from '@playwright/test'
import type { Practice } from '../tools/practice.ts'
import { boxOf, dropPaths, startLoopback, type LoopbackApp } from './loopback-app.ts'
import { call, dialog, goTo, PASSPHRASE, row, test } from './kit.ts'
import { complaints, dress, look } from './look.ts'
import {
  BUCKET,
  furnish,
  openStudio,
  SIGNED,
  slowUpload,
  transfers,
  type Studio,
} from './studio.ts'

/**
 * Every screen and dialog, in both languages and both themes, and in the least window. Pictures:
 * out/screens.
 */

const zone = '[role=group][aria-label="Drop zone"]'
const list = '[role=grid][aria-label^="Objects in"]'
const treeItem = (page: Page, name: string): Locator => page.getByRole('treeitem', { name }).first()

test.describe('every screen', () => {
  test.describe.configure({ mode: 'serial', timeout: 600_000 })
  let studio: Studio
  let folder: string
  let app: LoopbackApp
  let oss: Practice
  let page: Page
  let profileId: string

  test.beforeAll(async ({ browser }) => {
    studio = await openStudio(browser)
    ;({ folder, app, oss, page } = studio)
  })
  test.afterAll(() => studio.close())

  /** Shows the folder of the pictures. */
  const showContracts = async (): Promise<void> => {
    await page.evaluate(
      ([profileId, bucket]) => {
        location.hash = `#/${profileId}/${bucket}/contracts/2026/`
      },
      [profileId, BUCKET],
    )
    await page.reload()
    await expect(row(page, 'README.txt')).toContainText('Not encrypted')
    await expect(row(page, 'invoice-2026-0417.xlsx')).toContainText('Studio 2026')
  }
  const cancel = async (): Promise<void> => {
    await page.keyboard.press('Escape')
    await expect(dialog(page)).toHaveCount(0)
  }

  test('before anything was done: first run, keys, transfers, offline, settings, the passphrase', async () => {
    await look(page, 'first-run')
    await goTo(page, 'Transfers')
    await look(page, 'transfers-empty')
    await goTo(page, 'Offline decryption')
    await look(page, 'offline-empty')
    await goTo(page, 'Settings')
    await look(page, 'settings')
    await page.getByRole('button', { name: 'Choose a passphrase…', exact: true }).click()
    await look(page, 'passphrase-new')
    await cancel()
  })

  test('objects: browse, several selected, menu, filter, empty folder, drag', async () => {
    profileId = (await furnish(page, oss, join(folder, 'home'))).profileId
    await call(page, 'transfers.clear', {
      ids: (await call(page, 'transfers.list', {})).map((one) => one.id),
    })
    await showContracts()
    await row(page, SIGNED.slice(0, 12)).click()
    const details = page.getByRole('complementary', { name: 'Details' })
    await expect(details).toContainText('You can open it with')
    await look(page, 'browse')
    for (const [name, words] of [
      ['payroll-2026-10.xlsx', 'Key missing'],
      ['board-minutes', 'Damaged encryption headers'],
      ['README.txt', 'Anyone who can read'],
    ] as const) {
      await row(page, name).click()
      await expect(details).toContainText(words)
      await look(page, `browse-${name.split(/[-.]/)[0]}`)
    }
    await row(page, 'README.txt').click({ button: 'right' })
    await look(page, 'browse-menu')
    await page.keyboard.press('Escape')
    await row(page, 'invoice-2026').click()
    await row(page, 'README.txt').click({ modifiers: ['Control'] })
    await row(page, 'payroll').click({ modifiers: ['Control'] })
    await look(page, 'browse-several')
    await page.getByRole('combobox', { name: 'Filter this folder' }).fill('Hafenkontrol')
    await look(page, 'empty-filter')
    await page.getByRole('combobox', { name: 'Filter this folder' }).fill('')
    await treeItem(page, 'photos').click()
    await expect(page.getByText('Nothing here yet')).toBeVisible()
    await look(page, 'empty-folder')
    await showContracts()
    await drag(page, list, [join(folder, 'home/contracts')])
    await expect(page.getByText('Drop to encrypt and upload')).toBeVisible()
    await look(page, 'drag')
    await page.reload()
  })

  test('dialogs of the objects: upload, existing names, delete, rename, move, new folder, chooser, shortcuts', async () => {
    await showContracts()
    await dropPaths(page, list, [
      join(folder, 'home/contracts/invoice-2026-0417.xlsx'),
      join(folder, 'home/contracts/signed'),
    ])
    await expect(dialog(page, /^Encrypt and upload/)).toContainText('already exist')
    await look(page, 'upload')
    await dialog(page).getByRole('button', { name: 'Encrypt and upload' }).click()
    await expect(dialog(page, /already exists$/)).toBeVisible()
    await look(page, 'upload-existing')
    await page.keyboard.press('Escape')
    await cancel()
    await row(page, 'README.txt').click()
    await page.keyboard.press('Delete')
    await expect(dialog(page)).toContainText('1 object')
    await look(page, 'delete')
    await cancel()
    await row(page, 'README.txt').click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Rename…' }).click()
    await look(page, 'rename')
    await cancel()
    await page.getByRole('button', { name: 'Actions for the selection' }).click()
    await page.getByRole('menuitem', { name: 'Move to…' }).click()
    await expect(dialog(page, 'Move “README.txt”').getByRole('option').first()).toBeVisible()
    await look(page, 'move')
    await cancel()
    await page.getByRole('button', { name: 'Upload', exact: true }).click()
    await look(page, 'upload-menu')
    await page.getByRole('menuitem', { name: 'New folder…' }).click()
    await look(page, 'new-folder')
    await cancel()
    await page.keyboard.press('Control+u')
    await expect(dialog(page, 'Choose files').getByRole('option').first()).toBeVisible()
    await look(page, 'chooser')
    await cancel()
    await page.keyboard.press('Control+/')
    await look(page, 'shortcuts')
    await cancel()
  })

  test('transfers: one paused, one refused, one running, in the panel and on their page', async () => {
    await transfers(page, oss, join(folder, 'home'), profileId)
    await page
      .getByRole('button', { name: 'Show transfers' })
      .click()
      .catch(() => undefined)
    await look(page, 'transfers-panel')
    await goTo(page, 'Transfers')
    await look(page, 'transfers')
  })

  test('the pictures of the README', async () => {
    const shots = fileURLToPath(
      new URL(
        process.env['UPDATE_SHOTS'] === '1' ? './shots/' : '../../out/screens/',
        import.meta.url,
      ),
    )
    await mkdir(shots, { recursive: true })
    const moving = await slowUpload(page, oss, join(folder, 'home'), profileId)
    for (const [name, language] of [
      ['browse-light-en', 'en'],
      ['browse-light-zh', 'zh-CN'],
    ] as const) {
      await dress(page, 'en', 'light')
      await showContracts()
      await row(page, 'invoice-2026-0417.xlsx').click()
      await expect(page.getByRole('complementary', { name: 'Details' })).toContainText(
        'V2, complete',
      )
      await dress(page, language, 'light')
      await page.screenshot({ path: `${shots}${name}.png` })
    }
    await dress(page, 'en', 'light')
    await goTo(page, 'Master keys')
    await page.getByRole('row', { name: /Studio 2026/ }).click()
    await dress(page, 'en', 'dark')
    await page.screenshot({ path: `${shots}keys-dark-en.png` })
    await dress(page, 'en', 'light')
    await call(page, 'transfers.cancel', { ids: [moving] })
  })

  test('keys: list, generate, import, edit, backup, delete', async () => {
    await goTo(page, 'Master keys')
    await page.getByRole('row', { name: /Studio 2026/ }).click()
    await look(page, 'keys')
    await page.getByRole('row', { name: /Warehouse 2015/ }).click()
    await look(page, 'keys-weak')
    await page.getByRole('row', { name: /Studio 2024/ }).click()
    for (const [button, name] of [
      ['Generate…', 'keys-generate'],
      ['Import…', 'keys-import'],
      ['Edit…', 'keys-edit'],
      ['Back up…', 'keys-backup'],
      ['Delete…', 'keys-delete'],
    ] as const) {
      await page.getByRole('button', { name: button }).click()
      await expect(dialog(page)).toBeVisible()
      await look(page, name)
      await cancel()
    }
    await page.getByRole('row', { name: /Studio 2026/ }).click()
    await page.getByRole('button', { name: 'Delete…' }).click()
    await look(page, 'keys-delete-default')
    await cancel()
  })

  test('offline decryption with files in several states', async () => {
    const at = (name: string): string => join(folder, 'home', name)
    const sample = (
      JSON.parse(
        await readFile(fileURLToPath(new URL('../vectors/objects.json', import.meta.url)), 'utf8'),
      ) as readonly { name: string; ciphertext: string; headers: Record<string, string> }[]
    ).find((one) => one.name === 'gov2-simple')
    const blob = Buffer.from(sample?.ciphertext ?? '', 'base64')
    const envelopes: Readonly<Record<string, object>> = {
      'site-plan-final.pdf': { headers: sample?.headers },
      'ledger-2019.xlsx': { size: 4096, headers: sample?.headers },
      'minutes.txt': {
        headers: { ...sample?.headers, 'X-Oss-Meta-Client-Side-Encryption-Start': 'torn' },
      },
    }
    for (const [name, envelope] of Object.entries(envelopes)) {
      await writeFile(at(name), blob)
      await writeFile(at(`${name}.ossenv.json`), JSON.stringify(envelope))
    }
    await writeFile(at('photo-from-the-old-archive.jpg'), blob)
    await goTo(page, 'Offline decryption')
    await dropPaths(
      page,
      zone,
      [
        ...Object.keys(envelopes),
        ...Object.keys(envelopes).map((name) => `${name}.ossenv.json`),
        'photo-from-the-old-archive.jpg',
      ].map(at),
    )
    await expect(page.getByRole('table', { name: 'Files' })).toContainText('No encryption headers.')
    await look(page, 'offline')
    await page.getByRole('button', { name: 'Paste headers…' }).click()
    await look(page, 'offline-paste')
    await cancel()
  })

  test('profiles: add and edit, and what a settled app says in its settings', async () => {
    await page
      .getByRole('navigation', { name: 'Main' })
      .getByRole('button', { name: 'Add profile' })
      .click()
    await look(page, 'profile')
    await cancel()
    await treeItem(page, 'Lanstone').click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Edit profile…' }).click()
    await look(page, 'profile-edit')
    await cancel()
    await goTo(page, 'Settings')
    await look(page, 'settings-full')
  })

  test('loading, and what a list says that cannot be read', async () => {
    const listing = { method: 'GET', bucket: BUCKET, query: 'list-type' }
    const refused: Readonly<Record<string, Parameters<typeof oss.faults.add>[0]['do']>> = {
      loading: { kind: 'delay', ms: 3_600_000 },
      denied: { kind: 'status', status: 403, code: 'AccessDenied' },
      clock: { kind: 'status', status: 403, code: 'RequestTimeTooSkewed' },
      credentials: { kind: 'status', status: 403, code: 'InvalidAccessKeyId' },
      gone: { kind: 'status', status: 404, code: 'NoSuchBucket' },
    }
    // A reload stays on the page where it was: the list has to be that one.
    await showContracts()
    for (const [name, action] of Object.entries(refused)) {
      oss.faults.clear()
      oss.faults.add({ match: listing, do: action, times: Infinity })
      // A known folder would show its rows.
      await call(page, 'index.clear', {})
      await page.reload()
      if (name === 'loading')
        await expect(page.locator('[aria-busy=true][role=grid]')).toBeVisible()
      else await expect(page.getByRole('button', { name: 'Try again' }).first()).toBeVisible()
      await look(page, `error-${name}`)
    }
    oss.faults.clear()
    await page.reload()
    await expect(row(page, 'README.txt')).toBeVisible()
    await oss.close()
    await page.reload()
    await expect(page.getByText(/^Not connected, as of/)).toBeVisible()
    await look(page, 'error-known')
    await call(page, 'index.clear', {})
    await page.reload()
    await expect(page.getByRole('heading', { name: /cannot be reached/ })).toBeVisible()
    await look(page, 'error-unreachable')
  })

  test('after a restart: the passphrase file is closed', async () => {
    expect(await app.stop()).toBe(0)
    await expect(page.getByRole('alert')).toContainText('The connection to Cipherbucket was lost')
    studio.problems.length = 0
    const again = await startLoopback({
      data: app.data,
      environment: { HOME: join(folder, 'home') },
    })
    try {
      await page.goto(again.link)
      await page.evaluate(
        ([profileId, bucket]) => {
          location.hash = `#/${profileId}/${bucket}`
        },
        [profileId, BUCKET],
      )
      await page.reload()
      await look(page, 'unlock-start')
      await dialog(page).getByRole('button', { name: 'Later' }).click()
      await expect(
        page.getByRole('heading', { name: 'The passphrase file is locked' }),
      ).toBeVisible()
      await look(page, 'error-passphrase')
      await goTo(page, 'Master keys')
      await page.getByRole('row', { name: /Studio 2026/ }).click()
      await look(page, 'keys-closed')
      await page.getByRole('button', { name: 'Passphrase file is locked' }).click()
      await dialog(page).getByLabel('Passphrase', { exact: true }).fill(`${PASSPHRASE} not`)
      await page.keyboard.press('Enter')
      await expect(dialog(page)).toContainText('The passphrase does not open the file.')
      await look(page, 'unlock')
    } finally {
      await again.stop()
    }
  })

  test('no screen breaks a rule of axe, cuts words off or hides a control from the keyboard', () => {
    expect(complaints).toEqual([])
  })
})

/** Drags files over an element, and does not let go. */
async function drag(page: Page, selector: string, files: readonly string[]): Promise<void> {
  const box = await boxOf(page.locator(selector).first())
  const client = await page.context().newCDPSession(page)
  for (const type of ['dragEnter', 'dragOver'] as const) {
    await client.send('Input.dispatchDragEvent', {
      type,
      x: box.x + box.width / 2,
      y: box.y + box.height - 20,
      data: { items: [], files: [...files], dragOperationsMask: 1 },
    })
  }
  await client.detach()
}
