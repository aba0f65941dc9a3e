// Electron's program file: found, or fetched once by Electron's own installer within a bounded
// time.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { inRoot } from './tools.mjs'

const FETCH_MS = 180_000
const AGAIN_AFTER_MS = 24 * 3600_000

/**
 * Its path, or null. Never `require('electron')` for this: that starts a download without an end.
 * @returns {string | null}
 */
export function installedElectron() {
  const folder = inRoot('node_modules', 'electron')
  const named = join(folder, 'path.txt')
  const name = existsSync(named) ? readFileSync(named, 'utf8').trim() : 'electron'
  const file = process.env.ELECTRON_OVERRIDE_DIST_PATH
    ? join(process.env.ELECTRON_OVERRIDE_DIST_PATH, name)
    : join(folder, 'dist', name)
  return existsSync(file) ? file : null
}

/**
 * The same, after one try to fetch it. A failed try is remembered for a day.
 * @returns {string | null}
 */
export function electronBinary() {
  const here = installedElectron()
  const installer = inRoot('node_modules', 'electron', 'install.js')
  if (here !== null || !existsSync(installer)) return here
  const { version } = JSON.parse(
    readFileSync(inRoot('node_modules', 'electron', 'package.json'), 'utf8'),
  )
  const tried = triedLately(inRoot('.cache', `electron-${version}-not-fetched`))
  if (tried.lately) return null
  process.stderr.write('Fetching Electron, once, for at most three minutes…\n')
  spawnSync(process.execPath, [installer], {
    stdio: 'ignore',
    timeout: FETCH_MS,
    killSignal: 'SIGKILL',
  })
  const fetched = installedElectron()
  if (fetched === null) tried.note()
  return fetched
}

/**
 * Was the fetching noted in `file` tried within the last day, in vain? `note`: it was tried in vain
 * just now.
 * @param {string} file
 */
export function triedLately(file) {
  const last = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
  return {
    lately: Date.now() - last < AGAIN_AFTER_MS,
    note: () => {
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, 'Electron could not be fetched; delete this file to try again.\n')
    },
  }
}

/**
 * Why Electron cannot show a window here although it is installed; null when it can.
 * @returns {string | null}
 */
export function noWindowBecause() {
  if (process.platform !== 'linux') return null
  if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return 'there is no display'
  // The sandbox cannot be set up for root, and the app does not run Electron without it.
  return process.getuid?.() === 0 ? 'Electron does not run sandboxed as root' : null
}
