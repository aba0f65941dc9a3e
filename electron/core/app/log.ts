import { randomBytes } from 'node:crypto'
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Failure, type AppError } from '../../../shared/contract/errors.ts'

/** Bytes after which the log starts over, keeping one older file. */
const LOG_BYTES = 1024 * 1024

export interface Log {
  /**
   * A bug: written to the log, and answered by the one error that may be shown. Expected failures
   * pass through.
   */
  masked(cause: unknown): AppError
}

/**
 * Local log of bugs in `<directory>/bugs.log`, one JSON line each. Only the error's name, its
 * system code and the stack's frames are kept: messages can repeat the data that caused them, and
 * the data may be a secret.
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
    // A log that cannot be written must not turn one problem into two.
  }
}
