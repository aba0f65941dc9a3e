import type { Transfer, TransferFiles } from '../../../shared/contract/models-transfers.ts'
import type { Quantities } from '../../text/quantities.ts'
import type { Text } from '../../text/use-text.tsx'

interface Speaking {
  readonly t: Text
  readonly q: Quantities
}

/** An upload is of files; everything else is of objects. */
const rowsOf = (kind: Transfer['kind']): 'files' | 'objects' =>
  kind === 'upload' ? 'files' : 'objects'

/** `1,234 of 601,000 files`; while they are being counted, of at least so many. */
export function filesCount(
  kind: Transfer['kind'],
  { total, counting, done: over, skipped }: TransferFiles,
  { t, q }: Speaking,
): string {
  // An object that stays was not deleted.
  const done = kind === 'delete' ? over - skipped : over
  const how =
    kind === 'count' || (!counting && done === total) ? 'all' : counting ? 'atLeast' : 'some'
  return t(`transfers:${rowsOf(kind)}.${how}`, {
    count: total,
    done: q.count(done),
    total: q.count(total),
  })
}

/** The same, and how many were left as they are or are in trouble. */
export function filesWords(
  kind: Transfer['kind'],
  files: TransferFiles,
  { t, q }: Speaking,
): string {
  const { counting, skipped, failed } = files
  const left = kind === 'delete' ? 'transfers:objects.left' : 'transfers:files.skipped'
  const facts = [
    filesCount(kind, files, { t, q }),
    counting ? t('transfers:counting') : '',
    skipped > 0 ? t(left, { count: skipped, n: q.count(skipped) }) : '',
    failed > 0 ? t('transfers:needYou', { count: failed, n: q.count(failed) }) : '',
  ]
  return facts.filter((fact) => fact !== '').join(t('transfers:join'))
}
