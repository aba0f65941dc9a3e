import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Failure } from '../../shared/contract/errors.ts'
import { languageOf, terminalLanguages } from '../../shared/contract/languages.ts'
import { sentence } from '../../shared/contract/sentences/sentences.ts'
import { compose } from '../core/app/compose.ts'
import { dataDirectory, secretsPlace } from '../host/data-directory.ts'
import { takeInstance } from '../host/instance.ts'
import { startPractice } from '../practice/start.ts'
import { hasDisplay, openBrowser } from './open-browser.ts'
import { openLoopback } from './server.ts'

/** Cipherbucket in a browser of this computer: `loopback.mjs [--port N] [--open]`. */

/**
 * The number of requests that the practice server remembers. Nobody reads them here, and thousands
 * would take megabytes.
 */
const LOGGED = 100

const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, open: { type: 'boolean', default: false } },
})
const port = Number(values.port)
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error('--port takes a number from 0 to 65535.')
  process.exit(2)
}

const beside = (name: string): URL => new URL(name, import.meta.url)
const directory = dataDirectory({
  platform: process.platform,
  environment: process.env,
  home: homedir(),
})
/** Ends the process with a sentence for an expected failure, and with a stack only for a bug. */
const orExit = (cause: unknown): never => {
  if (!(cause instanceof Failure)) throw cause
  console.error(sentence(cause.error, languageOf(terminalLanguages(process.env))))
  process.exit(1)
}
const instance = await takeInstance(directory).catch(orExit)
const { version } = JSON.parse(await readFile(beside('../package.json'), 'utf8')) as {
  version: string
}

const practice = await startPractice({
  directory: join(directory, 'practice'),
  logged: LOGGED,
}).catch(orExit)
const core = await compose({
  shell: 'loopback',
  version,
  dataDirectory: directory,
  workerUrl: beside('./core/part-worker.mjs'),
  practice,
  environment: process.env,
  home: homedir(),
  secretsPlace: secretsPlace(process.env),
}).catch(orExit)
for (const problem of core.problems()) console.error(sentence(problem, 'en'))
const loopback = await openLoopback({
  core,
  page: fileURLToPath(beside('./renderer/')),
  spool: join(directory, 'spool'),
  port,
})

const sayLink = (): string => {
  const link = loopback.link()
  console.log(`Cipherbucket is open at ${link}`)
  return link
}

let closing = false
const close = async (): Promise<void> => {
  // A second signal ends the process at once.
  if (closing) process.exit(130)
  closing = true
  await loopback.close()
  await core.close()
  await practice.close()
  instance.release()
  process.exit(0)
}
process.on('SIGINT', () => void close())
process.on('SIGTERM', () => void close())

const link = sayLink()
if (process.stdin.isTTY) {
  console.log('Press Enter for a new link, Ctrl+C to stop.')
  process.stdin.on('data', sayLink)
}
if (values.open && hasDisplay(process.platform, process.env))
  await openBrowser(link, directory, process.platform)
