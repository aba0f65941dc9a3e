import { randomBytes } from 'node:crypto'
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Failure, type AppError } from '../../../shared/contract/errors.ts'

/** The size in bytes at which the log starts again. One older file stays. */
const LOG_BYTES = 1024 * 1024

export interface Log {
  /**
   * Writes a bug to the log, and returns the one error that may be shown. Expected failures pass
   * unchanged.
   */
  masked(cause: unknown): AppError
}

/**
 * Opens the local log of bugs, `<directory>/bugs.log`, with one JSON line each. A line has only the
 * error's name, its system code and the stack's frames. A message can repeat the data that caused
 * it, and that data may be a secret.
 */
export function openLog(directory: string): Log {
  const path = join(directory, 'bugs.log')
  return {
    masked(cause) {
      if (cause instanceof Failure) return cause.error
      if (cause instanceof Error && cause.name === 'AbortError') return { code: 'cancelled' }
      const reference = randomBytes(4).toString('hex')
      write(path, { time: new Date().toISOString(), reference, ...describe(cause) })
      return { code: 'unexpected', reference }
    },
  }
}

function describe(cause: unknown): Record<string, unknown> {
  if (!(cause instanceof Error)) return { name: typeof cause, frames: [] }
  const frames = (cause.stack ?? '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, 12)
  return {
    name: cause.name,
    system: (cause as NodeJS.ErrnoException).code ?? null,
    frames: frames.map((line) => line.trim()),
  }
}

function write(path: string, entry: unknown): void {
  try {
    mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 })
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > LOG_BYTES)
      renameSync(path, `${path}.1`)
    appendFileSync(path, `${JSON.stringify(entry)}\n`, { mode: 0o600 })
  } catch {
    // A log that cannot be written must not add a second problem.
  }
}
