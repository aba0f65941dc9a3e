import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { CommanderError, type Command } from 'commander'
import { Failure } from '../../shared/contract/errors.ts'
import { chosenLanguage, languageOf, terminalLanguages } from '../../shared/contract/languages.ts'
import { compose } from '../core/app/compose.ts'
import { dataDirectory, secretsPlace } from '../host/data-directory.ts'
import { openContext, type Context } from './context.ts'
import { EXIT, exitCodeOf, Usage } from './exit-codes.ts'
import { openOutput, type Output } from './output.ts'
import { practice } from './commands/practice-command.ts'
import { programFor, type Runner } from './program.ts'
import { proxySettings } from './proxy-settings.ts'

/** The command line of Cipherbucket: reads argv, and ends with an exit code. */

const beside = (name: string): URL => new URL(name, import.meta.url)
const { version } = JSON.parse(await readFile(beside('../package.json'), 'utf8')) as {
  version: string
}
const environment = process.env
const home = homedir()
const directory = dataDirectory({ platform: process.platform, environment, home })

const control = new AbortController()
const stop = (): void => {
  // A second Ctrl+C ends the process at once.
  if (control.signal.aborted) process.exit(EXIT.cancelled)
  control.abort()
}
process.on('SIGINT', stop)
// The reader of a pipe may stop early, as `head` does.
process.stdout.on('error', () => process.exit(EXIT.done))

const system = languageOf(terminalLanguages(environment))
let output: Output = openOutput(process.argv.includes('--json'), system)

const runner: Runner = {
  async withCore(options, work) {
    output = openOutput(options.json === true, system)
    // A signal must leave no half file and no running key program behind.
    for (const name of ['SIGTERM', 'SIGHUP'] as const) process.on(name, stop)
    const notSent: Context['notSent'] = { hear: () => undefined }
    const unitEnded: Context['unitEnded'] = { hear: () => undefined }
    const core = await compose({
      shell: 'cli',
      version,
      dataDirectory: directory,
      workerUrl: beside('./core/part-worker.mjs'),
      practice: null,
      environment,
      home,
      proxy: proxySettings(environment),
      secretsPlace: secretsPlace(environment),
      notSent: (one) => notSent.hear(one),
      unitEnded: (transfer) => unitEnded.hear(transfer),
    })
    for (const problem of core.problems()) output.failure(problem)
    core.events.on('app.problem', (problem) => output.failure(problem))
    try {
      const settings = await core.handlers['settings.get']({}, control.signal)
      if (settings.ok)
        output = openOutput(options.json === true, chosenLanguage(settings.value.language, system))
      process.exitCode = await work(
        openContext(core, {
          output,
          notSent,
          unitEnded,
          options,
          environment,
          signal: control.signal,
        }),
      )
    } catch (cause) {
      if (cause instanceof Usage) throw cause
      const error = control.signal.aborted ? { code: 'cancelled' as const } : core.masked(cause)
      output.failure(error)
      process.exitCode = exitCodeOf(error)
    } finally {
      await core.close()
    }
  },
  async practice({ data, port, fill }) {
    await practice(
      data === undefined ? join(directory, 'practice') : resolve(data),
      port,
      fill,
      control.signal,
    )
    process.exitCode = control.signal.aborted ? EXIT.cancelled : EXIT.done
  },
}

/** Commander ends with 1 for wrong usage. Here wrong usage is 2, and 1 is an unexpected error. */
function withoutExit(command: Command): Command {
  command.exitOverride()
  for (const child of command.commands) withoutExit(child)
  return command
}

// Node ends without a word when nothing can settle a promise that is awaited here. That is a bug of
// ours, and is reported as one.
process.on('beforeExit', () => {
  if (ended) return
  output.failure({ code: 'unexpected', reference: 'nothing left to wait for' })
  process.exit(EXIT.unexpected)
})
let ended = false
try {
  await withoutExit(programFor(version, runner)).parseAsync()
} catch (cause) {
  if (cause instanceof CommanderError)
    process.exitCode = cause.exitCode === 0 ? EXIT.done : EXIT.usage
  else if (cause instanceof Usage) {
    output.remark(`cipherbucket: ${cause.message} [usage]`)
    process.exitCode = EXIT.usage
  } else if (cause instanceof Failure) {
    output.failure(cause.error)
    process.exitCode = exitCodeOf(cause.error)
  } else {
    // There is no log before the core runs. The error's name and the system's code describe the
    // fault without a path or a secret.
    const { name, code = '', path = directory } = cause as NodeJS.ErrnoException
    const full = code === 'ENOSPC' || code === 'EDQUOT'
    if (full || ['EROFS', 'EACCES', 'EPERM', 'ENOTDIR', 'EEXIST', 'ENOENT'].includes(code))
      output.failure(
        full
          ? { code: 'disk-full', path, needed: 0 }
          : { code: 'target-unwritable', path, reason: code },
      )
    else
      output.remark(
        `cipherbucket: An unexpected error occurred (${[name, code].filter(Boolean).join(' ')}). [unexpected]`,
      )
    process.exitCode = EXIT.unexpected
  }
}

ended = true

// After Ctrl+C nothing may delay the exit. Work that cannot be stopped is left behind.
if (control.signal.aborted)
  process.stdout.write('', () => process.stderr.write('', () => process.exit()))
