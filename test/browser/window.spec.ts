import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, type Page } from '@playwright/test'
import { dropPaths, startLoopback } from './loopback-app.ts'
import { call, dialog, goTo, objects, open, row, test } from './kit.ts'

/**
 * Faults that people met in the windows of comparable programs. Each row of a table has its public
 * source.
 */

const PRACTICE = { profileId: 'practice', bucket: 'practice-bucket' } as const
/** The notice above the page. */
const bar = (page: Page) => page.locator('.note.bar[role=alert]')
const selected = (page: Page) => objects(page).locator('[aria-selected="true"]')
const names = async (page: Page) =>
  (await objects(page).locator('.nm .mid').allInnerTexts()).map((name) => name.trim())

/** Makes an object of no bytes, or a folder. */
const make = (page: Page, key: string) => call(page, 'objects.makeFolder', { ...PRACTICE, key })

async function newFolder(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Upload', exact: true }).click()
  await page.getByRole('menuitem', { name: 'New folder…' }).click()
}

/** A press as an input method leaves it in the page. */
const composing = (page: Page, key: string, init: object = { isComposing: true }) =>
  page.evaluate(
    ([key, init]) =>
      document.activeElement?.dispatchEvent(
        new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init }),
      ),
    [key, init] as const,
  )

test.describe('an input method keeps its Esc and Enter', () => {
  // Source: primefaces/primevue 8252; adobe/react-spectrum 5921.
  for (const [how, init] of [
    ['isComposing', { isComposing: true }],
    ['key code 229', { keyCode: 229 }],
  ] as const) {
    test(`told by ${how}`, async ({ page, app }) => {
      await open(page, app)
      await newFolder(page)
      await dialog(page).getByLabel('Name').fill('合同')
      await composing(page, 'Escape', init)
      await composing(page, 'Enter', init)
      await expect(dialog(page).getByLabel('Name')).toHaveValue('合同')
      await page.keyboard.press('Escape')
      await expect(dialog(page)).toHaveCount(0)

      await page.locator('#filter').fill('wel')
      await composing(page, 'Escape', init)
      await expect(page.locator('#filter')).toHaveValue('wel')
      await page.keyboard.press('Escape')
      await expect(page.locator('#filter')).toHaveValue('')

      await page.getByRole('button', { name: 'Upload', exact: true }).click()
      await composing(page, 'Escape', init)
      await expect(page.getByRole('menu')).toBeVisible()
    })
  }
})

test.describe('nothing clicked or typed right after Escape is lost', () => {
  test('a menu opened after a dialog stays, and a key after a context menu counts', async ({
    page,
    app,
  }) => {
    test.slow()
    await open(page, app)
    // In one turn of the page: no test can be quicker.
    const times = await page.evaluate(() => {
      const escape = () =>
        document.activeElement?.dispatchEvent(
          new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }),
        )
      const turn = () =>
        new Promise<void>((resolve) => {
          const { port1, port2 } = new MessageChannel()
          port1.onmessage = () => resolve()
          port2.postMessage(null)
        })
      const grid = document.querySelector<HTMLElement>('[role=grid]')
      let back = 0
      return (async () => {
        for (let i = 0; i < 25; i++) {
          grid?.querySelector('[role=row]')?.dispatchEvent(
            new MouseEvent('contextmenu', {
              bubbles: true,
              cancelable: true,
              button: 2,
              clientX: 400,
              clientY: 300,
            }),
          )
          while (document.querySelector('[role=menu]') === null) await turn()
          escape()
          await turn()
          if (document.activeElement === grid && document.querySelector('[role=menu]') === null)
            back++
        }
        return back
      })()
    })
    expect(times).toBe(25)

    for (let i = 0; i < 10; i++) {
      await newFolder(page)
      await expect(dialog(page)).toBeVisible()
      const button = page.getByRole('button', { name: 'Upload', exact: true, includeHidden: true })
      const box = await button.boundingBox()
      if (box === null) throw new Error('no button')
      await Promise.all([
        page.keyboard.press('Escape'),
        page.mouse.move(box.x + 5, box.y + 5),
        page.mouse.down(),
        page.mouse.up(),
      ])
      await expect(page.getByRole('menu')).toBeVisible()
      await page.keyboard.press('Escape')
      await expect(page.getByRole('menu')).toHaveCount(0)
    }

    await row(page, 'welcome').first().click({ button: 'right' })
    await Promise.all([page.keyboard.press('Escape'), page.keyboard.press('Delete')])
    await expect(dialog(page, /^Delete/)).toBeVisible()
  })

  test('after the start the list has the focus, its head stands before it', async ({
    page,
    app,
  }) => {
    await open(page, app)
    await expect(objects(page)).toBeFocused()
    await page.keyboard.press('ArrowDown')
    await expect(selected(page)).toHaveCount(1)
    await page.keyboard.press('Shift+Tab')
    await expect(page.getByRole('columnheader', { name: 'Name' }).getByRole('button')).toBeFocused()
    await page.keyboard.press('Tab')
    await expect(objects(page)).toBeFocused()
  })
})

