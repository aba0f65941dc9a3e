import { fileKindOf } from '../../../../shared/contract/file-kinds.ts'
import { folderRow } from '../../../../shared/contract/folder-row.ts'
import type { IndexFilter, RowState } from '../../../../shared/contract/models-index.ts'
import type { ObjectRow } from '../../../../shared/contract/models.ts'
import { foldedText, isForFiles } from '../rows/filter-rows.ts'
import { folded } from '../folded.ts'
import { nameKey } from '../name-key.ts'
import { memoryAudit } from './memory-audit.ts'
import { bytesOf, comparison, isSameObject, shown, type Stored } from './memory-rows.ts'
import type { BucketKey, IndexPlace, ListingRecord, RowIndex, RowsQuery } from '../port.ts'
import { globTest, regexTest } from '../rows/regex.ts'
import { splitKey } from '../write-rows.ts'

/**
 * Opens an index without an engine, for a computer that the engine is not made for. Every query
 * filters and sorts all rows, so it is for some 100,000 rows.
 */
export function openMemoryIndex(): RowIndex {
  const buckets = new Map<string, Map<string, Stored>>()
  const records = new Map<string, Omit<ListingRecord, 'revision'>>()
  let revision = 1
  let last: { readonly name: string; readonly rows: readonly Stored[] } | null = null

  const rowsOf = (bucket: string): Map<string, Stored> => {
    const known = buckets.get(bucket)
    if (known !== undefined) return known
    const made = new Map<string, Stored>()
    buckets.set(bucket, made)
    return made
  }
  /** Folders and objects may have one key. */
  const slotOf = ({ key, kind }: Pick<ObjectRow, 'key' | 'kind'>): string => `${kind} ${key}`
  const put = (bucket: string, row: ObjectRow): void => {
    const rows = rowsOf(bucket)
    const before = rows.get(slotOf(row))
    const [path, name] = splitKey(row.key, row.kind)
    const isSame = before !== undefined && row.etag !== '' && isSameObject(before, row)
    rows.set(slotOf(row), {
      ...row,
      bucket,
      state: isSame ? before.state : 'unknown',
      keyId: isSame ? before.keyId : null,
      head: isSame ? before.head : null,
      path,
      name,
      sort: Buffer.from(nameKey(row.kind === 'folder' ? name.slice(0, -1) : name)),
    })
    if (path !== '' && !rows.has(slotOf({ key: path, kind: 'folder' })))
      put(bucket, folderRow(path))
  }
  const isIn = (row: Stored, { bucket, prefix, depth }: RowsQuery['scope']): boolean =>
    (bucket === null || row.bucket === bucket) &&
    (depth === 'level' ? row.path === prefix : row.kind === 'file' && row.key.startsWith(prefix))
  const all = (): Stored[] => [...buckets.values()].flatMap((rows) => [...rows.values()])

  const matching = (query: RowsQuery): readonly Stored[] => {
    const name = JSON.stringify([revision, query.scope, query.sort, query.filter, query.keyOrder])
    if (last?.name === name) return last.rows
    const fits = filterTest(query.filter)
    const found = fits(all().filter((row) => isIn(row, query.scope)))
    last = { name, rows: found.sort(comparison(query)) }
    return last.rows
  }
  const recordOf = ({ bucket, prefix, depth }: IndexPlace): ListingRecord => {
    const none = { asOf: null, cursor: null, after: '', listed: 0 }
    const own = records.get(JSON.stringify([bucket, prefix, depth])) ?? none
    let asOf = own.asOf
    for (const [name, { asOf: other }] of records) {
      const [at, above, reach] = JSON.parse(name) as [string, string, string]
      const covers = at === bucket && reach === 'below' && prefix.startsWith(above)
      if (covers && other !== null && other > (asOf ?? 0)) asOf = other
    }
    return { ...own, asOf, revision }
  }
  const forget = (bucket: string, row: Stored): void => {
    rowsOf(bucket).set(slotOf(row), { ...row, state: 'unknown', keyId: null, head: null })
  }
  const drop = (bucket: string, row: Stored): void => {
    const rows = rowsOf(bucket)
    rows.delete(slotOf(row))
    if (row.kind !== 'folder') return
    for (const [slot, { key }] of rows) if (key.startsWith(row.key)) rows.delete(slot)
  }

  /** Drops the folders below a prefix that have neither an object nor a marker. */
  const dropEmpty = (bucket: string, prefix: string): void => {
    const rows = [...rowsOf(bucket).values()]
    const filled = new Set(rows.flatMap((row) => (row.modified === '' ? [] : pathsOf(row))))
    for (const row of rows)
      if (row.kind === 'folder' && row.key.startsWith(prefix) && !filled.has(row.key))
        drop(bucket, row)
  }

  return {
    opened: recordOf,
    replacePage(page) {
      const { bucket, prefix, depth, after, through, rows, listing } = page
      const seen = new Set(rows.map(slotOf))
      const below = prefix.slice(0, prefix.lastIndexOf('/') + 1)
      for (const row of rowsOf(bucket).values())
        if (
          row.head?.isYoung === true &&
          (depth === 'level' ? row.path === prefix : row.path.startsWith(below))
        )
          forget(bucket, row)
      for (const row of rowsOf(bucket).values()) {
        const isInPlace = isIn(row, { bucket, prefix, depth })
        const isInRange =
          bytesOf(row.key, after) > 0 && (through === null || bytesOf(row.key, through) <= 0)
        if (isInPlace && isInRange && !seen.has(slotOf(row))) drop(bucket, row)
      }
      for (const row of rows) put(bucket, row)
      if (listing !== null) {
        const isLast = listing.cursor === null
        if (isLast && depth === 'below') dropEmpty(bucket, prefix)
        records.set(JSON.stringify([bucket, prefix, depth]), {
          asOf: isLast ? listing.now : recordOf(page).asOf,
          cursor: listing.cursor,
          after: isLast ? '' : (through ?? ''),
          listed: listing.listed,
        })
      }
      revision++
      return recordOf(page)
    },
    upsert(bucket, rows, states) {
      for (const row of rows) put(bucket, row)
      let changed = rows.length
      for (const found of states) {
        const row = rowsOf(bucket).get(`file ${found.key}`)
        if (row === undefined || found.etag === '' || !isSameObject(row, found)) continue
        const { state, keyId, head } = found
        rowsOf(bucket).set(slotOf(row), { ...row, state, keyId, head: head ?? row.head })
        changed++
      }
      revision++
      return changed
    },
    heads: (bucket, objects) =>
      objects.map((object) => {
        const row = rowsOf(bucket).get(`file ${object.key}`)
        if (row === undefined || row.head === null || row.head.isYoung) return null
        const { state, keyId, size, head } = row
        const { text, dataSize, partSize } = head
        return isSameObject(row, object) ? { text, dataSize, partSize, state, keyId, size } : null
      }),
    dropVersion(bucket, key, versionId) {
      const row = rowsOf(bucket).get(`file ${key}`)
      if (row?.head?.versionId === versionId) forget(bucket, row)
      revision++
    },
    remove(bucket, objects, folders) {
      const rows = rowsOf(bucket)
      for (const key of objects) rows.delete(`file ${key}`)
      for (const key of folders) {
        const row = rows.get(`folder ${key}`)
        if (row !== undefined) drop(bucket, row)
      }
      revision++
      const paths = new Set([
        ...objects.map((key) => splitKey(key, 'file')[0]),
        ...folders.map((key) => splitKey(key, 'folder')[0]),
      ])
      const filled = new Set([...rows.values()].map(({ path }) => path))
      return [...paths].filter((path) => path !== '' && !filled.has(path))
    },
    query(query, offset, count) {
      const rows = matching(query)
      const files = rows.filter(({ kind }) => kind === 'file')
      return {
        revision,
        folders: rows.length - files.length,
        files: files.length,
        bytes: files.reduce((sum, { size }) => sum + size, 0),
        rows: rows.slice(offset, offset + count).map(shown),
      }
    },
    position(query, { bucket, key }: BucketKey) {
      const at = matching(query).findIndex((row) => row.key === key && row.bucket === bucket)
      return at === -1 ? null : at
    },
    keys: (query, from, to) =>
      matching(query)
        .slice(from, to)
        .map(({ bucket, key, kind, size, modified }) => ({
          bucket,
          key,
          kind,
          size,
          modified: Date.parse(modified) || 0,
        })),
    counts(bucket, prefix, depth) {
      const found = new Map<string, { objects: number; bytes: number }>()
      const sums = { objects: 0, bytes: 0 }
      for (const { kind, key, size } of rowsOf(bucket).values()) {
        if (kind !== 'file' || !key.startsWith(prefix)) continue
        sums.objects++
        sums.bytes += size
        let at = prefix.length
        for (let level = 0; level < depth; level++) {
          at = key.indexOf('/', at) + 1
          if (at === 0) break
          const below = found.get(key.slice(0, at)) ?? { objects: 0, bytes: 0 }
          below.objects++
          below.bytes += size
          found.set(key.slice(0, at), below)
        }
      }
      const folders = [...found].map(([below, some]) => ({ prefix: below, ...some }))
      return { ...sums, folders: folders.sort((a, b) => (a.prefix < b.prefix ? -1 : 1)) }
    },
    ...memoryAudit(all),
    size: () => all().length,
    keysChanged(ids) {
      for (const [bucket, rows] of buckets)
        for (const row of rows.values()) {
          const state: RowState =
            row.state === 'key-missing'
              ? 'unknown'
              : row.keyId !== null && !ids.includes(row.keyId)
                ? 'key-missing'
                : row.state
          if (state !== row.state) rowsOf(bucket).set(slotOf(row), { ...row, state, keyId: null })
        }
      revision++
    },
    prepare: () => false,
    close() {
      buckets.clear()
    },
  }
}

