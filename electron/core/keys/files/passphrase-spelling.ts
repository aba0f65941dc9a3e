import { Failure } from '../../../../shared/contract/errors.ts'
import { refuse } from './der.ts'

/** How the text of a passphrase became bytes. */
export type Spelling = 'utf8' | 'latin1'

/**
 * Runs `open` with each spelling that a passphrase can have, until one opens: UTF-8, which nearly
 * all programs take, then Latin-1, which PyCryptodome takes for text, and with it the key files of
 * oss2's LocalRsaProvider. Without a passphrase the empty one is tried, since programs close keys
 * with it.
 *
 * Errors what `open` throws; Failure 'key-import' wrong-passphrase only after the last one,
 * needs-passphrase where none was given.
 */
export async function withEachSpelling<T>(
  passphrase: string | null,
  open: (spelling: Spelling, passphrase: string) => T | Promise<T>,
): Promise<T> {
  const secret = passphrase ?? ''
  // The same bytes for ASCII, and no Latin-1 at all above U+00FF.
  const spellings: readonly Spelling[] =
    /[\x80-\xff]/.test(secret) && !/[^\0-\xff]/.test(secret) ? ['utf8', 'latin1'] : ['utf8']
  for (const spelling of spellings) {
    try {
      return await open(spelling, secret)
    } catch (cause) {
      if (
        !(cause instanceof Failure) ||
        cause.error.code !== 'key-import' ||
        cause.error.problem !== 'wrong-passphrase'
      )
        throw cause
    }
  }
  return refuse(passphrase === null ? 'needs-passphrase' : 'wrong-passphrase')
}
