import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AppError } from '../../../shared/contract/errors.ts'
import { setAside, setAsideUnlessFile, type Told } from '../store/set-aside.ts'

/**
 * The problems with the app's own files since the start. Each is reported once, and also to clients
 * that connect later.
 */
export interface Problems {
  readonly tell: Told
  all(): readonly AppError[]
}

export function openProblems(tellNow: Told): Problems {
  const told = new Map<string, AppError>()
  return {
    tell(problem) {
      const name = JSON.stringify(problem)
      if (told.has(name)) return
      told.set(name, problem)
      tellNow(problem)
    },
    all: () => [...told.values()],
  }
}

/**
 * Checks the file with the position of the desktop window. The window writes over that file when it
 * closes, so a file of another form is set aside first.
 */
export function checkWindowFile(dataDirectory: string): AppError | null {
  const path = join(dataDirectory, 'window.json')
  const wrong = setAsideUnlessFile(path)
  if (wrong !== null) return wrong
  try {
    const state: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return typeof (state as { readonly bounds?: unknown } | null)?.bounds === 'object'
      ? null
      : setAside(path)
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'ENOENT' ? null : setAside(path)
  }
}
