import { fail, ok, type Result } from '../../../../shared/contract/errors.ts'
import type { Selection } from '../../oss/selection.ts'
import { folderOf, nameOf } from '../objects/key-names.ts'

/**
 * Returns the name of a selection in a row: the first folder or object, and the number of others. A
 * selection of everything has the bucket's name.
 */
export function selectionName({ keys, under }: Selection, bucket: string): string {
  if (under !== undefined) return under.prefix === '' ? bucket : nameOf(under.prefix)
  const first = nameOf(keys[0] ?? '')
  return keys.length === 1 ? first : `${first} + ${keys.length - 1}`
}

/** Returns the folder of a selection: the prefix, or the folder of the first key. */
export const folderOfSelection = ({ keys, under }: Selection): string =>
  under?.prefix ?? folderOf(keys[0] ?? '')

/** Checks that a selection has keys or a prefix, and not both. Errors: 'bad-request'. */
export function checkSelection({ keys, under }: Selection, route: string): Result<null> {
  return (keys.length === 0) === (under === undefined)
    ? fail({ code: 'bad-request', detail: `${route}: keys or under` })
    : ok(null)
}
