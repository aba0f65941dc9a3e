// `npm start`: a fresh clone becomes an open window on the practice bucket. `--watch`: built again
// whenever a source changes.
import { spawn } from 'node:child_process'
import { watch } from 'node:fs'
import { ensureBundles } from './freshness.mjs'
import { electronBinary, noWindowBecause } from './electron-binary.mjs'
import { ensurePackages } from './packages.mjs'
import { become, inRoot, main, Told } from './tools.mjs'

const args = process.argv.slice(2)

/** The shell to run: the desktop window, or the page in a browser. @returns {[string, string[]]} */
function shell() {
  const rest = args.filter((arg) => arg !== '--watch')
  const electron = electronBinary()
  const reason = electron === null ? 'Electron could not be fetched' : noWindowBecause()
  if (electron !== null && reason === null) return [electron, [inRoot(), ...rest]]
  process.stderr.write(
    `No desktop window, because ${reason}: Cipherbucket runs in your browser instead.\n`,
  )
  return [process.execPath, [inRoot('out', 'loopback.mjs'), '--open', ...rest]]
}

/** Builds after every change, and starts the shell again unless only the page changed. */
function watched() {
  const [program, programArgs] = shell()
  const begin = () => spawn(program, programArgs, { cwd: inRoot(), stdio: 'inherit' })
  let child = begin()
  let timer = /** @type {NodeJS.Timeout | undefined} */ (undefined)
  let pageOnly = true
  const rebuild = async () => {
    const restart = !pageOnly
    pageOnly = true
    try {
      await ensureBundles()
    } catch (cause) {
      // A half-typed file: the next save tries again.
      process.stderr.write(`${cause instanceof Error ? cause.message : cause}\n`)
      return
    }
    process.stderr.write(restart ? 'Built; starting again.\n' : 'Built; reload the page.\n')
    if (!restart) return
    child.once('exit', () => {
      child = begin()
    })
    child.kill('SIGTERM')
  }
  for (const folder of ['shared', 'electron', 'renderer']) {
    watch(inRoot(folder), { recursive: true }, () => {
      pageOnly &&= folder === 'renderer'
      clearTimeout(timer)
      timer = setTimeout(() => void rebuild(), 300)
    })
  }
  process.on('SIGINT', () => undefined)
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
    process.once(signal, () => {
      child.once('exit', () => process.exit(0))
      child.kill(signal)
    })
}

await main(async () => {
  await ensurePackages()
  try {
    await ensureBundles()
  } catch (cause) {
    throw new Told(`The build failed: ${cause instanceof Error ? cause.message : cause}`)
  }
  if (args.includes('--watch')) watched()
  else become(...shell())
})
