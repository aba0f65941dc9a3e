import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { dirname, isAbsolute } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import {
  fail,
  ok,
  type AppError,
  type CommandProblem,
  type Result,
} from '../../../../shared/contract/errors.ts'
import { joined } from '../../../../shared/format/bytes.ts'
import { onAbort } from '../../base/on-abort.ts'
import { groupOf } from './command-group.ts'

export interface CommandRun {
  /** The name of the master key, for errors. */
  readonly name: string
  /** An absolute path. */
  readonly program: string
  readonly args: readonly string[]
  /** The whole standard input. The caller wipes it. */
  readonly input: Uint8Array
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** The most bytes of output. No answer needs as many. */
const MAX_OUTPUT = 65_536
/** The time between asking a late program to end and killing it. */
const GRACE_MS = 2000
/** The wait for the output of an ended program, and for the end of a killed one. */
const LINGER_MS = 1000

/**
 * The environment variables that a program gets: places and language. None of them can hold a
 * credential.
 */
const PASSED_ON = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'TMPDIR',
  'XDG_RUNTIME_DIR',
  'SystemRoot',
  'SystemDrive',
  'PATHEXT',
  'TEMP',
  'TMP',
  'USERNAME',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
  'ProgramData',
  'ProgramFiles',
]

/**
 * Runs a program once, without a shell, and returns all of its standard output. The caller wipes
 * the output. The working directory is the program's own folder, which exists whenever the program
 * does. Standard error is discarded, because it can hold secrets. Resolves when the program and its
 * group have ended. After a kill it waits no longer than a second.
 *
 * Windows runs `.cmd` and `.bat` only through a shell, and no caller can follow a shell's rules for
 * arguments. They are not started. The user names the interpreter as the program and the script as
 * its first argument.
 *
 * Errors  'cancelled': the program was killed at once. 'command-failed': 'not-started' with the
 * system's code, or 'timed-out' with the seconds. After the time the program is asked to end, then
 * killed. Also 'exited' with the exit code or the signal's name, and 'too-much' with the bytes that
 * are allowed.
 */
export function runCommand({
  name,
  program,
  args,
  input,
  timeoutMs,
  signal,
}: CommandRun): Promise<Result<Uint8Array>> {
  const failed = (problem: CommandProblem, detail: string): AppError => ({
    code: 'command-failed',
    name,
    problem,
    detail,
  })
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(fail({ code: 'cancelled' }))
    const started = start(program, args)
    if (typeof started === 'string') return resolve(fail(failed('not-started', started)))
    const { pid, stdin, stdout } = started
    const notStarted = (cause: NodeJS.ErrnoException) =>
      fail(failed('not-started', cause.code ?? 'ENOENT'))
    if (pid === undefined) return started.on('error', (cause) => resolve(notStarted(cause)))
    const group = groupOf(pid)
    const timers = new Set<NodeJS.Timeout>()
    const after = (ms: number, work: () => void) => timers.add(setTimeout(work, ms))
    const chunks: Buffer[] = []
    let size = 0
    /** The reason why the program was ended, if it was. */
    let verdict: AppError | null = null
    /** The end of the program: an error, or null after exit code 0. Undefined while it runs. */
    let ending: AppError | null | undefined

    const finish = () => {
      for (const timer of timers) clearTimeout(timer)
      off()
      stdin.destroy()
      stdout.destroy()
      group.over()
      const error = verdict ?? ending ?? null
      resolve(error === null ? ok(joined(...chunks)) : fail(error))
      for (const chunk of chunks) chunk.fill(0)
    }
    const end = (why: AppError, how: 'SIGTERM' | 'SIGKILL') => {
      verdict ??= why
      if (ending !== undefined) return finish()
      group.kill(how)
      if (how === 'SIGTERM') after(GRACE_MS, () => end(why, 'SIGKILL'))
      else after(LINGER_MS, finish)
    }

    after(timeoutMs, () => end(failed('timed-out', String(timeoutMs / 1000)), 'SIGTERM'))
    const off = onAbort(signal, () => end({ code: 'cancelled' }, 'SIGKILL'))
    // A program need not read its input.
    stdin.on('error', () => undefined).end(input)
    stdout.on('error', () => undefined)
    stdout.on('data', (chunk: Buffer) => {
      if (verdict !== null) return chunk.fill(0)
      chunks.push(chunk)
      size += chunk.length
      if (size > MAX_OUTPUT) end(failed('too-much', String(MAX_OUTPUT)), 'SIGKILL')
    })
    started.on('exit', (code, by) => {
      ending = code === 0 ? null : failed('exited', by ?? String(code))
      for (const timer of timers) clearTimeout(timer)
      // The processes that the program left behind would keep the output open.
      group.over()
      if (verdict !== null || stdout.closed) return finish()
      stdout.on('close', finish)
      after(LINGER_MS, finish)
    })
  })
}

/** Returns the process, or the reason why it did not start. */
function start(
  program: string,
  args: readonly string[],
): ChildProcessByStdio<Writable, Readable, null> | string {
  const problem = startProblem(program, process.platform)
  if (problem !== null) return problem
  try {
    return spawn(program, args, {
      cwd: dirname(program),
      env: environment(),
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    })
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code ?? 'ENOENT'
  }
}

/**
 * Returns the reason why a program cannot be started at all, or null. Windows ignores dots and
 * blanks at the end of a name.
 */
export function startProblem(program: string, platform: NodeJS.Platform): string | null {
  if (!isAbsolute(program)) return 'ENOENT'
  const script = /\.(?:cmd|bat)(?=[. ]*$)/i.exec(program)
  return platform === 'win32' && script !== null ? script[0] : null
}

function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    PASSED_ON.flatMap((name) =>
      process.env[name] === undefined ? [] : [[name, process.env[name]]],
    ),
  )
}
