import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@playwright/test'
import { electronProgram, environment, shells, type DesktopApp } from './apps.ts'
import { call, download, settled, upload } from './page-calls.ts'

/**
 * The app ends, whenever and however it is asked to, and starts again at once. The tests are about
 * moments, so they wait for time here.
 */

const root = fileURLToPath(new URL('../..', import.meta.url))
/** Longest from the wish to the end of the process, in ms. */
const END_MS = 5000
/** Longest until it is there to be asked. */
const BEGIN_MS = 60_000

let folder: string
test.beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'quit-'))))
test.afterEach(() => rm(folder, { recursive: true, force: true }))

/** Rejects after `ms`, naming what was waited for. */
async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>(
    (_resolve, reject) =>
      (timer = setTimeout(() => reject(new Error(`${what}: not within ${ms} ms`)), ms)),
  )
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

for (const { name, start } of shells) {
  test(`ends when its sockets have closed, and within the start, ${name}`, async () => {
    const at = async (ms: number): Promise<void> => {
      for (const again of ['once', 'again']) {
        const app = await start(join(folder, String(ms)))
        await pause(ms)
        expect(
          await within(END_MS, `the end ${ms} ms after the window came, ${again}`, app.quit()),
        ).toBe(0)
      }
    }
    await Promise.all([at(0), at(8000)])
  })
}

const real = shells.find((shell) => shell.real)
if (real !== undefined) {
  type How =
    | 'app.quit()'
    | 'the close button'
    | 'window.close() in the page'
    | 'Ctrl+Q'
    | 'Quit in the menu'
    | 'SIGTERM'
  interface Moment {
    readonly from: 'start' | 'window'
    readonly ms: number
  }
  const quitting = async (how: How, moment: Moment, data: string): Promise<void> => {
    const child = spawn(
      electronProgram(),
      ['-r', join(root, 'test/electron/quit-driver.cjs'), root],
      {
        env: { ...environment(data), CIPHERBUCKET_QUIT: JSON.stringify({ how, ...moment }) },
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    )
    const what = `${how}, ${moment.ms} ms after the ${moment.from}`
    const asked = new Promise<void>((resolve) =>
      child.stdout.on('data', (chunk: Buffer) => chunk.includes('quitting') && resolve()),
    )
    const ended = new Promise<unknown>((resolve) =>
      child.once('exit', (code, signal) => resolve(signal ?? code)),
    )
    try {
      await within(BEGIN_MS, `${what}: the wish`, asked)
      expect(await within(END_MS, `${what}: the end`, ended), what).toBe(0)
    } finally {
      child.kill('SIGKILL')
    }
  }
  const window = (ms: number): Moment => ({ from: 'window', ms })
  const start = (ms: number): Moment => ({ from: 'start', ms })
  const ways: readonly How[] = [
    'app.quit()',
    'the close button',
    'window.close() in the page',
    'Ctrl+Q',
    'Quit in the menu',
    'SIGTERM',
  ]
  /** Each way and each moment at least once; SLOW=1: each way at each moment. */
  const rows: readonly (readonly [How, Moment])[] =
    process.env['SLOW'] === '1'
      ? ways.flatMap((how) =>
          [0, 60, 400, 1500, 8000, 20_000].map((ms) => [how, window(ms)] as const),
        )
      : [
          ['app.quit()', window(0)],
          ['window.close() in the page', window(0)],
          ['Ctrl+Q', window(60)],
          ['the close button', window(60)],
          ['Quit in the menu', window(400)],
          ['SIGTERM', window(400)],
          ['the close button', window(1500)],
          ['app.quit()', window(1500)],
        ]

  test('ends before there is a window, under Electron', async () => {
    for (const ms of [0, 60, 400, 1000])
      await quitting('app.quit()', start(ms), join(folder, 'data'))
  })
  test('ends at every moment after the window came, and starts again at once, under Electron', async () => {
    test.setTimeout(rows.length * 90_000)
    for (const [how, moment] of rows) await quitting(how, moment, join(folder, 'data'))
  })
  test('ends after a long time of doing nothing, under Electron', async () => {
    // Side by side, so only in ways for which a window need not have the focus.
    const rows: readonly (readonly [How, number])[] = [
      ['the close button', 8000],
      ['Quit in the menu', 8000],
      ['app.quit()', 20_000],
    ]
    await Promise.all(
      rows.map(([how, ms]) => quitting(how, window(ms), join(folder, how.replaceAll(/\W/g, '')))),
    )
    await quitting('Ctrl+Q', window(0), join(folder, 'appquit'))
  })

  test('asks while a transfer runs; after the answer it ends, and the next start goes on, under Electron', async () => {
    const content = Buffer.alloc(24 * 1024 * 1024, 'a transfer that takes its time. ')
    await writeFile(join(folder, 'large.bin'), content)
    const answer = (app: DesktopApp, response: number) =>
      app.evaluate(({ dialog }, response) => {
        Object.assign(globalThis, { questions: 0 })
        dialog.showMessageBox = () => {
          ;(globalThis as unknown as { questions: number }).questions += 1
          return Promise.resolve({ response, checkboxChecked: false })
        }
      }, response)
    const questions = (app: DesktopApp) =>
      app.evaluate(() => (globalThis as unknown as { questions: number }).questions, null)
    const awake = (app: DesktopApp) =>
      app.evaluate(
        ({ powerSaveBlocker }) =>
          [0, 1, 2, 3].some((id) =>
            (powerSaveBlocker as unknown as { isStarted(id: number): boolean }).isStarted(id),
          ),
        null,
      )

    const data = join(folder, 'data')
    let app = await real.start(data)
    await call(app.page, 'settings.update', { speedLimit: 1024 * 1024, multipartFrom: 1024 * 1024 })
    expect(await awake(app)).toBe(false)
    const id = await upload(app, join(folder, 'large.bin'), '', 1024 * 1024)
    await settled(app.page, id, /^running$/)
    await expect.poll(() => awake(app)).toBe(true)

    await answer(app, 0)
    await app.evaluate(({ app }) => app.quit(), null)
    await expect.poll(() => questions(app)).toBe(1)
    expect((await settled(app.page, id, /^running$/)).phase).toBe('running')

    const leave: readonly ((app: DesktopApp) => unknown)[] = [
      (app) => app.quit(),
      (app) =>
        app
          .evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close(), null)
          .catch(() => undefined),
      (app) => process.kill(app.pid, 'SIGTERM'),
    ]
    for (const wish of leave) {
      await answer(app, 1)
      void wish(app)
      expect(await within(END_MS, 'the end with a transfer', app.ended)).toBe(0)
      app = await real.start(data)
      await settled(app.page, id, /^running$/)
    }
    await call(app.page, 'settings.update', { speedLimit: 0 })
    expect(await settled(app.page, id)).toMatchObject({
      phase: 'done',
      outcome: { encrypted: true },
    })
    expect((await settled(app.page, await download(app, 'large.bin', folder, 'back'))).phase).toBe(
      'done',
    )
    expect((await readFile(join(folder, 'back'))).equals(content)).toBe(true)
    await expect.poll(() => awake(app)).toBe(false)
    expect(await within(END_MS, 'the end', app.quit())).toBe(0)
  })
}
