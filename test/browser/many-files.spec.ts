import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, type Page } from '@playwright/test'
import { call, dialog, objects, open, test } from './kit.ts'
import { peakMib } from '../tools/peak-memory.ts'
import { dropPaths } from './loopback-app.ts'

/** A folder of many small files, dropped at once: 2,000, or 200,000 with SLOW=1. */
const SLOW = process.env['SLOW'] === '1'
const FILES = SLOW ? 200_000 : 2000
const IN_FOLDER = 500
const PLACE = { profileId: 'practice', bucket: 'practice-bucket' }
const LIST = '[role=grid][aria-label^="Objects in"]'

if (SLOW) test.setTimeout(3_600_000)

async function makeFiles(folder: string): Promise<string> {
  const top = join(folder, 'many')
  for (let at = 0; at < FILES; at += IN_FOLDER) {
    const inside = join(top, `folder ${at / IN_FOLDER}`)
    await mkdir(inside, { recursive: true })
    await Promise.all(
      Array.from({ length: Math.min(IN_FOLDER, FILES - at) }, (_, i) =>
        writeFile(join(inside, `file ${at + i}.txt`), `what is in file ${at + i}`),
      ),
    )
  }
  await mkdir(join(top, 'empty'))
  return top
}

/**
 * Watches the page: when the sheet came after the drop, and the longest time it could not have
 * answered. Milliseconds.
 */
async function watch(page: Page): Promise<void> {
  await page.evaluate(() => {
    const seen = { dropped: 0, sheet: 0, longest: 0 }
    Object.assign(window, { seen })
    window.addEventListener('drop', () => (seen.dropped = performance.now()), {
      capture: true,
      once: true,
    })
    new MutationObserver(() => {
      if (seen.dropped > 0 && seen.sheet === 0 && document.querySelector('[role=dialog]') !== null)
        seen.sheet = performance.now()
    }).observe(document.body, { childList: true, subtree: true })
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) seen.longest = Math.max(seen.longest, duration)
    }).observe({ entryTypes: ['longtask'] })
  })
}
const seenBy = (page: Page) =>
  page.evaluate(
    () =>
      (
        window as unknown as {
          readonly seen: {
            readonly dropped: number
            readonly sheet: number
            readonly longest: number
          }
        }
      ).seen,
  )
const inSpool = async (data: string): Promise<number> =>
  (await readdir(join(data, 'spool')).catch(() => [])).length

test(`${FILES} files dropped at once go up while they are still copied, and the page stays awake`, async ({
  app,
  page,
  folder,
}) => {
  const top = await makeFiles(folder)
  await open(page, app)
  let goOn = (): void => undefined
  const gate = new Promise<void>((resolve) => (goOn = resolve))
  // The last request of the drop waits until the upload has started.
  await page.route('**/spool/finish*', async (route) => {
    await gate
    await route.continue()
  })
  await watch(page)
  const began = performance.now()
  await dropPaths(page, LIST, [top])
  await dialog(page)
    .getByRole('button', { name: /^Encrypt and upload, [\d,]+ files? so far$/ })
    .click()
  await expect(dialog(page)).toBeHidden()
  const started = performance.now() - began
  await expect
    .poll(async () => (await call(page, 'transfers.list', {}))[0]?.files?.done ?? 0)
    .toBeGreaterThan(0)
  expect((await call(page, 'transfers.list', {})).length).toBe(1)
  goOn()
  await expect
    .poll(async () => (await call(page, 'transfers.list', {}))[0]?.phase, {
      timeout: SLOW ? 3_500_000 : 150_000,
      intervals: [500],
    })
    .toBe('done')
  const took = (performance.now() - began) / 1000

  const [batch] = await call(page, 'transfers.list', {})
  // The empty folder is one too.
  expect(batch?.files).toEqual({
    total: FILES + 1,
    counting: false,
    done: FILES + 1,
    skipped: 0,
    failed: 0,
  })
  const { objects: there } = await call(page, 'objects.count', { ...PLACE, keys: ['many/'] })
  expect(there).toBe(FILES + 1)
  await expect.poll(() => inSpool(app.data)).toBe(0)
  const { dropped, sheet, longest } = await seenBy(page)
  expect(sheet - dropped).toBeGreaterThan(0)
  // On a machine that is busy with other tests the page waits for a processor, too.
  if (SLOW) {
    expect(sheet - dropped).toBeLessThan(1000)
    expect(longest).toBeLessThan(200)
    console.log({
      took,
      perSecond: FILES / took,
      sheetMs: sheet - dropped,
      startedMs: started,
      longest,
      heapMb: await page.evaluate(
        () =>
          (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize /
          1e6,
      ),
      coreMib: peakMib(app.pid),
    })
  }
})

test('a page that goes away ends the drop: what came is uploaded, and the transfer says that it is not all', async ({
  app,
  page,
  folder,
}) => {
  const top = await makeFiles(folder)
  await open(page, app)
  await page.route('**/spool/finish*', () => undefined)
  await dropPaths(page, LIST, [top])
  await dialog(page)
    .getByRole('button', { name: /^Encrypt and upload, [\d,]+ files? so far$/ })
    .click()
  await expect(dialog(page)).toBeHidden()
  page.on('dialog', (one) => void one.accept())
  await page.reload()
  await expect(objects(page)).toBeVisible()
  await expect
    .poll(async () => (await call(page, 'transfers.list', {}))[0]?.phase, { timeout: 120_000 })
    .toBe('failed')
  const [batch] = await call(page, 'transfers.list', {})
  // The empty folder is no file.
  const came = (batch?.files?.total ?? 0) - 1
  expect(
    [came, came + 1].map((files) => ({ code: 'drop-broken-off', files, why: 'page' })),
  ).toContainEqual(batch?.error)
  expect(batch?.files?.done).toBe(batch?.files?.total)
  await call(page, 'transfers.clear', { ids: [batch?.id ?? ''] })
  await expect.poll(() => inSpool(app.data)).toBe(0)
})

test('Cancel ends the copying, and nothing of it stays', async ({ app, page, folder }) => {
  const top = await makeFiles(folder)
  await open(page, app)
  await page.route('**/spool/finish*', () => undefined)
  await dropPaths(page, LIST, [top])
  await dialog(page).getByRole('button', { name: 'Cancel' }).click()
  await expect(dialog(page)).toBeHidden()
  await expect.poll(() => inSpool(app.data)).toBe(0)
  await expect(page.getByText(/^Copying the dropped files/)).toBeHidden()
  expect(await call(page, 'transfers.list', {})).toEqual([])
})
