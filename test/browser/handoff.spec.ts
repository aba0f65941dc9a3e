import { createCipheriv, generateKeyPairSync, randomBytes } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, type Locator, type Page } from '@playwright/test'
import {
  lockWithRsa,
  lockWithWords,
  makeHandoff,
  type Handoff,
  type LockedSecret,
} from '../../electron/core/handoff/handoff-box.ts'
import { handoffPage } from '../../electron/core/handoff/handoff-page.ts'
import { exponentOf } from '../../electron/core/seals/chunks.ts'
import { LeafSum } from '../../electron/core/seals/leaves.ts'
import { makeSeal } from '../../electron/core/seals/make-seal.ts'
import { deriveSealKeys } from '../../electron/core/seals/seal-keys.ts'
import { writeSealText } from '../../electron/core/seals/seal-text.ts'
import { test } from './kit.ts'

/** A hand-off page in Chromium, from a file, with a server that stands for a bucket. */

const WORDS = 'abacus bagpipe cactus dandelion eardrum fabric'
const KEY = '报告/<b>report</b> "1" & </script>.bin'
const BUCKET = 'examplebucket'
/** Two whole chunks of 1 MiB, and a rest that is no whole block of the cipher. */
const plain = Buffer.alloc(2 * 2 ** 20 + 12_345, 'The quick brown fox. ')

interface Stored {
  bytes: Buffer
  status: number
  /** The bucket has a CORS rule. */
  allows: boolean
}

interface Given {
  readonly stored: Stored
  /** The address of the server, whose every path is the object. */
  readonly origin: string
}

