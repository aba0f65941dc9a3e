// node_modules: as the lock file says, with keytar built where it can be.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { alone } from './alone.mjs'
import { inRoot, hasProgram, nodeHeaders, run, Told } from './tools.mjs'

/**
 * The environment in which native modules are built here, with Node's headers. npm passes these
 * variables on unchanged. Otherwise keytar's own installer would load a finished program from the
 * web without checking a hash.
 */
function installEnvironment() {
  const headers = nodeHeaders()
  return {
    ...process.env,
    npm_config_build_from_source: 'keytar',
    ...(headers !== null && { npm_package_config_node_gyp_nodedir: headers }),
  }
}

/**
 * @param {string} file
 * @returns {Record<string, {
 *   version?: string, optional?: boolean, os?: readonly string[], cpu?: readonly string[]
 * }> | null}
 */
function lockedPackages(file) {
  if (!existsSync(file)) return null
  return JSON.parse(readFileSync(file, 'utf8')).packages ?? null
}

/**
 * Does node_modules hold every package of the lock file, in its version? Packages for other systems
 * are not asked for.
 */
function areInstalled() {
  const wanted = lockedPackages(inRoot('package-lock.json'))
  const there = lockedPackages(inRoot('node_modules', '.package-lock.json'))
  if (wanted === null || there === null) return false
  return Object.entries(wanted).every(
    ([path, entry]) =>
      path === '' || entry.optional === true || there[path]?.version === entry.version,
  )
}

/** Also where the environment says NODE_ENV=production, which leaves out what builds and tests. */
const CLEAN_INSTALL = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']

/** @param {boolean} quiet */
function install(quiet) {
  process.stderr.write('Installing packages, once…\n')
  const code = run('npm', CLEAN_INSTALL, { env: installEnvironment(), quiet: true })
  if (code !== 0) throw new Told('npm ci failed; its output is above.')
  if (!quiet) process.stderr.write('Packages are installed.\n')
}

const keytar = inRoot('node_modules', 'keytar')
const keytarProgram = join(keytar, 'build', 'Release', 'keytar.node')
const keytarIsBuilt = () => existsSync(keytarProgram)

/**
 * Removes a keytar that was not built here: a finished one comes without what the compiler leaves
 * beside it.
 */
function removeForeignKeytar() {
  if (keytarIsBuilt() && !existsSync(join(keytar, 'build', 'config.gypi'))) rmSync(keytarProgram)
}

/** Can keytar be built here? On Linux it needs the headers of libsecret. */
function canBuildKeytar() {
  return (
    process.platform !== 'linux' ||
    (hasProgram('pkg-config') && run('pkg-config', ['--exists', 'libsecret-1']) === 0)
  )
}

/** Remembers that building was tried and failed, so that not every start tries again. */
const tried = inRoot('.cache', 'keytar-not-built')

/** keytar is optional: npm leaves it out, without a word, when it does not build. */
function ensureKeytar() {
  if (keytarIsBuilt()) return
  const hopeful = canBuildKeytar()
  if (hopeful && !existsSync(tried)) {
    process.stderr.write('Building keytar for the system keychain…\n')
    if (existsSync(keytar))
      run('npm', ['rebuild', 'keytar'], { env: installEnvironment(), quiet: true })
    else run('npm', CLEAN_INSTALL, { env: installEnvironment(), quiet: true })
    if (keytarIsBuilt()) return
    mkdirSync(inRoot('.cache'), { recursive: true })
    writeFileSync(tried, '')
  }
  const cure = hopeful
    ? 'Install a C++ compiler and python3, delete .cache/keytar-not-built'
    : 'Install libsecret-1-dev and pkg-config'
  process.stderr.write(
    `keytar could not be built, so keys and secrets go into a file protected by a passphrase instead of the system keychain. ${cure}, then run this again.\n`,
  )
}

/**
 * Installs what is missing; a moment when nothing is.
 * @param {{ quiet?: boolean }} [options] quiet: no advice about keytar, which a command line
 *   run could not act on anyway
 */
export async function ensurePackages({ quiet = false } = {}) {
  removeForeignKeytar()
  if (areInstalled() && (quiet || keytarIsBuilt())) return
  await alone(inRoot('.cache', 'installing'), () => {
    if (!areInstalled()) install(quiet)
    removeForeignKeytar()
    if (!quiet) ensureKeytar()
  })
}
