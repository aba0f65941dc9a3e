// `npm run dist`: packages for this system, around an Electron that is here.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { electronBinary } from './electron-binary.mjs'
import { ensureBundles } from './freshness.mjs'
import { writeNotices } from './notices.mjs'
import { inRoot, run, Told } from './tools.mjs'

const ARCHITECTURES = ['x64', 'arm64', 'ia32', 'armv7l', 'universal']

/**
 * Arguments that name the Electron at `program`, so that electron-builder fetches none. macOS keeps
 * the program inside of its bundle.
 * @param {string} program @returns {readonly string[]}
 */
function electronArguments(program) {
  const folder =
    process.platform === 'darwin' ? join(dirname(program), '..', '..', '..') : dirname(program)
  return [
    `-c.electronDist=${folder}`,
    `-c.electronVersion=${readFileSync(join(folder, 'version'), 'utf8').trim().replace(/^v/, '')}`,
  ]
}

/**
 * Packs the bundles. Throws Told in one sentence where there is no Electron, or where
 * electron-builder fails.
 * @param {readonly string[]} rest arguments for electron-builder
 * @param {{ program?: string | null, quiet?: boolean }} [options] `program`: the one of
 *   the Electron to pack; else the one that users get
 */
export async function dist(rest, { program = electronBinary(), quiet = false } = {}) {
  if (program === null)
    throw new Told(
      'Electron is not here and could not be fetched, so nothing can be packed. Connect to the internet, delete .cache/electron-*-not-fetched, and try again.',
    )
  await ensureBundles()
  writeNotices()
  // For another architecture electron-builder fetches an Electron of its own.
  const isForeign = ARCHITECTURES.some(
    (name) => name !== process.arch && rest.includes(`--${name}`),
  )
  const args = ['--publish', 'never', ...(isForeign ? [] : electronArguments(program)), ...rest]
  if (
    run(process.execPath, [inRoot('node_modules', 'electron-builder', 'cli.js'), ...args], {
      quiet,
    }) !== 0
  )
    throw new Told('electron-builder could not make the packages; its output is above.')
}