const it = test.extend<Given>({
  stored: async ({}, use) => use({ bytes: Buffer.alloc(0), status: 200, allows: true }),
  origin: async ({ stored }, use) => {
    const server: Server = createServer((_, answer) => {
      answer.writeHead(stored.status, stored.allows ? { 'access-control-allow-origin': '*' } : {})
      answer.end(stored.bytes)
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    await use(`http://127.0.0.1:${address.port}`)
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  },
})

/** Encrypts and seals `plain`, stores it, and writes its page. Returns the path of the page. */
async function handOff(
  { stored, origin, folder }: Given & { readonly folder: string },
  locked: LockedSecret,
  changes: Partial<Handoff> = {},
  expires = Math.floor(Date.now() / 1000) + 3600,
): Promise<string> {
  const [dataKey, counter] = [
    randomBytes(32),
    Buffer.concat([randomBytes(8), Buffer.alloc(8, 255)]),
  ]
  const cipher = createCipheriv('aes-256-ctr', dataKey, counter)
  stored.bytes = Buffer.concat([cipher.update(plain), cipher.final()])
  using keys = deriveSealKeys(dataKey)
  const plan = { sealId: randomBytes(16), exponent: exponentOf(plain.length) }
  const sum = new LeafSum(keys, { ...plan, firstIndex: 0 })
  sum.update(stored.bytes)
  const seal = makeSeal(keys, {
    ...plan,
    length: plain.length,
    leaves: sum.leaves(),
    counter,
    byWriter: true,
    writer: null,
    time: Date.now(),
    bucket: BUCKET,
    key: KEY,
  })
  const link = `${origin}/object?x-oss-signature=0`
  const facts = { bucket: BUCKET, key: KEY, seal: writeSealText(seal), link, expires }
  const made = makeHandoff(facts, locked, { dataKey, counter })
  const path = join(folder, 'page.html')
  await writeFile(path, handoffPage({ ...made, ...changes }))
  return path
}

const status = (page: Page): Locator => page.getByRole('status')
const openButton = (page: Page): Locator => page.getByRole('button', { name: 'Open and save' })

async function openPage(page: Page, path: string, typed: string): Promise<void> {
  await page.goto(pathToFileURL(path).href)
  await page.getByRole('textbox').fill(typed)
}

it('the passphrase opens the file, and one host is asked', async ({ page, ...given }) => {
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  const path = await handOff(given, await lockWithWords(WORDS))
  await openPage(page, path, `  ${WORDS.toUpperCase().replaceAll(' ', '   ')} `)
  await expect(page.getByRole('heading')).toHaveText('<b>report<') // what follows the last slash
  const saving = page.waitForEvent('download')
  await openButton(page).click()
  const saved = await saving
  expect(await readFile(await saved.path())).toEqual(plain)
  await expect(status(page)).toContainText('intact and decrypted')
  const others = asked.filter((url) => !/^(?:file|blob):/.test(url))
  expect(others).toEqual([`${given.origin}/object?x-oss-signature=0`])
})

it('openssl gives the code that opens a page for an RSA key', async ({ page, ...given }) => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const path = await handOff(given, lockWithRsa(publicKey))
  await writeFile(
    join(given.folder, 'KEY.pem'),
    privateKey.export({ type: 'pkcs8', format: 'pem' }),
    { mode: 0o600 },
  )
  await page.goto(pathToFileURL(path).href)
  await page.getByText('How to get the code').click()
  const command = await page.locator('#openssl').innerText()
  const code = execFileSync('sh', ['-c', command], { cwd: given.folder, encoding: 'utf8' })
  await page.getByRole('textbox').fill(code)
  const saving = page.waitForEvent('download')
  await openButton(page).click()
  expect(await readFile(await (await saving).path())).toEqual(plain)
})

it('without a rule for the page, the file is chosen by hand', async ({
  page,
  problems,
  ...given
}) => {
  given.stored.allows = false
  const path = await handOff(given, await lockWithWords(WORDS))
  await openPage(page, path, WORDS)
  await openButton(page).click()
  await expect(status(page)).toContainText('cannot be read from here')
  await expect(page.getByRole('link', { name: 'Download the encrypted file' })).toHaveAttribute(
    'href',
    `${given.origin}/object?x-oss-signature=0`,
  )
  const blob = join(given.folder, 'blob')
  await writeFile(blob, given.stored.bytes)
  await page.getByLabel('I have the encrypted file already').setInputFiles(blob)
  const saving = page.waitForEvent('download')
  await openButton(page).click()
  expect(await readFile(await (await saving).path())).toEqual(plain)
  // Chromium writes the refused request to the console.
  expect(problems.splice(0).join('\n')).toContain('CORS')
})

const flip = (bytes: Buffer, at: number): Buffer => {
  const changed = Buffer.from(bytes)
  changed[at] = (changed[at] ?? 0) ^ 1
  return changed
}
const changes: readonly (readonly [string, (bytes: Buffer) => Buffer])[] = [
  ['a flipped bit', (bytes) => flip(bytes, 5)],
  ['a flipped bit in the last chunk', (bytes) => flip(bytes, bytes.length - 1)],
  ['a cut', (bytes) => bytes.subarray(0, -1)],
  ['a cut at a chunk', (bytes) => bytes.subarray(0, 2 ** 20)],
  ['nothing', () => Buffer.alloc(0)],
  ['a byte more', (bytes) => Buffer.concat([bytes, Buffer.alloc(1)])],
  [
    'exchanged chunks',
    (bytes) =>
      Buffer.concat([
        bytes.subarray(2 ** 20, 2 ** 21),
        bytes.subarray(0, 2 ** 20),
        bytes.subarray(2 ** 21),
      ]),
  ],
]

it('a changed file is refused, and nothing is saved', async ({ page, ...given }) => {
  let saved = 0
  page.on('download', () => saved++)
  const path = await handOff(given, await lockWithWords(WORDS))
  const whole = given.stored.bytes
  for (const [what, change] of changes) {
    given.stored.bytes = change(whole)
    await openPage(page, path, WORDS)
    await openButton(page).click()
    await expect(status(page), what).toContainText('Refused')
  }
  expect(saved).toBe(0)
})

it('another passphrase, a changed page and an ended link say what is wrong', async ({
  page,
  problems,
  ...given
}) => {
  const locked = await lockWithWords(WORDS)
  await openPage(page, await handOff(given, locked), WORDS.replace('cactus', 'cactuses'))
  await openButton(page).click()
  await expect(status(page)).toContainText('These words do not open this file')
  for (const changed of [{ bucket: 'other' }, { expires: 4_000_000_000 }, { key: 'x.txt' }]) {
    await openPage(page, await handOff(given, locked, changed), WORDS)
    await openButton(page).click()
    await expect(status(page)).toContainText('This page is damaged')
  }
  given.stored.status = 403
  await openPage(page, await handOff(given, locked, {}, 1_700_000_000), WORDS)
  await expect(page.getByText(/The link ended on November 1\d, 2023/)).toBeVisible()
  await openButton(page).click()
  await expect(status(page)).toContainText('The storage answered 403')
  expect(problems.splice(0).join('\n')).toContain('403')
})
