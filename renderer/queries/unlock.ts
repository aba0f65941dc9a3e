import { create } from 'zustand'
import type { AppError } from '../../shared/contract/errors.ts'

/** Why the user is asked: the error of a call, or 'start' and 'wish' without an error. */
export type UnlockReason =
  Extract<AppError, { code: 'passphrase-needed' | 'keychain-locked' }> | 'start' | 'wish'

/** The question for the passphrase, over everything else; null while it is not asked. */
interface Unlock {
  readonly asked: {
    readonly why: UnlockReason
    readonly answers: readonly ((unlocked: boolean) => void)[]
  } | null
}

export const useUnlock = create<Unlock>(() => ({ asked: null }))

/**
 * Asks the user to unlock the secret store. Calls share one open question. Resolves with false: not
 * now.
 */
export function askToUnlock(why: UnlockReason = 'wish'): Promise<boolean> {
  return new Promise((resolve) =>
    useUnlock.setState(({ asked }) => ({
      asked: { why: asked?.why ?? why, answers: [...(asked?.answers ?? []), resolve] },
    })),
  )
}

/** Answers all calls that wait. */
export function answerUnlock(unlocked: boolean): void {
  const answers = useUnlock.getState().asked?.answers ?? []
  useUnlock.setState({ asked: null })
  for (const answer of answers) answer(unlocked)
}

/** True if the error is a secret store that the user can unlock. */
export const isLocked = (error: AppError): error is Exclude<UnlockReason, string> =>
  error.code === 'passphrase-needed' || error.code === 'keychain-locked'
