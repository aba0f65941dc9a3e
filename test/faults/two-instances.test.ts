import { spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { sentence } from '../../shared/contract/sentences/sentences.ts'

const root = new URL('../../', import.meta.url)
const folder = mkdtempSync(join(tmpdir(), 'cb-two-'))
const data = join(folder, 'data')
const running = new Set<ChildProcess>()

beforeAll(async () => {
  const { ensureBundles } = (await import(new URL('build/freshness.mjs', root).href)) as {
    ensureBundles(names: string[]): Promise<void>
  }
  await ensureBundles(['loopback', 'core/part-worker', 'core/index-worker'])
})
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL')
  for (const child of running)
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  running.clear()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Instance {
  readonly child: ChildProcess
  /** Its link; null when it ended without one. */
  readonly link: Promise<string | null>
  readonly ended: Promise<{ readonly code: number | null; readonly said: string }>
}

/** The browser shell, as it is started on a data folder. */
function start(directory: string): Instance {
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    CIPHERBUCKET_DATA: directory,
    CIPHERBUCKET_SECRETS: 'file',
  }
  const child = spawn(process.execPath, [fileURLToPath(new URL('out/loopback.mjs', root))], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  let [out, said] = ['', '']
  child.stderr.on('data', (chunk: Buffer) => void (said += chunk.toString()))
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, said }))
  const link = new Promise<string | null>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString()
      const found = /http:\/\/\S+(?=\n)/.exec(out)
      if (found !== null) resolve(found[0])
    })
    void ended.then(() => resolve(null))
  })
  return { child, link, ended }
}

/** Every file below the data folder: its bytes and when it was written to. */
function picture(): ReadonlyMap<string, string> {
  const files = readdirSync(data, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  return new Map(
    files.map((path) => [
      path,
      `${createHash('sha256').update(readFileSync(path)).digest('hex')} ${statSync(path, { bigint: true }).mtimeNs}`,
    ]),
  )
}
const answers = (link: string): Promise<number | undefined> =>
  new Promise((resolve, reject) =>
    get(link, (response) => (response.resume(), resolve(response.statusCode))).on('error', reject),
  )

test('the second says that another is open, and changes nothing; by another name of the folder too', async () => {
  const first = start(data)
  const link = await first.link
  expect(link).not.toBeNull()
  symlinkSync(data, join(folder, 'another-name'))
  const before = picture()
  for (const directory of [data, join(folder, 'another-name')]) {
    const { code, said } = await start(directory).ended
    expect([code, said.trim()]).toEqual([
      1,
      sentence({ code: 'already-open', folder: directory }, 'en'),
    ])
    expect(picture()).toEqual(before)
  }
  expect(await answers(link ?? '')).toBeLessThan(400)
  expect(realpathSync(join(folder, 'another-name'))).toBe(realpathSync(data))
})

test('of two that start at once one opens; and when it was killed, the next one opens', async () => {
  for (let round = 0; round < 3; round++) {
    const both = [start(data), start(data)]
    const links = await Promise.all(both.map(({ link }) => link))
    expect(links.filter((link) => link !== null)).toHaveLength(1)
    const winner = both[links[0] === null ? 1 : 0]
    winner?.child.kill('SIGKILL')
    await winner?.ended
  }
})
