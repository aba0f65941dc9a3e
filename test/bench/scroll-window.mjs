// Measures frames of the list: `scroll-window.mjs <root of the repository> <objects>`. Prints JSON:
// the longest and the middle frame in milliseconds, and the CPU time of the longest task. Each is
// there for the time while rows arrive, and for the time afterwards. A busy machine delays frames,
// and hardly changes that CPU time. Plain JavaScript, for Playwright cannot be bundled.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright'

const [root, objects] = [process.argv[2] ?? '', process.argv[3] ?? '1000000']
const home = mkdtempSync(join(tmpdir(), 'cb-bench-scroll-'))
const env = {
  ...process.env,
  HOME: home,
  CIPHERBUCKET_DATA: join(home, 'data'),
  CIPHERBUCKET_SECRETS: 'file',
  LANG: 'en_US.UTF-8',
}
/** Steps of one measurement: one for each frame. */
const STEPS = 300

/** Starts a program of ours and resolves when its text has what is looked for. */
function started(file, args, wanted) {
  const child = spawn(process.execPath, [join(root, 'out', file), ...args], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const found = new Promise((resolve, reject) => {
    let said = ''
    child.stdout.on('data', (chunk) => {
      said += chunk
      const found = wanted(said)
      if (found !== null) resolve(found)
    })
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}: ${said}`)))
  })
  return { child, found }
}

/** A call to the core over a socket of its own. */
const call = (page, name, input) =>
  page.evaluate(
    ([name, input]) =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(`ws://${location.host}/port`)
        socket.onopen = () => socket.send(JSON.stringify({ t: 'call', i: 1, name, input }))
        socket.onmessage = (event) => {
          const message = JSON.parse(String(event.data))
          if (message.t !== 'result') return
          socket.close()
          if (message.result.ok) resolve(message.result.value)
          else reject(new Error(JSON.stringify(message.result.error)))
        }
      }),
    [name, input],
  )

/** Scrolls a part of the list in each frame. Returns the milliseconds of the frames. */
const scrolled = (page) =>
  page.evaluate(
    (steps) =>
      new Promise((resolve) => {
        const list = document.querySelector('.list-wrap .grid')
        const frames = []
        let before = performance.now()
        const step = (at) => {
          frames.push(at - before)
          before = at
          if (frames.length === steps) return resolve(frames.slice(1))
          // Mostly rows that follow, and now and then a far place, as with the scroll bar.
          const far = frames.length % 50 === 0
          list.scrollTop = far ? Math.random() * list.scrollHeight : list.scrollTop + 90
          requestAnimationFrame(step)
        }
        requestAnimationFrame(step)
      }),
    STEPS,
  )

/** Scrolls, and returns the summary of the frames with the CPU of the longest task. */
async function measured(page) {
  const session = await page.context().newCDPSession(page)
  const events = []
  session.on('Tracing.dataCollected', ({ value }) => events.push(...value))
  await session.send('Tracing.start', {
    traceConfig: { includedCategories: ['toplevel'], recordMode: 'recordAsMuchAsPossible' },
  })
  const frames = await scrolled(page)
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve))
  await session.send('Tracing.end')
  await complete
  await session.detach()
  const sorted = frames.toSorted((a, b) => a - b)
  return {
    longest: sorted.at(-1),
    middle: sorted[Math.floor(sorted.length / 2)],
    longestTask: Math.max(...taskTimes(events)),
  }
}

/** Milliseconds of CPU of each task of the page's main thread. */
function taskTimes(events) {
  const mains = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  )
  return events
    .filter(({ name, pid, tid }) => name.endsWith('RunTask') && mains.has(`${pid} ${tid}`))
    .map(({ tdur = 0 }) => tdur / 1000)
}

const practice = started(
  'cli.mjs',
  ['practice', '--data', join(home, 'oss'), '--fill', objects],
  (said) => (said.includes('\n') ? JSON.parse(said.slice(0, said.indexOf('\n'))) : null),
)
const app = started(
  'loopback.mjs',
  ['--port', '0'],
  (said) => /open at (http:\S+)/.exec(said)?.[1] ?? null,
)
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
})
try {
  const [account, link] = await Promise.all([practice.found, app.found])
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  await page.goto(link)
  await page.locator('[role=grid] [role=row]').nth(1).waitFor()
  await call(page, 'secrets.unlock', { passphrase: 'correct horse battery staple' })
  const { bucket } = account
  const { id } = await call(page, 'profiles.add', {
    name: 'Bench',
    colour: 'jade',
    endpoint: account.endpoint,
    region: account.region,
    accessKeyId: account.accessKeyId,
    credential: {
      kind: 'typed',
      accessKeySecret: account.accessKeySecret,
      securityToken: '',
    },
    buckets: [bucket],
  })
  await page.evaluate((hash) => (location.hash = hash), `/${id}/${bucket}/`)
  await page.locator('.crumbs [aria-current]').getByText(bucket).waitFor()
  // Everything in the bucket, flat: the longest list that the window has.
  await page.keyboard.press('Control+Shift+f')
  await page.locator('.say2').waitFor()
  await page.locator('.list-wrap .grid [role=row]').nth(10).waitFor({ timeout: 120_000 })
  const arriving = await measured(page)
  await page.locator('.say2').getByText(/^All /).waitFor({ timeout: 1_200_000 })
  const whole = await measured(page)
  const rows = await page.locator('.list-wrap [role=grid]').getAttribute('aria-rowcount')
  process.stdout.write(`${JSON.stringify({ rows: Number(rows) - 1, arriving, whole })}\n`)
} finally {
  await browser.close()
  practice.child.kill('SIGINT')
  app.child.kill('SIGINT')
  rmSync(home, { recursive: true, force: true, maxRetries: 5 })
}
