import { Failure, type KeyImportProblem } from '../../../../shared/contract/errors.ts'

/** Stops the reading of a key file. Throws Failure 'key-import' with this problem. */
export function rejectKeyFile(problem: KeyImportProblem): never {
  throw new Failure({ code: 'key-import', problem })
}

/** Returns the problem of a refused key file, and null for any other error. */
export function refusalOf(cause: unknown): KeyImportProblem | null {
  return cause instanceof Failure && cause.error.code === 'key-import' ? cause.error.problem : null
}
