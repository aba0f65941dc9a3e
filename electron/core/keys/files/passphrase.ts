import { rejectKeyFile, refusalOf } from './refuse.ts'

/** The encoding that turned the text of a passphrase into bytes. */
export type Spelling = 'utf8' | 'latin1'

/**
 * Runs `open` with each spelling that a passphrase can have, until one opens. UTF-8 comes first,
 * because nearly all programs use it. Then comes Latin-1: PyCryptodome encodes text so, and with it
 * oss2's LocalRsaProvider. Without a passphrase the empty one is tried, because some programs
 * encrypt keys with it.
 *
 * Errors  those of `open`; Failure 'key-import' wrong-passphrase only after the last spelling, and
 * needs-passphrase where none was given.
 */
export async function withEachSpelling<T>(
  passphrase: string | null,
  open: (spelling: Spelling, passphrase: string) => T | Promise<T>,
): Promise<T> {
  const secret = passphrase ?? ''
  // Both spellings of ASCII are the same bytes. Latin-1 has no character above U+00FF.
  const spellings: readonly Spelling[] =
    /[\x80-\xff]/.test(secret) && !/[^\0-\xff]/.test(secret) ? ['utf8', 'latin1'] : ['utf8']
  for (const spelling of spellings) {
    try {
      return await open(spelling, secret)
    } catch (cause) {
      if (refusalOf(cause) !== 'wrong-passphrase') throw cause
    }
  }
  return rejectKeyFile(passphrase === null ? 'needs-passphrase' : 'wrong-passphrase')
}

/**
 * The hashing that one key file may still cost. A file names its own number of rounds, and a
 * hostile file could stop the app with it.
 */
export interface Work {
  /** Subtracts `rounds` of hashing. Throws Failure 'key-import' too-large when none are left. */
  spend(rounds: number): void
}

/** Some seconds of hashing. Common files ask for a thousandth of it. */
const MAX_ROUNDS = 10_000_000

/** Returns the work that one key file may cost. */
export function allowedWork(): Work {
  let left = MAX_ROUNDS
  return {
    spend(rounds) {
      left -= rounds
      if (!(left >= 0)) rejectKeyFile('too-large')
    },
  }
}