test.describe('a confirming button acts once', () => {
  // Source: box/box-ui-elements 4084; kotcrab/vis-ui 191.
  const WAYS: readonly (readonly [string, (page: Page) => Promise<unknown>])[] = [
    ['a double click', (page) => dialog(page).getByRole('button', { name: 'Create' }).dblclick()],
    [
      'two clicks in one turn',
      (page) =>
        page.evaluate(() => {
          const button = document.querySelector<HTMLElement>('.dlg .btn.primary')
          button?.click()
          button?.click()
        }),
    ],
    [
      'Enter twice',
      (page) => Promise.all([page.keyboard.press('Enter'), page.keyboard.press('Enter')]),
    ],
    [
      'Enter held down',
      async (page) => {
        await page.keyboard.down('Enter')
        await page.keyboard.down('Enter')
        await page.keyboard.down('Enter')
        await page.keyboard.up('Enter')
      },
    ],
  ]
  for (const [way, act] of WAYS) {
    test(`by ${way}`, async ({ page, app }) => {
      test.slow()
      await open(page, app)
      const cdp = await page.context().newCDPSession(page)
      await cdp.send('Emulation.setCPUThrottlingRate', { rate: 6 })
      for (const name of ['quarter', 'half', 'third']) {
        await newFolder(page)
        await dialog(page).getByLabel('Name').fill(name)
        await act(page)
        await expect(dialog(page)).toHaveCount(0)
        await expect(row(page, name)).toHaveAttribute('aria-selected', 'true')
      }
      // Nothing that lay under the dialog was opened.
      await expect(page.locator('.crumbs [aria-current]')).toHaveText('practice-bucket')
    })
  }

  test('a double click on an item of a menu does not open the row under it, and a key held down asks once', async ({
    page,
    app,
  }) => {
    await open(page, app)
    await row(page, 'welcome')
      .first()
      .click({ button: 'right', position: { x: 60, y: 8 } })
    await page.getByRole('menuitem', { name: /^Copy object name/ }).dblclick()
    await expect(dialog(page)).toHaveCount(0)
    await row(page, 'welcome').first().click()
    for (let i = 0; i < 3; i++) await page.keyboard.down('Delete')
    await expect(dialog(page, /^Delete/)).toHaveCount(1)
    await page.keyboard.down('Enter')
    await page.keyboard.up('Delete')
    await page.keyboard.up('Enter')
    await expect(dialog(page)).toHaveCount(0)
    await expect(row(page, 'welcome').first()).toBeVisible()
  })
})

// Source: doublecmd/doublecmd 2715; lxqt/pcmanfm-qt 149.
test('Enter on several rows is for all of them', async ({ page, app, folder }) => {
  await mkdir(join(folder, 'saved'))
  await open(page, app)
  await page.keyboard.press('End')
  await page.keyboard.press('Shift+ArrowUp')
  await page.keyboard.press('Shift+ArrowUp')
  await expect(selected(page)).toHaveCount(3)
  await page.keyboard.press('Enter')
  const chooser = dialog(page, 'Choose a target folder')
  await expect(chooser.getByRole('option').filter({ hasText: 'saved' })).toBeVisible()
  await page.keyboard.press('s')
  await page.keyboard.press('Control+Enter')
  await expect.poll(async () => (await call(page, 'transfers.list', {})).length).toBe(3)
})

