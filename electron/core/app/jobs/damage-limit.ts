import { fail, type AppError, type Result } from '../../../../shared/contract/errors.ts'
import type { Opened } from '../../keys/keyring.ts'
import type { Openers } from '../../transfer/run/jobs.ts'

/** Envelopes of one download that may fail to unwrap. */
const MOST_DAMAGED = 64

/** Counts the envelopes that fail to unwrap, over all objects of one call. */
export interface DamageLimit {
  /**
   * Returns openers that stop after too many failures. They refuse every further envelope with
   * 'too-many-damaged' and use no key.
   */
  counted(openers: Openers): Openers
  /** Returns the number of failed envelopes so far. */
  failed(): number
}

/**
 * Opens a limit of `most` failed envelopes, for one call. A server sees whether an envelope
 * unwraps, because the app fetches the object only then. A server could make many envelopes and
 * learn from the private key's answers the content of a wrapped key (Bleichenbacher, 1998). Such an
 * attack takes millions of envelopes.
 */
export function damageLimit(most = MOST_DAMAGED): DamageLimit {
  let damaged = 0
  const tried = async (open: () => Promise<Result<Opened>>): Promise<Result<Opened>> => {
    if (damaged >= most) return fail({ code: 'too-many-damaged', count: damaged })
    const opened = await open()
    if (!opened.ok && DAMAGED.has(opened.error.code)) damaged += 1
    return opened
  }
  return {
    failed: () => damaged,
    counted: ({ envelope, second, message }) => ({
      envelope: (one, signal) => tried(() => envelope(one, signal)),
      ...(second !== undefined && {
        second: (one, signal) => tried(() => second(one, signal)),
      }),
      message: (one, signal) => tried(() => message(one, signal)),
    }),
  }
}

/** Errors of an envelope that a key was tried on and did not unwrap. */
const DAMAGED: ReadonlySet<AppError['code']> = new Set<AppError['code']>([
  'wrong-master-key',
  'not-an-envelope',
  'message-damaged',
])
