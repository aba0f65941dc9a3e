import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, type Locator, type Page } from '@playwright/test'

export interface LoopbackApp {
  /** Opens the app once. */
  readonly link: string
  /** Its private data folder. */
  readonly data: string
  readonly pid: number
  /** Stops it as Ctrl+C does; resolves with the exit code. */
  stop(): Promise<number | null>
  /** Ends it as a power cut would: nothing is tidied up, and the data folder stays. */
  kill(): Promise<void>
  /** Stops it, and removes the data folder. */
  close(): Promise<void>
}

/**
 * The bundled browser shell in a process of its own. `data`: an earlier start's folder; a fresh one
 * when absent.
 */
export async function startLoopback({
  data,
  port = 0,
  environment = {},
}: {
  data?: string
  port?: number
  environment?: Readonly<Record<string, string>>
} = {}): Promise<LoopbackApp> {
  const folder = data ?? (await mkdtemp(join(tmpdir(), 'loopback-app-')))
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('../../out/loopback.mjs', import.meta.url)), '--port', String(port)],
    {
      env: {
        ...process.env,
        CIPHERBUCKET_DATA: folder,
        CIPHERBUCKET_SECRETS: 'file',
        LANG: 'en_US.UTF-8',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  let isWanted = false
  const ended = new Promise<number | null>((resolve) =>
    child.once('exit', (code, signal) => {
      // The page says only that its connection was lost.
      if (!isWanted) console.error(`the browser shell ended by itself: ${code ?? signal}`)
      resolve(code)
    }),
  )
  let said = ''
  const link = new Promise<string>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      const found = /open at (http:\S+)/.exec(said)?.[1]
      if (found !== undefined) resolve(found)
    })
  })
  const stop = (): Promise<number | null> => {
    isWanted = true
    child.kill('SIGINT')
    return ended
  }
  const early = ended.then((code) => {
    throw new Error(`the browser shell ended with ${code}: ${said}`)
  })
  return {
    link: await Promise.race([link, early]),
    data: folder,
    pid: child.pid ?? 0,
    stop,
    async kill() {
      isWanted = true
      child.kill('SIGKILL')
      await ended
    },
    async close() {
      await stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

type Box = NonNullable<Awaited<ReturnType<Locator['boundingBox']>>>

/** Returns the place of an element, once it is drawn. */
export async function boxOf(element: Locator): Promise<Box> {
  const found: Box[] = []
  await expect(async () => {
    const box = await element.boundingBox()
    if (box === null) throw new Error('the element is not drawn')
    found.push(box)
  }).toPass()
  const [box] = found
  if (box === undefined) throw new Error('an element without a place')
  return box
}

/** Drops real files and folders of this computer on the middle of `selector`, as a mouse would. */
export async function dropPaths(
  page: Page,
  selector: string,
  files: readonly string[],
): Promise<void> {
  const box = await boxOf(page.locator(selector).first())
  const client = await page.context().newCDPSession(page)
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await client.send('Input.dispatchDragEvent', {
      type,
      x,
      y,
      data: { items: [], files: [...files], dragOperationsMask: 1 },
    })
  }
  await client.detach()
}
