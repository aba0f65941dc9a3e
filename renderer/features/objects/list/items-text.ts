import type { ObjectRow } from '../../../../shared/contract/models.ts'
import type { Quantities } from '../../../text/quantities.ts'
import type { Text } from '../../../text/use-text.tsx'
import { sumOf } from './rows.ts'

/**
 * The kinds of rows with their number first: `8 files`, `1 folder`, `10 items: 2 folders, 8 files`.
 */
export function itemsText(t: Text, q: Quantities, rows: Iterable<ObjectRow>): string {
  const { files, folders } = sumOf(rows)
  const some = t('objects:count.files', { count: files, n: q.count(files) })
  const others = t('objects:count.folders', { count: folders, n: q.count(folders) })
  if (folders === 0) return some
  return files === 0
    ? others
    : t('objects:count.items', { n: q.count(files + folders), folders: others, files: some })
}