/** Returns the folders that an object is in, its own key for a marker. */
const pathsOf = ({ key }: Stored): readonly string[] =>
  [...key.matchAll(/\//g)].map(({ index }) => key.slice(0, index + 1))

/** Returns a filter as a function. Throws Failure 'bad-filter'. */
function filterTest(filter: IndexFilter): (rows: readonly Stored[]) => Stored[] {
  const { text = '', glob = '', regex = '', larger, smaller, newer, older } = filter
  const { kinds, classes, states, keyId } = filter
  const onlyFiles = isForFiles(filter)
  const globs = glob === '' ? null : globTest(foldedText(glob))
  const fits = (row: Stored): boolean =>
    (!onlyFiles || row.kind === 'file') &&
    folded(row.name).includes(foldedText(text)) &&
    (globs === null || globs(folded(row.name))) &&
    (kinds === undefined || kinds.includes(fileKindOf(folded(row.name)))) &&
    (larger === undefined || row.size > larger) &&
    (smaller === undefined || row.size < smaller) &&
    (newer === undefined || Date.parse(row.modified) >= Date.parse(newer)) &&
    (older === undefined || Date.parse(row.modified) < Date.parse(older)) &&
    (classes === undefined || classes.includes(row.storageClass)) &&
    (states === undefined || states.includes(row.state)) &&
    (keyId === undefined || row.keyId === keyId)
  if (regex === '') return (rows) => rows.filter(fits)
  const { test, within } = regexTest(regex)
  return (rows) => within(() => rows.filter((row) => fits(row) && test(folded(row.name))))
}
