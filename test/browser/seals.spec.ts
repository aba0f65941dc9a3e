import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { expect, type Page } from '@playwright/test'
import { openHttpClient } from '../../electron/core/net/http-client.ts'
import type { Oss } from '../../electron/core/oss/client.ts'
import { getRange, headObject, putSmall } from '../../electron/core/oss/objects.ts'
import { addProfile, call, dialog, open, PASSPHRASE, row, test, uploadPaths } from './kit.ts'
import { complaints, look } from './look.ts'
import { BUCKET, clientOf } from './studio.ts'

/** Seals as the window shows them, of objects that somebody changed in the bucket. */

const never = new AbortController().signal

/** Copies an object to another name, with its metadata, as another program does. */
async function copy(oss: Oss, from: string, to: string, flip = false): Promise<void> {
  const { headers } = await headObject(oss, BUCKET, from, never)
  const all = { bucket: BUCKET, key: from, offset: 0, length: null, ifMatch: null }
  const body = await buffer((await getRange(oss, all, never)).body)
  if (flip) body[0] = (body[0] ?? 0) ^ 1
  const metadata = Object.fromEntries(
    [...headers].filter(([name]) => name.startsWith('x-oss-meta-')),
  )
  const copied = { bucket: BUCKET, key: to, headers: metadata, body, forbidOverwrite: false }
  await putSmall(oss, copied, never)
}

/** An account with a key, and the files that it uploaded. */
async function furnished(page: Page, profileId: string, folder: string, names: readonly string[]) {
  const key = await call(page, 'keys.generate', {
    name: 'Studio 2026',
    bits: 2048,
    description: '{"team":"studio"}',
    style: 'compact',
  })
  const paths = names.map((name) => join(folder, name))
  for (const path of paths) await writeFile(path, randomBytes(30_000))
  await uploadPaths(page, { profileId, bucket: BUCKET, prefix: 'c/', keyId: key.id, paths })
  await expect
    .poll(async () => (await call(page, 'transfers.list', {})).map(({ phase }) => phase))
    .toEqual(names.map(() => 'done'))
}

test('a file is verified, and one that was changed or moved is not kept', async ({
  app,
  page,
  oss,
  folder,
}) => {
  test.setTimeout(600_000)
  await open(page, app)
  const wire = openHttpClient()
  const client = clientOf(oss, wire)
  const made = await client.sign({ method: 'PUT', bucket: BUCKET, key: '', query: {}, headers: {} })
  await fetch(made.url, { method: made.method, headers: made.headers })
  await call(page, 'secrets.unlock', { passphrase: PASSPHRASE })
  const profileId = await addProfile(page, oss, [])
  await furnished(page, profileId, folder, ['annex-A.pdf', 'annex-C.pdf', 'harbour.jpg'])
  await copy(client, 'c/annex-C.pdf', 'c/annex-C.pdf', true)
  await copy(client, 'c/annex-A.pdf', 'c/side-letter.pdf')
  wire.close()

  await page.evaluate((hash) => void (location.hash = hash), `#/${profileId}/${BUCKET}/c/`)
  const details = page.getByRole('complementary', { name: 'Details' })
  await row(page, 'annex-A.pdf').click()
  await expect(details).toContainText('Not verified yet')
  await look(page, 'seal-none')
  for (const [name, state, words] of [
    ['annex-A.pdf', 'intact', 'All of it was read and fits its seal'],
    ['annex-C.pdf', 'changed', 'Changed after it was sealed'],
    ['side-letter.pdf', 'moved', 'It was sealed under another name'],
  ] as const) {
    await row(page, name).click()
    await details.getByRole('button', { name: 'Verify', exact: true }).click()
    await expect(details).toContainText(words)
    await look(page, `seal-${state}`)
  }
  await details.getByRole('button', { name: 'Download anyway…' }).click()
  await expect(dialog(page)).toContainText('Its content is verified before it is saved')
  await look(page, 'seal-download-moved')
  await page.keyboard.press('Escape')
  expect(complaints).toEqual([])
})
