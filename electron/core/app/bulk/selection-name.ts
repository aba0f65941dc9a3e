import { fail, ok, type Result } from '../../../../shared/contract/errors.ts'
import type { Selection } from '../../oss/selection.ts'
import { folderOf, nameOf } from '../objects/key-names.ts'

/**
 * Returns the name of a selection in a row: the first folder or object, and the number of others. A
 * selection of everything has the bucket's name.
 */
export function selectionName({ keys, under, found }: Selection, bucket: string): string {
  if (found !== undefined) return selectionName({ keys: found.rows.map(({ key }) => key) }, bucket)
  if (under !== undefined) return under.prefix === '' ? bucket : nameOf(under.prefix)
  const first = nameOf(keys[0] ?? '')
  return keys.length === 1 ? first : `${first} + ${keys.length - 1}`
}

/** Returns the folder of a selection: the prefix, or the folder of the first key. */
export const folderOfSelection = ({ keys, under, found }: Selection): string =>
  found?.prefix ?? under?.prefix ?? folderOf(keys[0] ?? '')

/** Checks that a selection has keys, a prefix or a query, and only one. Errors: 'bad-request'. */
export function checkSelection(
  { keys, under, query }: Selection & { readonly query?: unknown },
  route: string,
): Result<null> {
  const given = [keys.length > 0, under !== undefined, query !== undefined].filter(Boolean)
  return given.length === 1
    ? ok(null)
    : fail({ code: 'bad-request', detail: `${route}: keys, under or query` })
}
