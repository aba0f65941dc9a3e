import { Failure } from '../../../shared/contract/errors.ts'

/** How the text of a passphrase became bytes. */
export type Spelling = 'utf8' | 'latin1'

/**
 * Runs `open` with each spelling that a passphrase can have, until one opens: UTF-8, which nearly all programs take, then
 * Latin-1, which PyCryptodome takes for text, and with it the key files of oss2's LocalRsaProvider.
 *
 * Errors what `open` throws; Failure 'key-import' wrong-passphrase only after the last one.
 */
export async function withEachSpelling<T>(passphrase: string | null, open: (spelling: Spelling) => T | Promise<T>): Promise<T> {
  // The same bytes for ASCII, and no Latin-1 at all above U+00FF.
  if (passphrase === null || !/[\x80-\xff]/.test(passphrase) || /[^\0-\xff]/.test(passphrase)) return open('utf8')
  try {
    return await open('utf8')
  } catch (cause) {
    if (!(cause instanceof Failure) || cause.error.code !== 'key-import' || cause.error.problem !== 'wrong-passphrase') throw cause
  }
  return open('latin1')
}
