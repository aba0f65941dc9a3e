// Measures one start: `start-window.mjs <root of the repository> <rounds>`. Prints JSON: seconds of
// each start, in order. Plain JavaScript, for Playwright cannot be bundled.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright'

const ROW = '[role=grid][aria-label^="Objects in"] [role=row]:has-text("welcome (encrypted).txt")'
const [root, rounds] = [process.argv[2] ?? '', Number(process.argv[3])]
const home = mkdtempSync(join(tmpdir(), 'cb-bench-start-'))
/** @type {NodeJS.ProcessEnv} */
const env = {
  ...process.env,
  HOME: home,
  CIPHERBUCKET_DATA: join(home, 'data'),
  CIPHERBUCKET_SECRETS: 'file',
  LANG: 'en_US.UTF-8',
}
// Without a display it is the browser shell, on every machine the same; a browser is open already,
// as it is for its user.
delete env.DISPLAY
delete env.WAYLAND_DISPLAY

/** From `npm start` to the link, and to the painted row of the list, in seconds. */
async function start() {
  const began = performance.now()
  const elapsed = () => (performance.now() - began) / 1000
  const child = spawn('npm', ['start'], {
    cwd: root,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  try {
    const link = await new Promise((resolve, reject) => {
      let said = ''
      child.stdout.on('data', (chunk) => {
        const found = /open at (http:\S+)/.exec((said += chunk))?.[1]
        if (found !== undefined) resolve(found)
      })
      ended.then((code) => reject(new Error(`npm start ended with ${code}: ${said}`)))
    })
    const answered = elapsed()
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
    const page = await context.newPage()
    await page.goto(link)
    await page.locator(ROW).waitFor()
    // Two frames: the row is painted, and not only there.
    await page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    )
    const painted = elapsed()
    await context.close()
    return { answered, painted }
  } finally {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT')
    await ended
  }
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
})
try {
  const starts = []
  for (let round = 0; round <= rounds; round++) starts.push(await start())
  process.stdout.write(`${JSON.stringify(starts)}\n`)
} finally {
  await browser.close()
  rmSync(home, { recursive: true, force: true })
}
