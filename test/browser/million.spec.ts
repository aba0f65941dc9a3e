import { expect } from '@playwright/test'
import { openFiller } from '../core/bulk-kit.ts'
import { addProfile, call, dialog, objects, open, PASSPHRASE, row, test } from './kit.ts'
import { peakMib } from '../tools/peak-memory.ts'
import { startLoopback } from './loopback-app.ts'

/** A folder that a person works in: 5,000 objects, or 1,000,000 with SLOW=1. */
const SLOW = process.env['SLOW'] === '1'
const OBJECTS = SLOW ? 1_000_000 : 5_000
const PATIENCE_MS = SLOW ? 1_800_000 : 240_000
/** Core and index together. */
const MOST_MIB = 400
const COUNT = OBJECTS.toLocaleString('en-US')
const TENTH = (OBJECTS / 10).toLocaleString('en-US')

test.setTimeout(4 * PATIENCE_MS)

function* names(): Iterable<string> {
  yield 'many/deep/er/needle.txt'
  for (let i = 0; i < OBJECTS; i++) yield nameOf(i)
}
const nameOf = (i: number): string => `many/object ${String(i).padStart(6, '0')}.bin`

test(`a folder of ${COUNT} objects: listed over a kill, sorted, scrolled, searched, a tenth deleted`, async ({
  app,
  page,
  folder,
  oss,
  problems,
}) => {
  const patiently = expect.configure({ timeout: PATIENCE_MS })
  oss.fill(names())
  await open(page, app)
  await call(page, 'secrets.unlock', { passphrase: PASSPHRASE })
  const place = `/${await addProfile(page, oss, [oss.bucket])}/${oss.bucket}/many/`
  // The fourth page of the listing gets no answer, so that the kill comes in the middle.
  oss.faults.add({
    match: { method: 'GET', query: 'continuation-token', nth: 3 },
    do: { kind: 'delay', ms: 600_000 },
  })
  await page.evaluate((hash) => (location.hash = hash), place)
  await expect(row(page, 'object 000000.bin')).toBeVisible()
  await app.kill()
  oss.faults.clear()
  // The page told of its lost socket.
  problems.length = 0

  const again = await startLoopback({ data: app.data, environment: { HOME: folder } })
  const filler = openFiller(oss)
  try {
    await page.goto(again.link)
    await call(page, 'secrets.unlock', { passphrase: PASSPHRASE })
    await page.evaluate((hash) => (location.hash = hash), place)
    const foot = page.locator('.gfoot')
    await patiently(foot).toContainText(`${COUNT} files, 1 folder`)
    const list = objects(page)
    await expect(list).toHaveAttribute('aria-rowcount', String(OBJECTS + 2))

    // All rows are sorted, and not only those in the page.
    const sort = (by: string) =>
      page.getByRole('columnheader', { name: by }).getByRole('button').click()
    await sort('Name')
    await patiently(list.getByRole('row').nth(1)).toContainText(nameOf(OBJECTS - 1).slice(5))
    await sort('Size')
    await patiently(list.getByRole('row').nth(1)).toContainText('object')
    await sort('Name')
    await patiently(list.getByRole('row').nth(1)).toContainText('object 000000.bin')
    await list.focus()
    await page.keyboard.press('End')
    await patiently(row(page, nameOf(OBJECTS - 1).slice(5))).toBeInViewport()

    await page.keyboard.press('Control+f')
    await page.keyboard.type('needle')
    await page.keyboard.press('Enter')
    const results = page.getByRole('grid', { name: 'Search results' })
    await patiently(results.getByRole('row').filter({ hasText: 'needle.txt' })).toContainText(
      'many/deep/er',
    )
    await page.getByRole('button', { name: 'End the search' }).click()
    await expect(list).toBeVisible()

    await page.locator('#filter').fill('7.bin')
    await patiently(foot).toContainText(`${TENTH} of`)
    await list.focus()
    await page.keyboard.press('Control+a')
    await patiently(foot).toContainText(`All ${TENTH} that match are selected`)
    await page.keyboard.press('Delete')
    await patiently(dialog(page)).toContainText(`${TENTH} objects`)
    await dialog(page).getByRole('button', { name: 'Delete', exact: true }).click()
    await expect
      .poll(async () => (await call(page, 'transfers.list', {}))[0]?.phase, {
        timeout: PATIENCE_MS,
        intervals: [200],
      })
      .toBe('done')
    const left = await filler.names('many/object')
    expect(left).toHaveLength(OBJECTS - OBJECTS / 10)
    expect(left.some((name) => name.endsWith('7.bin'))).toBe(false)
    const peak = peakMib(again.pid)
    expect(peak).toBeLessThan(MOST_MIB)
    if (SLOW) console.log({ peakMib: peak })
    // The page that was open when the app was killed.
    problems.length = 0
  } finally {
    filler.close()
    await again.stop()
  }
})
