import { execFileSync } from 'node:child_process'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, type Locator, type Page } from '@playwright/test'
import { commandEnvironment, records, runCli, type Ran } from '../shells/cli-process.ts'
import type { Practice } from '../tools/practice.ts'
import { test } from './kit.ts'

/** A page for one receiver: the command line writes it, and Chromium opens it from a file. */

const NAME = `a <b>"1"</b> & 'x'.bin`.replace('/', '∕')
const KEY = `报告/${NAME}`
/** Two whole chunks of 1 MiB, and a rest that is no whole block of the cipher. */
const plain = Buffer.alloc(2 * 2 ** 20 + 12_345, 'The quick brown fox. ')

interface Given {
  readonly oss: Practice
  readonly folder: string
  /** Runs the command line on the practice bucket. */
  readonly cli: (...args: readonly string[]) => Promise<Ran>
  /** The page of a sealed object, for a passphrase. */
  readonly handedOff: HandedOff
}

interface HandedOff {
  readonly page: string
  readonly words: string
}

const it = test.extend<Pick<Given, 'cli' | 'handedOff'>>({
  cli: async ({ oss, folder }, use) => {
    await use((...args) =>
      runCli([...args, '--bucket', oss.bucket], {
        cwd: folder,
        env: { ...commandEnvironment(folder, oss), NO_COLOR: '1' },
      }),
    )
  },
  handedOff: async ({ cli, folder }, use) => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
    await writeFile(join(folder, 'master.pem'), pem, { mode: 0o600 })
    await writeFile(join(folder, 'in.bin'), plain)
    expect(await cli('put', 'in.bin', '--key', 'master.pem', '--to', KEY)).toMatchObject({
      code: 0,
    })
    const to = ['--to', 'passphrase', '--passphrase-out', 'words.txt']
    const made = await handOff(cli, ...to)
    expect(made.code, made.stderr).toBe(0)
    const page = await readFile(join(folder, 'page.html'), 'utf8')
    const words = (await readFile(join(folder, 'words.txt'), 'utf8')).trim()
    const [report] = records(made)
    expect(report).toMatchObject({ sha256: createHash('sha256').update(page).digest('hex') })
    expect(page + made.stdout + made.stderr).not.toContain(words)
    await use({ page, words })
  },
})

const handOff = (cli: Given['cli'], ...more: readonly string[]): Promise<Ran> =>
  cli(
    'handoff',
    KEY,
    '--key',
    'master.pem',
    '--expires',
    '2h',
    '--out',
    'page.html',
    '--json',
    ...more,
  )

const status = (page: Page): Locator => page.getByRole('status')
const openButton = (page: Page): Locator => page.getByRole('button', { name: 'Open and save' })
const allow = (oss: Practice): void =>
  void oss.faults.add({
    match: { method: 'GET', key: KEY },
    do: { kind: 'allow-origin' },
    times: Infinity,
  })

/** Opens a page from a file of its own. Empty `typed`: nothing is typed. */
async function openPage(page: Page, folder: string, html: string, typed: string): Promise<void> {
  const path = join(folder, 'received.html')
  await writeFile(path, html)
  await page.goto(pathToFileURL(path).href)
  await page.getByRole('textbox').fill(typed)
}

/** Presses the button, and returns the bytes that the browser saves. */
async function opened(page: Page): Promise<Buffer> {
  const saving = page.waitForEvent('download')
  await openButton(page).click()
  const saved = await saving
  expect(saved.suggestedFilename()).toContain('.bin')
  return readFile(await saved.path())
}

it('the passphrase opens the file, and one host is asked', async ({
  page,
  oss,
  folder,
  handedOff,
}) => {
  allow(oss)
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  const typed = `  ${handedOff.words.toUpperCase().replaceAll(' ', '   ')} `
  await openPage(page, folder, handedOff.page, typed)
  await expect(page.getByRole('heading')).toHaveText(NAME)
  expect((await opened(page)).equals(plain)).toBe(true)
  await expect(status(page)).toContainText('intact and decrypted')
  const others = asked.filter((url) => !/^(?:file|blob):/.test(url))
  expect(others.map((url) => new URL(url).origin)).toEqual([new URL(oss.endpoint).origin])
})

it('openssl gives the code that opens a page for an RSA key', async ({
  page,
  oss,
  folder,
  cli,
  handedOff,
}) => {
  expect(handedOff.words.split(' ')).toHaveLength(6)
  allow(oss)
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const spki = publicKey.export({ type: 'spki', format: 'pem' })
  await writeFile(join(folder, 'receiver.pem'), spki)
  await writeFile(join(folder, 'KEY.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }), {
    mode: 0o600,
  })
  const made = await handOff(cli, '--to', 'receiver.pem', '--force')
  expect(made).toMatchObject({ code: 0 })
  const fingerprint = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
  expect(records(made)).toMatchObject([{ fingerprint, size: plain.length }])
  await openPage(page, folder, await readFile(join(folder, 'page.html'), 'utf8'), '')
  await page.getByText('How to get the code').click()
  const command = await page.locator('#openssl').innerText()
  const code = execFileSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' })
  await page.getByRole('textbox').fill(code)
  expect((await opened(page)).equals(plain)).toBe(true)
})

