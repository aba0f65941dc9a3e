// Functions that every script here shares. They use plain JavaScript and Node only, since they run
// before anything is installed.
import { spawn, spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of package.json. */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '')

/** @param {...string} names */
export const inRoot = (...names) => join(root, ...names)

/** A failure that is told in one line, without a stack. */
export class Told extends Error {}

/**
 * Runs a program in the repository and waits.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, quiet?: boolean, timeout?: number }} [options] `quiet`: output
 * is held back, and shown on stderr only on failure
 * @returns {number} exit code; 1 when the program could not be started or was stopped
 */
export function run(program, args, { env = process.env, quiet = false, timeout } = {}) {
  // stdout belongs to whoever called us: npm and the compilers talk on stderr.
  const stdio = /** @type {import('node:child_process').StdioOptions} */ (
    quiet ? ['ignore', 'pipe', 'pipe'] : ['inherit', 'inherit', 'inherit']
  )
  const done = spawnSync(program, args, {
    cwd: root,
    env,
    stdio,
    timeout,
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === 'win32' && program === 'npm',
  })
  if (done.error) process.stderr.write(`${program}: ${done.error.message}\n`)
  if (quiet && done.status !== 0) process.stderr.write(`${done.stdout ?? ''}${done.stderr ?? ''}`)
  return done.status ?? 1
}

/**
 * @param {string} program @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<number>} exit code; 1 when the program could not be started or was stopped
 */
const endOf = (program, child) =>
  new Promise((resolve) => {
    child.once('error', (cause) => {
      process.stderr.write(`${program}: ${cause.message}\n`)
      resolve(1)
    })
    child.once('exit', (code) => resolve(code ?? 1))
  })

/**
 * Runs a program in the repository, and shows its output as it comes. This process can do other
 * work meanwhile.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<number>} exit code; 1 when the program could not be started or was stopped
 */
export const runBeside = (program, args, { env = process.env } = {}) =>
  endOf(program, spawn(program, args, { cwd: root, env, stdio: 'inherit' }))

/**
 * Starts a program in the repository while this one does other work, also work that blocks it. The
 * output goes to a file meanwhile, and is shown as a whole at the end.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, uid?: number, gid?: number }} [options] `cwd`:
 *   the repository where it is left out
 * @returns {Promise<number>} exit code; 1 when the program could not be started or was stopped
 */
export async function runAside(program, args, { cwd = root, env = process.env, ...user } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'cipherbucket-aside-'))
  const file = join(folder, 'output')
  const output = openSync(file, 'w')
  const child = spawn(program, args, { cwd, env, ...user, stdio: ['ignore', output, output] })
  closeSync(output)
  const code = await endOf(program, child)
  process.stderr.write(readFileSync(file))
  rmSync(folder, { recursive: true, force: true })
  return code
}

/** Is this program somewhere in PATH?  @param {string} name */
export function hasProgram(name) {
  const extensions = process.platform === 'win32' ? ['.exe', '.cmd'] : ['']
  return (process.env.PATH ?? '')
    .split(process.platform === 'win32' ? ';' : ':')
    .some((folder) => extensions.some((end) => existsSync(join(folder, name + end))))
}

/**
 * Where this Node keeps its headers, so that native modules build without a download; null when it
 * has none.
 * @returns {string | null}
 */
export function nodeHeaders() {
  const folder = dirname(dirname(process.execPath))
  return existsSync(join(folder, 'include', 'node', 'node_version.h')) ? folder : null
}

/**
 * Starts a long-lived child that has this terminal, passes signals on to it, and ends with its exit
 * code.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
export function become(program, args, env = process.env) {
  const child = spawn(program, args, { cwd: root, env, stdio: 'inherit' })
  // A terminal's Ctrl+C reaches the child by itself; it decides when all is put away, and this
  // process waits for it.
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('error', (cause) => {
    process.stderr.write(`${program}: ${cause.message}\n`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
}

/**
 * Runs `work`, and turns a {@link Told} failure into one line and exit code 1.
 * @param {() => Promise<void> | void} work
 */
export async function main(work) {
  try {
    await work()
  } catch (cause) {
    if (!(cause instanceof Told)) throw cause
    process.stderr.write(`${cause.message}\n`)
    process.exitCode = 1
  }
}
