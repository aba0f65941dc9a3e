import type { IndexRow } from '../../../../shared/contract/models-index.ts'
import type { FoundHead, LookedObject, RowsQuery } from '../port.ts'
import { secondOf } from '../state-rows.ts'
import { STATES } from '../write-rows.ts'

/** A row in memory. */
export interface Stored extends IndexRow {
  readonly path: string
  readonly name: string
  /** UTF-8, since JavaScript compares texts by other units. */
  readonly sort: Buffer
  /** The HEAD that gave the state; null without one. */
  readonly head: FoundHead | null
}

/** Returns a row as the index answers it. */
export const shown = ({
  path: _path,
  name: _name,
  sort: _sort,
  head: _head,
  ...row
}: Stored): IndexRow => row

/** Tells whether two objects of one key are the same, by ETag and time. */
export const isSameObject = (
  one: Omit<LookedObject, 'key'>,
  other: Omit<LookedObject, 'key'>,
): boolean => one.etag === other.etag && secondOf(one.modified) === secondOf(other.modified)

/** Compares two texts by their UTF-8. */
export const bytesOf = (a: string, b: string): number =>
  Buffer.compare(Buffer.from(a), Buffer.from(b))

/** Returns the comparison for an order. Folders come first, and names decide between equals. */
export function comparison({ sort, keyOrder }: RowsQuery): (a: Stored, b: Stored) => number {
  const way = sort.down ? -1 : 1
  const place = (id: string | null): number => {
    const at = keyOrder.indexOf(id ?? '')
    return at === -1 ? keyOrder.length : at
  }
  const by: Readonly<Record<RowsQuery['sort']['by'], (a: Stored, b: Stored) => number>> = {
    name: () => 0,
    size: (a, b) => a.size - b.size,
    modified: (a, b) => (Date.parse(a.modified) || 0) - (Date.parse(b.modified) || 0),
    class: (a, b) => bytesOf(a.storageClass, b.storageClass),
    state: (a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state),
    key: (a, b) => place(a.keyId) - place(b.keyId),
    path: (a, b) => bytesOf(a.key, b.key),
  }
  const names = (a: Stored, b: Stored): number => Buffer.compare(a.sort, b.sort)
  return (a, b) => {
    if (a.kind !== b.kind) return a.kind === 'folder' ? -1 : 1
    const isName = sort.by === 'name' || (a.kind === 'folder' && sort.by !== 'path')
    if (isName) return (sort.by === 'name' ? way : 1) * names(a, b)
    return way * by[sort.by](a, b) || names(a, b) || bytesOf(a.path, b.path)
  }
}
