import { expect } from '@playwright/test'
import { openFiller } from '../core/bulk-kit.ts'
import { addProfile, call, dialog, goTo, objects, open, PASSPHRASE, test, transfer } from './kit.ts'
import { peakMib } from '../tools/peak-memory.ts'
import { startLoopback } from './loopback-app.ts'

/** A folder of many objects, selected as a whole: 3,000, or 200,000 with SLOW=1. */
const SLOW = process.env['SLOW'] === '1'
const OBJECTS = SLOW ? 200_000 : 3000
const COUNT = OBJECTS.toLocaleString('en-US')
const PATIENCE_MS = SLOW ? 1_800_000 : 240_000
const MOST_MIB = 300

test.setTimeout(4 * PATIENCE_MS)

const names = (): readonly string[] => [
  'many.txt',
  'manz',
  ...Array.from({ length: OBJECTS }, (_, i) => `many/object ${String(i).padStart(6, '0')}.bin`),
]

test(`everything in a folder of ${COUNT} objects is deleted, over a kill in the middle`, async ({
  app,
  page,
  folder,
  oss,
  problems,
}) => {
  oss.fill(names())
  await open(page, app)
  await call(page, 'secrets.unlock', { passphrase: PASSPHRASE })
  const profileId = await addProfile(page, oss, [oss.bucket])
  // The link opens the app once.
  await page.evaluate((hash) => (location.hash = hash), `/${profileId}/${oss.bucket}/many/`)
  const list = objects(page)
  await expect(list.getByRole('row').nth(1)).toBeVisible({ timeout: PATIENCE_MS })
  // Not everything is listed yet, and everything is selected.
  await list.focus()
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Delete')
  await expect(dialog(page)).toContainText(`${COUNT} objects`, { timeout: PATIENCE_MS })
  // Every second range gets no answer, so that the kill comes in the middle.
  oss.faults.add({
    match: { method: 'POST', query: 'delete', every: 2 },
    do: { kind: 'delay', ms: 600_000 },
    times: Number.POSITIVE_INFINITY,
  })
  await dialog(page).getByRole('button', { name: 'Delete' }).click()
  await expect(dialog(page)).toBeHidden()
  await expect
    .poll(async () => (await call(page, 'transfers.list', {}))[0]?.files?.done ?? 0, {
      timeout: PATIENCE_MS,
      intervals: [50],
    })
    .toBeGreaterThan(0)
  expect(peakMib(app.pid)).toBeLessThan(MOST_MIB)
  await app.kill()
  oss.faults.clear()
  // The page told of its lost socket.
  problems.length = 0
  const filler = openFiller(oss)
  const left = (await filler.names('many/')).length
  expect(left).toBeGreaterThan(0)
  expect(left).toBeLessThan(OBJECTS)

  const again = await startLoopback({ data: app.data, environment: { HOME: folder } })
  try {
    await page.goto(again.link)
    await call(page, 'secrets.unlock', { passphrase: PASSPHRASE })
    await expect
      .poll(async () => (await call(page, 'transfers.list', {}))[0]?.phase, {
        timeout: PATIENCE_MS,
        intervals: [200],
      })
      .toBe('done')
    const [done] = await call(page, 'transfers.list', {})
    expect(done?.files).toEqual({
      total: OBJECTS,
      counting: false,
      done: OBJECTS,
      skipped: 0,
      failed: 0,
    })
    expect(await filler.names('')).toEqual(['many.txt', 'manz'])
    await goTo(page, 'Transfers')
    await expect(transfer(page, 'many')).toContainText(`${COUNT} objects`)
    const peak = peakMib(again.pid)
    expect(peak).toBeLessThan(MOST_MIB)
    if (SLOW) console.log({ left, peakMib: peak })
    // The page that was open when the app was killed.
    problems.length = 0
  } finally {
    filler.close()
    await again.stop()
  }
})