test.describe('what is not taken is said', () => {
  const paste = (page: Page, what: 'picture' | 'text') =>
    page.evaluate((what) => {
      const transfer = new DataTransfer()
      if (what === 'text') transfer.setData('text/plain', 'words')
      else transfer.items.add(new File(['picture'], 'image.png', { type: 'image/png' }))
      ;(document.activeElement ?? document.body).dispatchEvent(
        new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true }),
      )
    }, what)

  // Source: element-hq/element-web 17428; filebrowser/filebrowser 2326.
  test('a picture is pasted: on the page wherever the focus is, elsewhere and in a dialog it is refused', async ({
    page,
    app,
  }) => {
    await open(page, app)
    for (const focus of ['body', '#filter', '[role=treeitem]', '[role=grid]']) {
      await page.evaluate(
        (focus) =>
          focus === 'body'
            ? (document.activeElement as HTMLElement | null)?.blur()
            : document.querySelector<HTMLElement>(focus)?.focus(),
        focus,
      )
      await paste(page, 'picture')
      await expect(dialog(page, /^Encrypt and upload/)).toContainText('image.png')
      await paste(page, 'picture')
      await expect(dialog(page).getByRole('alert')).toHaveText(/this dialog is open/)
      await page.keyboard.press('Escape')
      await expect(dialog(page)).toHaveCount(0)
    }
    await paste(page, 'text')
    await expect(bar(page)).toContainText('The clipboard holds no files.')
    for (const name of ['Transfers', 'Master keys', 'Settings'] as const) {
      await goTo(page, name)
      await expect(bar(page)).toHaveCount(0)
      await paste(page, 'picture')
      await expect(bar(page)).toContainText('Files cannot be pasted here.')
    }
  })

  test('files are dropped where nothing takes them', async ({ page, app, folder }) => {
    await writeFile(join(folder, 'a.txt'), 'a')
    await open(page, app)
    await newFolder(page)
    await dropPaths(page, '.dlg', [join(folder, 'a.txt')])
    await expect(dialog(page).getByRole('alert')).toHaveText(/this dialog is open/)
    await page.keyboard.press('Escape')
    await goTo(page, 'Transfers')
    await dropPaths(page, '#main', [join(folder, 'a.txt')])
    await expect(bar(page)).toContainText('Files cannot be dropped here.')
    expect(await call(page, 'transfers.list', {})).toEqual([])
  })

  // Source: owncloud/core 6049; Satellite-im/Core-PWA 2718.
  test('a message goes with the next act, whatever that is', async ({ page, app }) => {
    await open(page, app)
    const acts: readonly (() => Promise<unknown>)[] = [
      () =>
        page.keyboard
          .press('Alt+ArrowUp')
          .then(() => row(page, 'welcome').first().press('Delete'))
          .then(() => page.keyboard.press('Escape')),
      () => page.getByRole('columnheader', { name: 'Size' }).getByRole('button').click(),
      () => page.locator('#filter').fill('w'),
      () => goTo(page, 'Settings').then(() => page.goBack()),
    ]
    for (const act of acts) {
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
      await row(page, 'welcome').first().click()
      await paste(page, 'text')
      await expect(bar(page)).toBeVisible()
      await act()
      await expect(bar(page)).toHaveCount(0)
    }
  })
})

test.describe('names that nobody means', () => {
  // Source: Simpfun/issues 347; SDU-eScience/UCloud 3007; mate-desktop/caja 900.
  test('are refused with the reason, and spaces at the ends go', async ({ page, app }) => {
    await open(page, app)
    await newFolder(page)
    for (const [name, why] of [
      ['..', '“.” and “..”'],
      [' . ', '“.” and “..”'],
      ['  ', 'spaces alone'],
      ['\u3000', 'spaces alone'],
    ] as const) {
      await dialog(page).getByLabel('Name').fill(name)
      await expect(dialog(page)).toContainText(why)
      await expect(dialog(page).getByRole('button', { name: 'Create' })).toBeDisabled()
    }
    await dialog(page).getByLabel('Name').fill('  papers\u00a0')
    await expect(dialog(page)).toContainText('The spaces at the ends are removed.')
    await page.keyboard.press('Enter')
    await expect(row(page, 'papers')).toHaveAttribute('aria-selected', 'true')
    expect(
      (await call(page, 'objects.list', { ...PRACTICE, prefix: '', cursor: null })).rows.map(
        ({ key }) => key,
      ),
    ).toContain('papers/')

    // A name that has such spaces keeps them, and what is renamed is the row one stands on
    // afterwards.
    await make(page, 'ends /')
    await expect(row(page, 'ends·')).toBeVisible()
    await row(page, 'ends·').click()
    await page.keyboard.press('F2')
    await dialog(page).getByLabel('New name').fill('finish ')
    await expect(dialog(page)).toContainText('begins or ends with a space')
    await page.keyboard.press('Enter')
    await expect(row(page, 'finish·')).toHaveAttribute('aria-selected', 'true')
    await expect(objects(page)).toBeFocused()
  })

  test('move refuses them anywhere in the path', async ({ page, app }) => {
    await open(page, app)
    await row(page, 'welcome').first().click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Move to…' }).click()
    const field = dialog(page).getByLabel('Folder', { exact: true })
    for (const [path, why] of [
      ['a/../b', '“.” and “..”'],
      ['a//b', 'has no name'],
      ['/a', 'cannot start'],
      ['a/ /b', 'spaces alone'],
    ] as const) {
      await field.fill(path)
      await expect(dialog(page)).toContainText(why)
      await expect(dialog(page).getByRole('button', { name: 'Move', exact: true })).toBeDisabled()
    }
    await field.fill('a/b ')
    await expect(dialog(page)).toContainText('begins or ends with a space')
  })
})

