import { create } from 'zustand'
import type { AppError } from '../../shared/contract/errors.ts'

/** Why it is asked: what a call met, or 'start' and 'wish' where nothing failed. */
export type UnlockReason =
  Extract<AppError, { code: 'passphrase-needed' | 'keychain-locked' }> | 'start' | 'wish'

/** The question for the passphrase, over whatever else is open; null while nobody asks. */
interface Unlock {
  readonly asked: {
    readonly why: UnlockReason
    readonly answers: readonly ((unlocked: boolean) => void)[]
  } | null
}

export const useUnlock = create<Unlock>(() => ({ asked: null }))

/**
 * Asks the user to unlock what keeps the secrets. One question for all who ask meanwhile; false:
 * not now.
 */
export function unlockSecrets(why: UnlockReason = 'wish'): Promise<boolean> {
  return new Promise((resolve) =>
    useUnlock.setState(({ asked }) => ({
      asked: { why: asked?.why ?? why, answers: [...(asked?.answers ?? []), resolve] },
    })),
  )
}

/** The user's answer, for everybody who waits for it. */
export function answerUnlock(unlocked: boolean): void {
  const answers = useUnlock.getState().asked?.answers ?? []
  useUnlock.setState({ asked: null })
  for (const answer of answers) answer(unlocked)
}

/** Is it a secret store that the user can unlock? */
export const isLocked = (error: AppError): error is Exclude<UnlockReason, string> =>
  error.code === 'passphrase-needed' || error.code === 'keychain-locked'
