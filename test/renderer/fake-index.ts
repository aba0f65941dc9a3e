import { fail, ok } from '../../shared/contract/errors.ts'
import type {
  IndexFilter,
  IndexRow,
  IndexScope,
  IndexSort,
  IndexWindow,
  ListingStatus,
} from '../../shared/contract/models-index.ts'
import { fileKindOf } from '../../shared/contract/file-kinds.ts'
import type { Handlers } from '../../shared/contract/routes/routes.ts'
import { nameOrder } from '../../renderer/text/name-order.ts'
import { lastOf } from '../../renderer/state/ui.ts'
import type { FakeData } from './fake-data.ts'

type IndexRoute = Extract<keyof Handlers, `index.${string}` | `listing.${string}`>

const fold = (text: string): string => text.normalize('NFC').toLowerCase()

/** Answers as an index over the rows of the fake data, in which everything is listed. */
export function fakeIndex(data: FakeData): { -readonly [N in IndexRoute]: Handlers[N] } {
  let before: readonly unknown[] = []
  let count = 0
  /** Another number after each change of the rows. */
  const revisionNow = (): number => {
    const now = Object.values(data.rows)
    if (now.length !== before.length || now.some((rows, i) => rows !== before[i])) count++
    before = now
    return count
  }
  const status = (listed: number, over: Partial<ListingStatus> = {}): ListingStatus => ({
    revision: revisionNow(),
    asOf: '2026-11-30T10:42:00.000Z',
    listing: false,
    complete: true,
    stopped: false,
    listed,
    error: null,
    ...over,
  })
  const stateOf = (key: string): IndexRow['state'] => {
    const known = data.encryption[key]
    if (known === undefined) return 'plain'
    return known?.state === 'encrypted'
      ? 'encrypted'
      : known?.state === 'nokey'
        ? 'key-missing'
        : 'unknown'
  }
  const rowsIn = ({ bucket, prefix, depth }: IndexScope): readonly IndexRow[] =>
    Object.entries(data.rows)
      .flatMap(([place, rows]) => {
        const slash = place.indexOf('/')
        const name = place.slice(0, slash)
        const folder = place.slice(slash + 1)
        if (bucket !== null && bucket !== name) return []
        const isHere = depth === 'level' ? folder === prefix : folder.startsWith(prefix)
        return isHere ? rows.map((row) => ({ ...row, bucket: name })) : []
      })
      .filter((row) => depth === 'level' || row.kind === 'file')
      .map((row) => ({ ...row, state: stateOf(row.key), keyId: null }))
  const order = nameOrder('en')
  const compare = ({ by, down }: IndexSort) => {
    const way = down ? -1 : 1
    const name = (a: IndexRow, b: IndexRow) => order(lastOf(a.key), lastOf(b.key))
    const value = (row: IndexRow): string | number =>
      by === 'size'
        ? row.size
        : by === 'modified'
          ? row.modified
          : by === 'class'
            ? row.storageClass
            : row.state
    return (a: IndexRow, b: IndexRow): number => {
      if (a.kind !== b.kind) return a.kind === 'folder' ? -1 : 1
      if (by === 'name' || a.kind === 'folder') return (by === 'name' ? way : 1) * name(a, b)
      const [x, y] = [value(a), value(b)]
      return x < y ? -way : x > y ? way : name(a, b)
    }
  }
  const fits =
    (filter: IndexFilter) =>
    (row: IndexRow): boolean => {
      const name = fold(lastOf(row.key))
      const glob = filter.glob === undefined ? null : fold(filter.glob).replace(/\*$/, '')
      return (
        (filter.text === undefined || name.includes(fold(filter.text))) &&
        (filter.regex === undefined || new RegExp(filter.regex, 'iu').test(name)) &&
        (glob === null || name.startsWith(glob.replace(/\[(.)\]/g, '$1'))) &&
        (filter.larger === undefined || (row.kind === 'file' && row.size > filter.larger)) &&
        (filter.smaller === undefined || (row.kind === 'file' && row.size < filter.smaller)) &&
        (filter.kinds === undefined || filter.kinds.includes(fileKindOf(row.key))) &&
        (filter.classes === undefined || filter.classes.includes(row.storageClass)) &&
        (filter.states === undefined || filter.states.includes(row.state))
      )
    }
  const sorted = new Map<string, readonly IndexRow[]>()
  const all = (query: { scope: IndexScope; sort: IndexSort; filter: IndexFilter }) => {
    const id = JSON.stringify([revisionNow(), query.scope, query.sort, query.filter])
    const rows =
      sorted.get(id) ?? rowsIn(query.scope).filter(fits(query.filter)).sort(compare(query.sort))
    sorted.set(id, rows)
    return rows
  }
  const gone = async () => fail({ code: 'index', problem: 'not-available' } as const)
  return {
    'listing.open': async ({ bucket, prefix }) => {
      return ok(status(data.rows[`${bucket}/${prefix}`]?.length ?? 0))
    },
    'listing.stop': async () => ok(null),
    async 'index.rows'({ offset, count, ...query }) {
      const rows = all(query)
      const files = rows.filter(({ kind }) => kind === 'file')
      const window: IndexWindow = {
        revision: revisionNow(),
        status: status(rows.length),
        total: rows.length,
        folders: rows.length - files.length,
        files: files.length,
        bytes: files.reduce((sum, { size }) => sum + size, 0),
        rows: rows.slice(offset, offset + count),
      }
      return ok(window)
    },
    async 'index.position'({ key, bucket, ...query }) {
      const at = all(query).findIndex((row) => row.key === key && row.bucket === bucket)
      return ok(at < 0 ? null : at)
    },
    'index.keys': async ({ from, to, ...query }) =>
      ok(
        all(query)
          .slice(from, Math.min(to, from + 100_000))
          .map(({ bucket, key }) => ({ bucket, key })),
      ),
    'index.sync': async () => ok(status(0)),
    'index.stopSync': async () => ok(null),
    'index.sizes': async () =>
      ok({ objects: 0, bytes: 0, complete: true, asOf: null, folders: [] }),
    'index.states': async ({ budget }) =>
      ok({ running: false, requests: 0, budget, unknown: 0, error: null }),
    'index.stopStates': async () => ok(null),
    'index.info': async () => ok({ storage: 'kept', reason: null, bytes: 0, objects: 0 }),
    'index.clear': gone,
  }
}
