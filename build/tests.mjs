// Vitest with a keychain around it, then Playwright; and how many of each passed.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureTestElectron, runsTestElectron } from './test-electron/fetch.mjs'
import { runInElectron } from './test-electron/run.mjs'
import { inRoot, run, runAside } from './tools.mjs'

/** @typedef {{ passed: number, failed: number, skipped: number }} Count */

const results = inRoot('out', 'test-results')

/** @param {string} file @returns {any} null when the run did not get as far as writing it */
const readResults = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null)

/**
 * Tests that depend on the cryptography below Node. Electron has BoringSSL where Node has OpenSSL,
 * with fewer ciphers. A cipher that only Node has once stopped every upload of the desktop app, and
 * no test in Node saw it.
 */
const ENGINE = [
  'stream',
  'sent-prints',
  'transfer-formats',
  'transfer-messages',
  'keys-files.test',
  'keys-notations',
]
  .map((name) => `test/core/${name}`)
  .concat('test/format/opened')

/**
 * The arguments of bash for a run of vitest with a keychain around it.
 * @param {string} runtime program that runs the tests
 * @param {string} file of the results
 * @param {readonly string[]} rest
 */
const vitestArguments = (runtime, file, rest) => [
  inRoot('build', 'with-keyring.sh'),
  runtime,
  inRoot('node_modules', 'vitest', 'vitest.mjs'),
  'run',
  '-c',
  'test/vitest.config.ts',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${file}`,
  ...rest,
]

/** @param {readonly string[]} rest @returns {Count} */
function unitTests(rest) {
  const file = inRoot('out', 'test-results', 'vitest.json')
  return vitestCount(file, run('bash', vitestArguments(process.execPath, file, rest)))
}

/** @param {string} file @param {number} code @returns {Count} */
function vitestCount(file, code) {
  const told = readResults(file)
  if (told === null) return { passed: 0, failed: 1, skipped: 0 }
  // A file that does not load fails without a failed test in it.
  const broken = told.testResults.filter(
    (/** @type {any} */ suite) =>
      suite.status === 'failed' &&
      !suite.assertionResults.some((/** @type {any} */ one) => one.status === 'failed'),
  )
  const failed = told.numFailedTests + broken.length
  return {
    passed: told.numPassedTests,
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: told.numPendingTests,
  }
}

/** @param {readonly string[]} folders @returns {Count} */
function browserTests(folders) {
  const file = inRoot('out', 'test-results', 'playwright.json')
  // Where there is an Electron for tests, the desktop half is a run of its own.
  const env = {
    ...process.env,
    PLAYWRIGHT_JSON_OUTPUT_FILE: file,
    ...(runsTestElectron() ? { ELECTRON_TESTS: 'double' } : {}),
  }
  const code = run(
    process.execPath,
    [
      inRoot('node_modules', '@playwright', 'test', 'cli.js'),
      'test',
      '-c',
      'test/playwright.config.ts',
      ...folders,
    ],
    { env },
  )
  return playwrightCount(file, code)
}

/** @param {string} file @param {number} code @returns {Count} */
function playwrightCount(file, code) {
  const told = readResults(file)
  if (told === null) return { passed: 0, failed: 1, skipped: 0 }
  const { expected, unexpected, skipped } = told.stats
  const failed = unexpected + told.errors.length
  return { passed: expected, failed: failed === 0 && code !== 0 ? 1 : failed, skipped }
}

const NONE = Object.freeze({ passed: 0, failed: 0, skipped: 0 })

/**
 * Runs the engine's tests with the Node of a real Electron. {@link electronTests} reports a missing
 * Electron.
 * @returns {Promise<Count>}
 */
async function engineTests() {
  const electron = await ensureTestElectron()
  if (electron === null) return NONE
  const file = inRoot('out', 'test-results', 'vitest-electron.json')
  // One worker: the desktop app is tested at the same time, and mostly waits.
  const rest = ['--maxWorkers=1', ...ENGINE]
  const code = await runAside('bash', vitestArguments(join(electron, 'electron'), file, rest), {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
  })
  return vitestCount(file, code)
}

/**
 * The desktop app in a real Electron. In CI it may not be missing.
 * @param {readonly string[]} rest
 * @returns {Promise<Count>}
 */
async function electronTests(rest) {
  if (!runsTestElectron()) return NONE
  const folder = inRoot('out', 'test-results', 'electron')
  const done = await runInElectron({ results: folder, rest })
  if ('code' in done) return playwrightCount(join(folder, 'electron.json'), done.code)
  process.stderr.write(
    `The desktop app was not tested in a real Electron, because ${done.missing}.\n`,
  )
  return { passed: 0, failed: process.env.CI ? 1 : 0, skipped: 0 }
}

/**
 * Runs what is asked for and writes `N passed, N failed` to out/test-results/totals.txt.
 * @param {{
 *   unit: boolean, browser: readonly string[], checked: boolean, rest: readonly string[]
 * }} wanted `checked`: types, lint and rooms were fine
 * @returns {Promise<boolean>} nothing failed
 */
export async function runTests({ unit, browser, checked, rest }) {
  rmSync(results, { recursive: true, force: true })
  mkdirSync(results, { recursive: true })
  const counts = [
    ...(unit ? [unitTests(rest)] : []),
    browserTests(browser),
    ...(await Promise.all([engineTests(), electronTests(rest)])),
    ...(checked ? [] : [{ passed: 0, failed: 1, skipped: 0 }]),
  ]
  const sum = (/** @type {keyof Count} */ name) =>
    counts.reduce((total, count) => total + count[name], 0)
  writeFileSync(
    inRoot('out', 'test-results', 'totals.txt'),
    `${sum('passed')} passed, ${sum('failed')} failed\n`,
  )
  if (!checked) process.stderr.write('The check of types, lint and rooms failed: see above.\n')
  if (sum('skipped') > 0)
    process.stderr.write(`${sum('skipped')} tests were skipped; each says why.\n`)
  return sum('failed') === 0
}