it('without a rule for the page, the file is chosen by hand; a changed one is refused', async ({
  page,
  folder,
  cli,
  problems,
  handedOff,
}) => {
  test.slow()
  let saved = 0
  page.on('download', () => saved++)
  await openPage(page, folder, handedOff.page, handedOff.words)
  await openButton(page).click()
  await expect(status(page)).toContainText('cannot be read from here')
  const link = page.getByRole('link', { name: 'Download the encrypted file' })
  await expect(link).toHaveAttribute('href', /x-oss-signature=/)
  // Chromium writes the refused request to the console.
  expect(problems.splice(0).join('\n')).toContain('CORS')
  expect(await cli('get', KEY, '--raw', '--out', 'blob')).toMatchObject({ code: 0 })
  const blob = await readFile(join(folder, 'blob'))
  for (const [what, change] of CHANGES) {
    await writeFile(join(folder, 'changed'), change(blob))
    await openPage(page, folder, handedOff.page, handedOff.words)
    await page
      .getByLabel('I have the encrypted file already')
      .setInputFiles(join(folder, 'changed'))
    await openButton(page).click()
    await expect(status(page), what).toContainText('Refused')
  }
  expect(saved).toBe(0)
  await page.getByLabel('I have the encrypted file already').setInputFiles(join(folder, 'blob'))
  expect((await opened(page)).equals(plain)).toBe(true)
})

const flip = (bytes: Buffer, at: number): Buffer => {
  const changed = Buffer.from(bytes)
  changed[at] = (changed[at] ?? 0) ^ 1
  return changed
}
const MIB = 2 ** 20
const CHANGES: readonly (readonly [string, (bytes: Buffer) => Buffer])[] = [
  ['a flipped bit', (bytes) => flip(bytes, 5)],
  ['a flipped bit in the last chunk', (bytes) => flip(bytes, bytes.length - 1)],
  ['a cut', (bytes) => bytes.subarray(0, -1)],
  ['a cut at a chunk', (bytes) => bytes.subarray(0, MIB)],
  ['nothing', () => Buffer.alloc(0)],
  ['a byte more', (bytes) => Buffer.concat([bytes, Buffer.alloc(1)])],
  [
    'exchanged chunks',
    (bytes) =>
      Buffer.concat([
        bytes.subarray(MIB, 2 * MIB),
        bytes.subarray(0, MIB),
        bytes.subarray(2 * MIB),
      ]),
  ],
]

it('another passphrase, a changed page, changed bytes and an ended link say what is wrong', async ({
  page,
  oss,
  folder,
  problems,
  handedOff: { page: html, words },
}) => {
  test.slow()
  allow(oss)
  const [first = '', ...others] = words.split(' ')
  await openPage(page, folder, html, [`${first}s`, ...others].join(' '))
  await openButton(page).click()
  await expect(status(page)).toContainText('These words do not open this file')
  for (const [from, to] of [
    [`"bucket":"${oss.bucket}"`, '"bucket":"other"'],
    [/"expires":\d+/, '"expires":4000000000'],
    [/"key":"[^/]+\//, '"key":"x/'],
    [/"box":"./, '"box":"_'],
  ] as const) {
    const changed = html.replace(from, to)
    expect(changed).not.toBe(html)
    await openPage(page, folder, changed, words)
    await openButton(page).click()
    await expect(status(page)).toContainText('This page is damaged')
  }
  oss.faults.add({ match: { method: 'GET', key: KEY }, do: { kind: 'flip-bit', offset: MIB + 7 } })
  await openPage(page, folder, html, words)
  await openButton(page).click()
  await expect(status(page)).toContainText('Refused')
  const denied = { kind: 'status', status: 403, code: 'AccessDenied' } as const
  oss.faults.add({ match: { method: 'GET', key: KEY }, do: denied })
  await openPage(page, folder, html, words)
  await openButton(page).click()
  await expect(status(page)).toContainText('403')
  await page.clock.setFixedTime(Date.now() + 3 * 3600_000)
  await openPage(page, folder, html, words)
  await expect(page.getByText(/The link ended on/)).toBeVisible()
  expect(problems.splice(0).join('\n')).toContain('403')
})

it('an object without an intact seal is not handed off', async ({ cli, folder, handedOff }) => {
  expect(handedOff.page).toContain('cipherbucket-handoff-1')
  const put = ['--key', 'master.pem', '--to', KEY, '--no-seal', '--force']
  expect(await cli('put', 'in.bin', ...put)).toMatchObject({ code: 0 })
  const made = await handOff(cli, '--to', 'passphrase', '--passphrase-out', 'more.txt', '--force')
  expect(made.code).not.toBe(0)
  expect(made.stderr).toMatch(/seal/i)
  await expect(readFile(join(folder, 'more.txt'))).rejects.toThrow()
})
