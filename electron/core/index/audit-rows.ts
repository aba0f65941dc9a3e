import type { Database, Value } from './database.ts'
import type { AuditRow, BucketKey, RowIndex, StateSums } from './port.ts'
import { END_OF_PREFIX, type Tables } from './tables.ts'
import { FILE, splitKey, STATES } from './write-rows.ts'

/** The columns of an object, and of the HEAD that gave its state. */
const COLUMNS = `f.path, r.id, r.name, r.size, r.modified, r.class, r.etag,
  a.text, h.data_size, h.part_size, h.data_key, h.content`
const HEADS = 'LEFT JOIN heads h ON h.row = r.id LEFT JOIN answers a ON a.id = h.answer'

/** The methods of the port for audits and for the ledger. */
export function auditRows(db: Database, tables: Tables): Pick<RowIndex, 'audited' | 'stateSums'> {
  const objectOf = (row: Value): BucketKey & { readonly print: string } => {
    const [bucket, path, name, size, etag] =
      db.row(
        `SELECT b.name, f.path, r.name, r.size, r.etag FROM rows r JOIN folders f ON f.id = r.folder
         JOIN buckets b ON b.id = f.bucket WHERE r.id = ?`,
        row,
      ) ?? []
    const print = JSON.stringify([size, etag])
    return { bucket: String(bucket), key: String(path) + String(name), print }
  }
  /** Each look takes one row of an index, so many objects under one data key cost no more. */
  const look = (condition: string, ...values: readonly Value[]): Value[] =>
    (
      db.row(`SELECT row FROM heads WHERE data_key = ? AND ${condition} LIMIT 1`, ...values) ?? []
    ).slice(0, 1)
  const sharedWith = (row: Value, dataKey: Value, content: Value): AuditRow['sharedWith'] => {
    if (dataKey === null) return null
    const differing = [
      ...look('content > ? ORDER BY content', dataKey, content),
      ...look('content < ? ORDER BY content DESC', dataKey, content),
    ].map(objectOf)
    const same = look('content = ? AND row <> ?', dataKey, content, row).map(objectOf)
    if (differing.length + same.length === 0) return null
    // A copy without a CRC-64 has the size and the ETag of its source.
    const own = objectOf(row)
    const other = differing.find(({ print }) => print !== own.print)
    const { bucket, key } = other ?? same[0] ?? differing[0] ?? own
    return { bucket, key, isSame: other === undefined }
  }
  const shown = (row: readonly Value[]): AuditRow => {
    const [path, id, name, size, modified, storageClass, etag, text, ...head] = row
    const [dataSize, partSize, dataKey = null, content = ''] = head
    return {
      key: String(path) + String(name),
      size: Number(size),
      modified: Number(modified) === 0 ? '' : new Date(Number(modified)).toISOString(),
      storageClass: tables.textOf(Number(storageClass)),
      etag: String(etag),
      head:
        text === null || text === undefined
          ? null
          : {
              text: String(text),
              dataSize: numberOrNull(dataSize),
              partSize: numberOrNull(partSize),
            },
      sharedWith: sharedWith(id ?? null, dataKey, content),
    }
  }
  return {
    audited(name, prefix, after, count) {
      const bucket = tables.findBucket(name)
      if (bucket === null) return []
      const [path, rest] = splitKey(after, 'file')
      const above = prefix.slice(0, prefix.lastIndexOf('/') + 1)
      const isBelow = 'f.path || r.name >= ? AND f.path || r.name < ?'
      const range = [prefix, prefix + END_OF_PREFIX]
      // The rest of the folder of `after` comes first, then the folders behind it.
      const own = db.rows(
        `SELECT ${COLUMNS} FROM folders f CROSS JOIN rows r ON r.folder = f.id ${HEADS}
         WHERE f.bucket = ? AND f.path = ? AND r.name > ? AND r.kind = ${FILE} AND ${isBelow}
         ORDER BY r.name LIMIT ?`,
        bucket,
        path,
        rest,
        ...range,
        count,
      )
      const others =
        own.length === count
          ? []
          : db.rows(
              `SELECT ${COLUMNS} FROM folders f CROSS JOIN rows r ON r.folder = f.id ${HEADS}
               WHERE f.bucket = ? AND f.path > ? AND f.path >= ? AND f.path < ?
               AND r.kind = ${FILE} AND ${isBelow} ORDER BY f.path, r.name LIMIT ?`,
              bucket,
              path,
              above,
              above + END_OF_PREFIX,
              ...range,
              count - own.length,
            )
      return [...own, ...others].map(shown)
    },
    stateSums: () =>
      db
        .rows(
          `SELECT b.name, r.state, r.key, count(*), sum(r.size) FROM buckets b
           CROSS JOIN folders f ON f.bucket = b.id CROSS JOIN rows r ON r.folder = f.id
           WHERE r.kind = ${FILE} GROUP BY b.id, r.state, r.key`,
        )
        .map(([bucket, state, key, objects, bytes]): StateSums => ({
          bucket: String(bucket),
          state: STATES[Number(state)] ?? 'unknown',
          keyId: key === null || key === undefined ? null : tables.textOf(Number(key)),
          objects: Number(objects),
          bytes: Number(bytes),
        })),
  }
}

const numberOrNull = (value: Value | undefined): number | null =>
  value === null || value === undefined ? null : Number(value)
