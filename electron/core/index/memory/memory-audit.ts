import type { RowState } from '../../../../shared/contract/models-index.ts'
import type { AuditRow, RowIndex, StateSums } from '../port.ts'
import { splitKey } from '../write-rows.ts'
import { bytesOf, type Stored } from './memory-rows.ts'

/** The methods for audits and for the ledger, of an index in memory. */
export function memoryAudit(all: () => readonly Stored[]): Pick<RowIndex, 'audited' | 'stateSums'> {
  const sharedWith = (row: Stored, rows: readonly Stored[]): AuditRow['sharedWith'] => {
    const dataKey = row.head?.dataKey ?? null
    if (dataKey === null) return null
    const others = rows.filter((other) => other !== row && other.head?.dataKey === dataKey)
    const isSame = (other: Stored): boolean =>
      other.head?.content === row.head?.content ||
      (other.size === row.size && other.etag === row.etag)
    const other = others.find((one) => !isSame(one)) ?? others[0]
    if (other === undefined) return null
    return { bucket: other.bucket, key: other.key, isSame: isSame(other) }
  }
  return {
    audited(bucket, prefix, after, count) {
      const rows = all().filter(({ kind }) => kind === 'file')
      const [path, name] = splitKey(after, 'file')
      return rows
        .filter((row) => row.bucket === bucket && row.key.startsWith(prefix))
        .filter((row) => (bytesOf(row.path, path) || bytesOf(row.name, name)) > 0)
        .sort((a, b) => bytesOf(a.path, b.path) || bytesOf(a.name, b.name))
        .slice(0, count)
        .map((row): AuditRow => {
          const { key, size, modified, storageClass, etag, head } = row
          return {
            key,
            size,
            modified,
            storageClass,
            etag,
            head:
              head === null
                ? null
                : { text: head.text, dataSize: head.dataSize, partSize: head.partSize },
            sharedWith: sharedWith(row, rows),
          }
        })
    },
    stateSums() {
      const sums = new Map<string, StateSums>()
      for (const { kind, bucket, state, keyId, size } of all()) {
        if (kind !== 'file') continue
        const name = JSON.stringify([bucket, state satisfies RowState, keyId])
        const { objects, bytes } = sums.get(name) ?? { objects: 0, bytes: 0 }
        sums.set(name, { bucket, state, keyId, objects: objects + 1, bytes: bytes + size })
      }
      return [...sums.values()]
    },
  }
}
