import { Failure, type SheetProblem } from '../../../shared/contract/errors.ts'

/**
 * Stops the reading of a recovery sheet. Throws Failure 'recovery-sheet' with this problem.
 * `detail`: as `SheetProblem` says for each problem.
 */
export function rejectSheet(problem: SheetProblem, detail = ''): never {
  throw new Failure({ code: 'recovery-sheet', problem, detail })
}
