import type { QueryClient } from '@tanstack/react-query'
import { call } from '../../../queries/core.ts'
import { positionQuery, type Rows } from '../../../queries/rows/rows.ts'
import { ofRowId } from '../../../queries/rows/seen-rows.ts'
import type { Match } from '../../../state/filters.ts'
import { lastOf } from '../../../state/ui.ts'
import { findName, wantedName } from '../../../ui/grid/name-search.ts'

/** Writes a text so that a glob means the text itself. */
const plainGlob = (text: string): string => text.replace(/[[*?]/g, (sign) => `[${sign}]`)

/**
 * Returns the number of the next row whose name starts with a text, or -1. The index finds rows
 * that are not loaded. `from`: the active row, or -1. `match`: how the list is filtered now.
 */
export async function findRow(
  client: QueryClient,
  rows: Rows,
  text: string,
  from: number,
  match: Match,
): Promise<number> {
  // A list that is filtered by a pattern has no place for a second one.
  if (match === 'glob' && rows.view.filter.glob !== undefined)
    return findName({ length: rows.count, at: (i) => lastOf(rows.at(i)?.key ?? '') }, from, text)
  const { wanted, isNext } = wantedName(text)
  const { scope } = rows.view
  const view = { ...rows.view, filter: { ...rows.view.filter, glob: `${plainGlob(wanted)}*` } }
  const active = rows.keyAt(from)
  const place = active === undefined ? null : ofRowId(scope, active)
  const at =
    place === null ? null : await client.fetchQuery(positionQuery(view, place.bucket, place.key))
  const start = at === null ? 0 : at + (isNext ? 1 : 0)
  const rowAt = async (offset: number) => call('index.rows', { ...view, offset, count: 1 })
  const first = await rowAt(start)
  const found = first.rows[0] ?? (await rowAt(0)).rows[0]
  if (found === undefined) return -1
  const number = await client.fetchQuery(positionQuery(rows.view, found.bucket, found.key))
  return number ?? -1
}