// Source: microsoft/fast 1859; owncloud/web 6532.
test('names stand where people look, and a space finds one', async ({ page, app }) => {
  await open(page, app)
  for (const name of ['file1', 'file10', 'file2', 'Zeta', 'alpha', 'my file', 'my photo'])
    await make(page, `order/${name}/`)
  await page.evaluate(() => {
    location.hash = '#/practice/practice-bucket/order/'
  })
  await expect(row(page, 'Zeta')).toBeVisible()
  expect(await names(page)).toEqual([
    'alpha',
    'file1',
    'file2',
    'file10',
    'my file',
    'my photo',
    'Zeta',
  ])
  await objects(page).focus()
  await page.keyboard.type('my p')
  await expect(row(page, 'my photo')).toHaveAttribute('aria-selected', 'true')
  await expect(selected(page)).toHaveCount(1)
})

// Source: IsaacInsoll/PICR 61; Saifullah-dev/react-file-manager 65.
test('a deep folder and the one above it are seen, in the path and in the tree', async ({
  page,
  app,
}) => {
  await open(page, app)
  const deep = Array.from({ length: 60 }, (_, i) => `level-${i + 1}`)
  await make(page, `${deep.join('/')}/`)
  for (const width of [1280, 760, 520]) {
    await page.setViewportSize({ width, height: 800 })
    await page.goto(`${new URL(page.url()).origin}/#/practice/practice-bucket/${deep.join('/')}/`)
    const crumbs = page.getByRole('navigation', { name: 'Location' })
    for (const name of ['level-59', 'level-60']) {
      const seen = crumbs.getByText(name, { exact: true })
      await expect(seen).toBeInViewport({ ratio: 0.99 })
      const [inside, around] = [await seen.boundingBox(), await crumbs.boundingBox()]
      expect((inside?.x ?? 0) + (inside?.width ?? 0)).toBeLessThanOrEqual(
        (around?.x ?? 0) + (around?.width ?? 0) + 1,
      )
    }
    if (width > 900)
      await expect(page.getByRole('treeitem', { name: 'level-60' }).locator('.cut')).toBeInViewport(
        { ratio: 0.9 },
      )
  }
  await page.getByRole('button', { name: 'Folders in between' }).click()
  await page.getByRole('menuitem', { name: 'level-30' }).click()
  await expect(page.getByRole('navigation', { name: 'Location' })).toContainText('level-30')
})

// Source: tachiyomiorg/tachiyomi 2290; alainm23/planify 240.
test('"Today" is over at midnight, in the list and in the transfers', async ({ page, app }) => {
  await page.clock.install({ time: new Date() })
  await open(page, app)
  await expect(row(page, 'welcome').first()).toContainText('Today')
  const night = new Date()
  night.setHours(24, 0, 0, 0)
  await page.clock.fastForward(night.getTime() - Date.now() + 1000)
  await expect(row(page, 'welcome').first()).toContainText('Yesterday')
  // A computer that slept, and whose timers did too: told when the window is looked at again.
  await page.clock.setSystemTime(night.getTime() + 86_400_000 + 5000)
  await page.evaluate(() => window.dispatchEvent(new Event('focus')))
  await expect(row(page, 'welcome').first()).not.toContainText('Yesterday')
})

