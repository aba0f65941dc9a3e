import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { shells } from './apps.ts'

/** The desktop app alone gets the keys of tabs. A browser uses them itself. */
for (const shell of shells)
  test(`keys open, change and close tabs, and the window goes with the last one, ${shell.name}`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tabs-'))
    const data = join(folder, 'data')
    await mkdir(data)
    const app = await shell.start(data)
    const { page } = app
    const tabs = page.getByRole('tablist', { name: 'Tabs' }).getByRole('tab')
    const shown = page.locator('[role="tab"][aria-selected="true"]')
    const list = page.getByRole('grid', { name: /^Objects in/ })
    await list.getByRole('row').filter({ hasText: 'letters' }).click()
    await page.keyboard.press('Control+t')
    await expect(tabs).toHaveCount(2)
    await expect(page.locator('#main [data-region="list"]')).toBeFocused()
    await list.getByRole('row').filter({ hasText: 'letters' }).dblclick()
    await expect(shown).toHaveText('letters')
    await page.keyboard.press('Control+Tab')
    await expect(shown).toHaveText('practice-bucket')
    await page.keyboard.press('Control+Shift+Tab')
    await expect(shown).toHaveText('letters')
    await page.reload()
    await expect(tabs).toHaveText(['practice-bucket', 'letters'])
    await expect(page.locator('.crumbs [aria-current]')).toHaveText('letters')
    await page.keyboard.press('Control+w')
    await expect(tabs).toHaveCount(0)
    await expect(page.locator('.crumbs [aria-current]')).toHaveText('practice-bucket')
    // A page of the double is a tab of a browser, which no script can close.
    // The window goes before the key is released.
    if (shell.real) await page.keyboard.press('Control+w').catch(() => undefined)
    expect(await (shell.real ? app.ended : app.quit())).toBe(0)
    await rm(folder, { recursive: true, force: true })
  })
