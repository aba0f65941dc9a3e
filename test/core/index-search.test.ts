import { expect, test } from 'vitest'
import { openDatabase, type Database } from '../../electron/core/index/database.ts'
import { pageWriter } from '../../electron/core/index/pages.ts'
import type { RowsQuery } from '../../electron/core/index/port.ts'
import { openRowChanges } from '../../electron/core/index/row-changes.ts'
import { rowReader } from '../../electron/core/index/rows/read-rows.ts'
import { prepareTables } from '../../electron/core/index/schema.ts'
import { openTables } from '../../electron/core/index/tables.ts'
import { rowWriter } from '../../electron/core/index/write-rows.ts'

/** The first search below a folder in view finds its rows in memory. */

const B = 'bucket'

/** An index with some keys, and the statements that load names into memory. */
async function opened(keys: readonly string[]) {
  const db = await openDatabase(':memory:', '')
  prepareTables(db)
  const loads: string[] = []
  const counted: Database = {
    ...db,
    row(sql, ...values) {
      if (sql.includes('coalesce(r.fold, r.name)')) loads.push(sql)
      return db.row(sql, ...values)
    },
  }
  const changes = openRowChanges()
  const tables = openTables(counted, changes)
  const writer = rowWriter(counted, tables, changes)
  pageWriter(counted, tables, writer, changes).replacePage({
    bucket: B,
    prefix: '',
    depth: 'below',
    after: '',
    through: null,
    rows: keys.toSorted().map((key) => ({
      key,
      kind: 'file',
      size: 1,
      etag: 'E',
      modified: '2026-01-01T00:00:00.000Z',
      storageClass: 'Standard',
    })),
    listing: { cursor: null, listed: keys.length, now: 1 },
  })
  return { reader: rowReader(counted, tables, changes), loads }
}

const queryOf = (depth: 'level' | 'below', prefix: string, text?: string): RowsQuery => ({
  scope: { bucket: B, prefix, depth },
  sort: { by: 'name', down: false },
  filter: text === undefined ? {} : { text },
  keyOrder: [],
  mayBeOld: false,
})

test.each([
  ['a folder without folders', 'flat/', Array.from({ length: 300 }, (_, i) => `flat/f${i}`)],
  ['a tree', '', Array.from({ length: 300 }, (_, i) => `d${i % 7}/e${i % 3}/f${i}`)],
  ['folders in one folder', 'a/', Array.from({ length: 300 }, (_, i) => `a/${i % 60}/f${i}`)],
])('the first search below %s loads no row', async (_, prefix, keys) => {
  const { reader, loads } = await opened(keys)
  reader.query(queryOf('level', prefix), 0, 200)
  while (reader.prepare());
  loads.length = 0
  const hits = keys.filter((key) => key.slice(key.lastIndexOf('/')).includes('11'))
  const { files, rows } = reader.query(queryOf('below', prefix, '11'), 0, 200)
  expect(files).toBe(hits.length)
  expect(rows.map(({ key }) => key).toSorted()).toEqual(hits.toSorted())
  expect(loads).toEqual([])
})

test('a part of an index is loaded when it is searched, and not before', async () => {
  const others = Array.from({ length: 300 }, (_, i) => `other/f${i}`)
  const { reader, loads } = await opened([...others, 'a/b/f11', 'a/f1'])
  reader.query(queryOf('level', 'a/'), 0, 200)
  while (reader.prepare());
  loads.length = 0
  expect(reader.query(queryOf('below', 'a/', '11'), 0, 200).files).toBe(1)
  expect(loads).toHaveLength(1)
})
