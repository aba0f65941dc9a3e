import { randomBytes } from 'node:crypto'
import { badArgument } from '../errors.ts'

/** Id of a version that was written without versioning, or while versioning was suspended. */
export const NULL_VERSION = 'null'

/** The form of the ids in OSS's documentation, such as `CAEQNRiBgIDyz.6C0BYiIGQ2NWEw…`. */
const FORM = /^CAE[A-Za-z0-9._-]{20,100}$/

const SEQUENCE_BYTES = 6

/**
 * Makes an id of the length and the letters that OSS uses. It begins with the sequence of the
 * version, so that a listing can go on after a version that was deleted meanwhile.
 */
export function newVersionId(sequence: number): string {
  const bytes = randomBytes(45)
  bytes.writeUIntBE(sequence, 0, SEQUENCE_BYTES)
  return `CAEQ${bytes.toString('base64').replaceAll('+', '.').replaceAll('/', '_')}`
}

/** Returns the sequence in an id of {@link newVersionId}. */
export function sequenceOf(versionId: string): number {
  const text = versionId.slice('CAEQ'.length).replaceAll('.', '+').replaceAll('_', '/')
  return Buffer.from(text, 'base64').readUIntBE(0, SEQUENCE_BYTES)
}

/**
 * Checks a version id that a request names and returns it; null when the request names none.
 * Errors: InvalidArgument for an empty id (EC 0012-00000201) and for any other text that is not an
 * id (EC 0012-00000202).
 */
export function readVersionId(
  text: string | undefined,
  emptyEc = '0012-00000201',
  name = 'versionId',
): string | null {
  if (text === undefined) return null
  if (text === '') throw badArgument(name, text, 'The version id is empty.', emptyEc)
  if (text === NULL_VERSION || FORM.test(text)) return text
  throw badArgument(name, text, 'The version id is not valid.', '0012-00000202')
}
