import { fail, type AppError, type Result } from '../../../../shared/contract/errors.ts'
import type { Opened } from '../../keys/keyring.ts'
import type { Openers } from '../../transfer/run/jobs.ts'

/** Envelopes of one download that may fail to open. */
const MOST_DAMAGED = 64

/** Counts what does not open, over all objects that were asked for together. */
export interface DamageLimit {
  /**
   * The same openers, until too many have failed; then every one is refused with
   * 'too-many-damaged', and no key is asked.
   */
  counted(openers: Openers): Openers
}

/**
 * Whether an envelope opens is seen by the server: the object is fetched then, and else it is not.
 * With enough envelopes of its own making, each tried with the private key, a server could learn
 * what a wrapped key holds (Bleichenbacher, 1998). That takes millions.
 */
export function damageLimit(): DamageLimit {
  let damaged = 0
  const tried = async (open: () => Promise<Result<Opened>>): Promise<Result<Opened>> => {
    if (damaged >= MOST_DAMAGED) return fail({ code: 'too-many-damaged', count: damaged })
    const opened = await open()
    if (!opened.ok && DAMAGED.has(opened.error.code)) damaged += 1
    return opened
  }
  return {
    counted: ({ envelope, message }) => ({
      envelope: (one, signal) => tried(() => envelope(one, signal)),
      message: (one, signal) => tried(() => message(one, signal)),
    }),
  }
}

/** A key was tried, and did not open it. */
const DAMAGED: ReadonlySet<AppError['code']> = new Set<AppError['code']>([
  'wrong-master-key',
  'not-an-envelope',
  'message-damaged',
])
