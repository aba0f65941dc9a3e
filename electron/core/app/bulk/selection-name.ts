import { fail, ok, type Result } from '../../../../shared/contract/errors.ts'
import type { Selection } from '../../oss/selection.ts'
import { folderOf, nameOf } from '../objects/key-names.ts'

/**
 * Names a selection in a row: the folder or object, and how many others; the bucket where all of it
 * is selected.
 */
export function selectionName({ keys, under }: Selection, bucket: string): string {
  if (under !== undefined) return under.prefix === '' ? bucket : nameOf(under.prefix)
  const first = nameOf(keys[0] ?? '')
  return keys.length === 1 ? first : `${first} + ${keys.length - 1}`
}

/** The folder that a selection was made in: that of its first key. */
export const folderOfSelection = ({ keys, under }: Selection): string =>
  under?.prefix ?? folderOf(keys[0] ?? '')

/** A selection is of keys, or of a prefix: never both, never nothing. Errors 'bad-request'. */
export function checkSelection({ keys, under }: Selection, route: string): Result<null> {
  return (keys.length === 0) === (under === undefined)
    ? fail({ code: 'bad-request', detail: `${route}: keys or under` })
    : ok(null)
}
