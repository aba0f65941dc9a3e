// Reads the results that Vitest and Playwright wrote.
import { existsSync, readFileSync } from 'node:fs'

/**
 * `failures`: what failed and why, each in a few lines. `files`: how long each file ran, in
 * milliseconds on the clock.
 * @typedef {{ readonly name: string, readonly ms: number }} TimedFile
 * @typedef {{
 *   passed: number, failures: readonly string[], skipped: number, files: readonly TimedFile[]
 * }} Results
 */

/** Nothing ran. @type {Results} */
export const NOTHING = Object.freeze({ passed: 0, failures: [], skipped: 0, files: [] })

/** @param {readonly TimedFile[]} files @returns {string} the ten slowest, in seconds */
export const slowest = (files) =>
  [...files]
    .sort((a, b) => b.ms - a.ms)
    .slice(0, 10)
    .map(({ name, ms }) => `${Math.round(ms / 1000)} s ${name.replace(/^.*\/test\//, '')}`)
    .join(', ')

/** The first lines of a message hold the values that differ. */
const MOST_LINES = 12

/** @param {string} title @param {readonly string[]} messages @returns {string} */
function failure(title, messages) {
  const lines = messages
    .join('\n')
    // Colours are for terminals.
    // oxlint-disable-next-line no-control-regex
    .replace(/\u001b\[[\d;]*m/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, MOST_LINES)
  return [title, ...lines.map((line) => `    ${line}`)].join('\n')
}

/**
 * The file of results as JSON; null when the run did not get as far as writing it.
 * @param {string} file @returns {any}
 */
const readJson = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null)

/**
 * An end with an error that no test accounts for is a failure too.
 * @param {Results} results @param {string} file @param {number} code exit code
 * @returns {Results}
 */
const withExit = (results, file, code) =>
  code === 0 || results.failures.length > 0
    ? results
    : { ...results, failures: [`${file}: the run ended with code ${code}; see its output.`] }

/**
 * @param {string} file of the JSON reporter
 * @param {number} code exit code
 * @returns {Results}
 */
export function readVitest(file, code) {
  const told = readJson(file)
  if (told === null) return withExit(NOTHING, file, code || 1)
  const failures = told.testResults.flatMap((/** @type {any} */ suite) => {
    const failed = suite.assertionResults.filter(
      (/** @type {any} */ one) => one.status === 'failed',
    )
    // A file that does not load fails without a failed test in it.
    if (failed.length === 0)
      return suite.status === 'failed' ? [failure(suite.name, [suite.message])] : []
    return failed.map((/** @type {any} */ one) =>
      failure(`${suite.name}: ${one.fullName}`, one.failureMessages),
    )
  })
  const files = told.testResults.map((/** @type {any} */ suite) => ({
    name: suite.name,
    ms: suite.endTime - suite.startTime,
  }))
  const results = { passed: told.numPassedTests, failures, skipped: told.numPendingTests, files }
  return withExit(results, file, code)
}

/** @param {any} suite @returns {readonly any[]} its tests, those of suites in it too */
const specsOf = (suite) => [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specsOf)]

/**
 * @param {string} file of the JSON reporter
 * @param {number} code exit code
 * @returns {Results}
 */
export function readPlaywright(file, code) {
  const told = readJson(file)
  if (told === null) return withExit(NOTHING, file, code || 1)
  const failures = specsOf(told)
    .filter((spec) => !spec.ok)
    .map((spec) =>
      failure(
        `${spec.file}: ${spec.title}`,
        spec.tests
          .flatMap((/** @type {any} */ one) => one.results)
          .flatMap((/** @type {any} */ result) => result.errors)
          .map((/** @type {any} */ error) => error.message ?? ''),
      ),
    )
    .concat(told.errors.map((/** @type {any} */ error) => failure('Playwright', [error.message])))
  const files = told.suites.map((/** @type {any} */ suite) => ({
    name: suite.file,
    ms: specsOf(suite)
      .flatMap((spec) => spec.tests)
      .flatMap((/** @type {any} */ one) => one.results)
      .reduce((/** @type {number} */ sum, /** @type {any} */ result) => sum + result.duration, 0),
  }))
  const { expected, skipped } = told.stats
  return withExit({ passed: expected, failures, skipped, files }, file, code)
}
