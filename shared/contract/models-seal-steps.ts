import type { AppError } from './errors.ts'
import type { SealJudgement } from './models-seals.ts'

/** The verdict on one object of a check of many. */
export interface VerifiedKey extends SealJudgement {
  readonly key: string
  /**
   * The object was uploaded a moment ago, and its seal may follow. Look once more after a minute.
   */
  readonly isYoung: boolean
}

/** One object of a run that seals. `sealed` false: the object was left as it is. */
export interface SealedKey extends SealJudgement {
  readonly key: string
  readonly sealed: boolean
  /** Why the object could not be sealed; null if nothing failed. */
  readonly error: AppError | null
}

/** The result of one step over many objects. */
export interface SealStepResult<T> {
  readonly objects: readonly T[]
  /** Envelopes so far, those of the steps before among them, that no key opened. */
  readonly unopened: number
  /** The key behind which the next step begins; null after the last step. */
  readonly after: string | null
}
