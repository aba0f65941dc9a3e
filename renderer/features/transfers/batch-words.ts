import type { TransferFiles } from '../../../shared/contract/models-transfers.ts'
import type { Quantities } from '../../text/quantities.ts'
import type { Text } from '../../text/use-text.tsx'

interface Speaking {
  readonly t: Text
  readonly q: Quantities
}

/** `1,234 of 601,000 files`, or "at least" that many during the count. */
export function filesCount({ total, counting, done }: TransferFiles, { t, q }: Speaking): string {
  return t(
    counting
      ? 'transfers:files.atLeast'
      : done === total
        ? 'transfers:files.all'
        : 'transfers:files.some',
    { count: total, done: q.count(done), total: q.count(total) },
  )
}

/** The same, with the numbers of skipped and failed files. */
export function filesWords(files: TransferFiles, { t, q }: Speaking): string {
  const { counting, skipped, failed } = files
  const facts = [
    filesCount(files, { t, q }),
    counting ? t('transfers:counting') : '',
    skipped > 0 ? t('transfers:files.skipped', { count: skipped, n: q.count(skipped) }) : '',
    failed > 0 ? t('transfers:needYou', { count: failed, n: q.count(failed) }) : '',
  ]
  return facts.filter((fact) => fact !== '').join(t('transfers:join'))
}
