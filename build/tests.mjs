// Vitest with a keychain around it, then Playwright; and how many of each passed.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureTestElectron, runsTestElectron } from './test-electron/fetch.mjs'
import { runInElectron } from './test-electron/run.mjs'
import { NOTHING, readPlaywright, readVitest, slowest } from './test-results.mjs'
import { inRoot, run, runAside } from './tools.mjs'

/** @typedef {import('./test-results.mjs').Results} Results */

const results = inRoot('out', 'test-results')

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
  'seals/',
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

/** @param {readonly string[]} rest @returns {Results} */
function unitTests(rest) {
  const file = inRoot('out', 'test-results', 'vitest.json')
  return readVitest(file, run('bash', vitestArguments(process.execPath, file, rest)))
}

/** @param {readonly string[]} folders @returns {Results} */
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
  return readPlaywright(file, code)
}

/**
 * Runs the engine's tests with the Node of a real Electron. {@link electronTests} reports a missing
 * Electron.
 * @returns {Promise<Results>}
 */
async function engineTests() {
  const electron = await ensureTestElectron()
  if (electron === null) return NOTHING
  const file = inRoot('out', 'test-results', 'vitest-electron.json')
  // One worker: the desktop app is tested at the same time, and mostly waits.
  const rest = ['--maxWorkers=1', ...ENGINE]
  const code = await runAside('bash', vitestArguments(join(electron, 'electron'), file, rest), {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
  })
  return readVitest(file, code)
}

/**
 * The desktop app in a real Electron. In CI it may not be missing.
 * @param {readonly string[]} rest
 * @returns {Promise<Results>}
 */
async function electronTests(rest) {
  if (!runsTestElectron()) return NOTHING
  const folder = inRoot('out', 'test-results', 'electron')
  const done = await runInElectron({ results: folder, rest })
  if ('code' in done) return readPlaywright(join(folder, 'electron.json'), done.code)
  const reason = `The desktop app was not tested in a real Electron, because ${done.missing}.`
  if (process.env.CI) return { ...NOTHING, failures: [reason] }
  process.stderr.write(`${reason}\n`)
  return NOTHING
}

/**
 * Runs what is asked for and writes `N passed, N failed` to out/test-results/totals.txt. Failures
 * are printed again at the end, because the end of a long output is read first.
 * @param {{
 *   unit: boolean, browser: readonly string[], checked: boolean, rest: readonly string[]
 * }} wanted `checked`: types, lint and rooms were fine
 * @returns {Promise<boolean>} nothing failed
 */
export async function runTests({ unit, browser, checked, rest }) {
  rmSync(results, { recursive: true, force: true })
  mkdirSync(results, { recursive: true })
  const runs = [
    ...(unit ? [unitTests(rest)] : []),
    browserTests(browser),
    ...(await Promise.all([engineTests(), electronTests(rest)])),
  ]
  const sum = (/** @type {'passed' | 'skipped'} */ name) =>
    runs.reduce((total, one) => total + one[name], 0)
  const failures = runs
    .flatMap((one) => one.failures)
    .concat(checked ? [] : ['The check of types, lint and rooms failed: see above.'])
  writeFileSync(
    inRoot('out', 'test-results', 'totals.txt'),
    `${sum('passed')} passed, ${failures.length} failed\n`,
  )
  if (sum('skipped') > 0)
    process.stderr.write(`${sum('skipped')} tests were skipped; each says why.\n`)
  process.stderr.write(`Slowest files: ${slowest(runs.flatMap((one) => one.files))}\n`)
  for (const one of failures) process.stderr.write(`Failed: ${one}\n`)
  return failures.length === 0
}
