import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { _electron, chromium, type Page } from '@playwright/test'
import { toBrowser } from './double/addresses.ts'
import type * as Double from './double/electron.ts'
import type { droppedPaths } from './double/web-contents.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const main = join(root, 'out/desktop/main.mjs')

/**
 * The main process's modules, as a function of the test sees them. The double has more, for looking
 * at what was recorded.
 */
export type Modules = typeof Double & { readonly droppedPaths?: typeof droppedPaths }

/** The running desktop app, whichever Electron is under it. */
export interface DesktopApp {
  readonly page: Page
  readonly pid: number
  /** The exit code, when the process is over. */
  readonly ended: Promise<number | null>
  /** Runs `work` in the main process. It may use its arguments only. */
  evaluate<A, T>(work: (modules: Modules, arg: A) => T, arg: A): Promise<Awaited<T>>
  /** How the page's browser spells an address of the app's own scheme. */
  address(url: string): string
  /** Quits as a user does, and resolves with the exit code. */
  quit(): Promise<number | null>
}

const { installedElectron, noWindowBecause } = (await import(
  new URL('../../build/electron-binary.mjs', import.meta.url).href
)) as {
  installedElectron(): string | null
  noWindowBecause(): string | null
}

/**
 * Which of the two are wanted: `double` or `real` alone, or whatever there is. `npm test` asks for
 * each by itself, because the real one needs a display and a user who is not root.
 */
const wanted = process.env['ELECTRON_TESTS'] ?? 'both'

/** Why the real Electron is not used, or null. */
function electronMissing(): string | null {
  if (wanted === 'double') return 'skipped: only the double is asked for'
  const reason = installedElectron() === null ? 'no Electron binary' : noWindowBecause()
  if (reason !== null && wanted === 'real')
    throw new Error(`the desktop tests cannot run: ${reason}`)
  return reason === null ? null : `skipped: ${reason}`
}

export interface Shell {
  readonly name: string
  readonly real: boolean
  /** The bundled app on a data folder, with further switches of Chromium. */
  start(data: string, switches?: readonly string[]): Promise<DesktopApp>
}
const double: Shell = { name: 'under the double', real: false, start: startDouble }
const real: Shell = { name: 'under Electron', real: true, start: startElectron }

/** Why the real Electron is left out, aloud and once: workers load this file too. */
const missing = electronMissing()
if (missing !== null && wanted === 'both' && process.env['TEST_WORKER_INDEX'] === undefined)
  console.log(`The desktop app under Electron: ${missing}`)

/** Those to run a test in. */
export const shells: readonly Shell[] = [
  ...(wanted === 'real' ? [] : [double]),
  ...(missing === null ? [real] : []),
]

/** The program of the real Electron. */
export const electronProgram = (): string => installedElectron() ?? ''

/** Of an app on this data folder. */
export function environment(data: string): Record<string, string> {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  )
  return {
    ...inherited,
    CIPHERBUCKET_DATA: data,
    CIPHERBUCKET_SECRETS: 'file',
    LANG: 'en_US.UTF-8',
  }
}

/** The bundled app under the real Electron. */
async function startElectron(data: string, switches: readonly string[] = []): Promise<DesktopApp> {
  // Playwright turns the sandbox off unless told otherwise.
  const app = await _electron.launch({
    executablePath: electronProgram(),
    args: [...switches, root],
    env: environment(data),
    chromiumSandbox: true,
  })
  const ended = new Promise<number | null>((resolve) => app.process().once('exit', resolve))
  const page = await app.firstWindow()
  return {
    page,
    pid: app.process().pid ?? 0,
    evaluate: (work, arg) => app.evaluate(work as never, arg) as never,
    address: (url) => url,
    ended,
    quit() {
      // The answer may not come: the process ends first.
      void app.evaluate(({ app: electronApp }) => electronApp.quit()).catch(() => undefined)
      return ended
    },
  }
}

/** An answer over the double's control channel. */
interface Answer {
  readonly id: number
  readonly value?: unknown
  readonly error?: string
}

let bundled: Promise<string> | null = null

/** The double as one file: Node 20 runs no TypeScript. */
function doubleUrl(): Promise<string> {
  const outDir = join(root, 'out/test')
  // Not at the top: where the real Electron is tested there is no bundler.
  bundled ??= import('vite')
    .then(({ build }) =>
      build({
        root,
        configFile: false,
        logLevel: 'warn',
        ssr: { external: ['playwright'] },
        build: {
          ssr: true,
          target: 'node20',
          outDir,
          emptyOutDir: false,
          rolldownOptions: {
            input: { 'electron-double': 'test/electron/double/main.ts' },
            output: { format: 'es', entryFileNames: '[name].mjs' },
          },
        },
      }),
    )
    .then(() => pathToFileURL(join(outDir, 'electron-double.mjs')).href)
  return bundled
}

/**
 * The bundled app in Node, with the double in Electron's place and a page of the real Chromium as
 * its window.
 */
async function startDouble(data: string): Promise<DesktopApp> {
  const child = fork(main, [], {
    execArgv: ['--import', pathToFileURL(join(root, 'test/electron/double/register.mjs')).href],
    env: { ...environment(data), ELECTRON_DOUBLE: await doubleUrl() },
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const waiting = new Map<number, (answer: Answer) => void>()
  child.on('message', (message: Answer) => {
    waiting.get(message.id)?.(message)
    waiting.delete(message.id)
  })
  let asked = 0
  const evaluate: DesktopApp['evaluate'] = async (work, arg) => {
    const id = ++asked
    const answer = await new Promise<Answer>((resolve) => {
      waiting.set(id, resolve)
      child.send({ id, source: work.toString(), arg })
    })
    if (answer.error !== undefined) throw new Error(answer.error)
    return answer.value as never
  }
  const address = await untilWindow(evaluate, join(data, 'window/DevToolsActivePort'), ended)
  const browser = await chromium.connectOverCDP(address)
  const page = browser.contexts()[0]?.pages()[0]
  if (page === undefined) throw new Error('the app has no window')
  return {
    page,
    pid: child.pid ?? 0,
    ended,
    evaluate,
    address: toBrowser,
    async quit() {
      // The answer does not come: the process ends first.
      void evaluate(({ app }) => app.quit(), null)
      const code = await ended
      await browser.close()
      return code
    },
  }
}

/** Waits for the app's first window to be shown; answers with Chromium's debugging address. */
async function untilWindow(
  evaluate: DesktopApp['evaluate'],
  portFile: string,
  ended: Promise<number | null>,
): Promise<string> {
  const exited = ended.then((code) => {
    throw new Error(`the app ended with ${code} before its window was there`)
  })
  const shown = async (): Promise<void> => {
    while (
      !(await evaluate(
        ({ BrowserWindow }) => BrowserWindow.getAllWindows().some((window) => window.isVisible()),
        null,
      ))
    ) {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  await Promise.race([shown(), exited])
  return `http://127.0.0.1:${readFileSync(portFile, 'utf8').split('\n')[0]}`
}
