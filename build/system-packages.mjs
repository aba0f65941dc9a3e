// Finds or installs the programs that the tests need. They are a keychain that can be started for
// them, a browser, a font with Chinese letters, and a display for Electron.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { runsTestElectron } from './test-electron/fetch.mjs'
import { hasProgram, run, Told } from './tools.mjs'

/** Where the tests find a browser. */
const chromiumPath = () => process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'

/** @param {string} name */
const isInstalled = (name) =>
  spawnSync('dpkg-query', ['-W', '-f=${Status}', name], { encoding: 'utf8' }).stdout?.includes(
    'install ok installed',
  ) === true

/** Is this shared library where Debian and others keep them?  @param {string} file */
const hasLibrary = (file) =>
  ['/usr/lib/x86_64-linux-gnu', '/lib/x86_64-linux-gnu', '/usr/lib64', '/usr/lib'].some((folder) =>
    existsSync(`${folder}/${file}`),
  )

/** Of the real Electron alone: a display for it, and what it is linked with. */
const ELECTRON_NEEDS = /** @type {const} */ ([
  ['unzip', () => hasProgram('unzip')],
  ['xvfb', () => hasProgram('xvfb-run')],
  ['xauth', () => hasProgram('xauth')],
  ['libgtk-3-0', () => hasLibrary('libgtk-3.so.0')],
  ['libasound2', () => hasLibrary('libasound.so.2')],
  ['libgbm1', () => hasLibrary('libgbm.so.1')],
  ['libnss3', () => hasLibrary('libnss3.so')],
])

/** Debian package → is what it brings here already? */
const NEEDS = /** @type {const} */ ([
  ['libsecret-1-dev', () => isInstalled('libsecret-1-dev')],
  ['pkg-config', () => hasProgram('pkg-config')],
  ['gnome-keyring', () => hasProgram('gnome-keyring-daemon')],
  ['dbus', () => hasProgram('dbus-run-session') && hasProgram('dbus-send')],
  ['dbus-daemon', () => hasProgram('dbus-daemon')],
  ['libsecret-tools', () => hasProgram('secret-tool')],
  ['chromium', () => existsSync(chromiumPath())],
  ['fonts-wqy-zenhei', () => isInstalled('fonts-wqy-zenhei') || isInstalled('fonts-noto-cjk')],
])

/**
 * Debian 13 and Ubuntu 24.04 gave some libraries a name that ends in `t64`.
 * @param {string} name
 */
const nameHere = (name) =>
  spawnSync('apt-cache', ['show', `${name}t64`]).status === 0 ? `${name}t64` : name

/** Installs it on Debian as root; elsewhere says by name what is missing. */
export function ensureTestPackages() {
  if (process.platform !== 'linux') {
    if (!existsSync(chromiumPath()))
      throw new Told('The tests need Chromium or Chrome: set CHROMIUM_PATH to its program file.')
    return
  }
  if (!hasProgram('dpkg-query')) {
    const programs = ['gnome-keyring-daemon', 'dbus-run-session', 'secret-tool'].filter(
      (name) => !hasProgram(name),
    )
    if (!existsSync(chromiumPath())) programs.push('chromium (or set CHROMIUM_PATH)')
    if (programs.length > 0)
      throw new Told(
        `The tests need these programs, please install them: ${programs.join(', ')}. Also the headers of libsecret and a font with Chinese letters.`,
      )
    return
  }
  install([...NEEDS, ...(runsTestElectron() ? ELECTRON_NEEDS : [])], 'The tests need')
}

/**
 * A browser alone, for the bench. Where it can't be installed the row that needs it says so, and
 * the others run.
 */
export function ensureBrowser() {
  if (
    existsSync(chromiumPath()) ||
    process.env.CHROMIUM_PATH ||
    process.platform !== 'linux' ||
    !hasProgram('dpkg-query') ||
    process.getuid?.() !== 0
  )
    return
  install(
    NEEDS.filter(([name]) => name === 'chromium'),
    'The bench needs',
  )
}

/**
 * @param {readonly (readonly [string, () => boolean])[]} needs
 * @param {string} who begins the sentence that says what only root can install
 */
function install(needs, who) {
  const missing = needs.filter(([, isHere]) => !isHere()).map(([name]) => name)
  if (missing.length === 0) return
  if (process.getuid?.() !== 0)
    throw new Told(
      `${who} packages that only root can install: sudo apt-get install ${missing.map(nameHere).join(' ')}`,
    )
  process.stderr.write(`Installing ${missing.join(', ')}, once…\n`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = /** @param {readonly string[]} args */ (...args) =>
    run('apt-get', ['-o', 'DPkg::Lock::Timeout=300', '-qq', ...args], { env, quiet: true })
  const attempt = () => apt('install', '-y', '--no-install-recommends', ...missing.map(nameHere))
  if (attempt() !== 0 && (apt('update') !== 0 || attempt() !== 0))
    throw new Told(`apt-get could not install ${missing.join(' ')}; its output is above.`)
}