test.describe('where the window was', () => {
  test('after a reload the keys reach the list of every page, and what the user went to keeps the focus', async ({
    page,
    app,
  }) => {
    await open(page, app)
    await call(page, 'objects.makeFolder', { ...PRACTICE, key: 'copied/' })
    await call(page, 'copies.start', {
      from: PRACTICE,
      keys: ['torn-envelope.txt'],
      to: PRACTICE,
      toPrefix: 'copied/',
      toKey: null,
      move: false,
      existing: 'skip',
    })
    for (const [name, list] of [
      ['Transfers', page.getByRole('grid', { name: 'All transfers' })],
      ['Master keys', page.getByRole('grid', { name: 'Master keys', exact: true })],
      [
        'Offline decryption',
        page.getByRole('group', { name: 'Drop zone' }).getByRole('button').first(),
      ],
      ['Settings', page.getByRole('region', { name: 'Settings' })],
    ] as const) {
      await goTo(page, name)
      await page.reload()
      await expect(list).toBeFocused()
    }
    await page
      .locator('nav')
      .getByRole('link', { name: /^Transfers/ })
      .focus()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('grid', { name: 'All transfers' })).toBeVisible()
    await expect(page.locator('nav').getByRole('link', { name: /^Transfers/ })).toBeFocused()
  })

  test('Back, Forward and Up stay in the app, and a reload stays where it is', async ({
    page,
    app,
  }) => {
    await open(page, app)
    await make(page, 'upper/lower/')
    const [back, forward, up] = [
      page.getByRole('button', { name: /^Back/ }),
      page.getByRole('button', { name: /^Forward/ }),
      page.getByRole('button', { name: /^Parent folder/ }),
    ] as const
    const here = page.locator('.crumbs [aria-current]')
    await expect(back).toBeDisabled()
    await expect(up).toBeDisabled()
    await row(page, 'upper').dblclick()
    await row(page, 'lower').dblclick()
    await expect(here).toHaveText('lower')
    expect(new URL(page.url()).hash).toBe('#/practice/practice-bucket/upper/lower/')
    await up.click()
    await expect(here).toHaveText('upper')
    await page.goBack()
    await expect(here).toHaveText('lower')
    await back.click()
    await expect(here).toHaveText('upper')
    await page.reload()
    await expect(here).toHaveText('upper')
    await expect(forward).toBeEnabled()
    await forward.click()
    await expect(here).toHaveText('lower')
    await goTo(page, 'Settings')
    await page.reload()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Settings')
    await page.goBack()
    await expect(here).toHaveText('lower')
    await page.keyboard.press('Alt+ArrowUp')
    await expect(here).toHaveText('upper')
    // A name of any kind is an address, and an address that means nothing changes nothing.
    await make(page, 'upper/50% #1 ?/税/')
    await page.evaluate(() => {
      location.hash = `#/practice/practice-bucket/upper/${encodeURIComponent('50% #1 ?')}/${encodeURIComponent('税')}/`
    })
    await expect(here).toHaveText('税')
    await page.evaluate(() => {
      location.hash = '#/practice/%E0%A4%A'
    })
    await expect(here).toHaveText('税')
  })

  test('the next start on another port opens the same folder, order and panes', async ({
    page,
    app,
    folder,
  }) => {
    await open(page, app)
    await make(page, 'kept/')
    await row(page, 'kept').dblclick()
    await page.getByRole('separator', { name: 'Width of the sidebar' }).press('ArrowRight')
    await page.keyboard.press('Control+Alt+3')
    const kept = () => call(page, 'view.get', {})
    await expect.poll(async () => (await kept())?.panes.panelOpen).toBe(true)
    const view = await kept()
    expect(view).toMatchObject({
      version: 1,
      place: { ...PRACTICE, prefix: 'kept/' },
      panes: { side: 240 },
    })
    await app.stop()
    const again = await startLoopback({ data: app.data, environment: { HOME: folder } })
    expect(new URL(again.link).port).not.toBe(new URL(app.link).port)
    await page.goto(again.link)
    await expect(page.locator('.crumbs [aria-current]')).toHaveText('kept')
    expect(await kept()).toEqual(view)
    await again.stop()
  })
})

test('a narrow window shows names, and the places when they are asked for', async ({
  page,
  app,
}) => {
  await page.setViewportSize({ width: 760, height: 700 })
  await open(page, app)
  const width = async () => (await objects(page).locator('.nm').first().boundingBox())?.width ?? 0
  expect(await width()).toBeGreaterThanOrEqual(180)
  const places = page.getByRole('navigation', { name: 'Places' })
  await expect(places).toHaveCount(0)
  await page.getByRole('button', { name: 'Show places' }).click()
  await expect(places).toBeVisible()
  await goTo(page, 'Settings')
  await expect(places).toHaveCount(0)
  await page.goBack()
  await page.setViewportSize({ width: 520, height: 700 })
  expect(await width()).toBeGreaterThanOrEqual(180)
  await expect(page.getByRole('button', { name: 'Upload', exact: true })).toBeInViewport({
    ratio: 1,
  })
  await page.setViewportSize({ width: 1000, height: 700 })
  expect(await width()).toBeGreaterThanOrEqual(180)
})
