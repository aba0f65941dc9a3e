import type { Transfer } from '../../../shared/contract/models-transfers.ts'
import type { Place } from '../../queries/objects.ts'
import { showToast } from '../../state/toast.ts'
import type { Quantities } from '../../text/quantities.ts'
import { shownName } from '../../text/shown-name.ts'
import type { Text } from '../../text/use-text.tsx'

/** Says what was uploaded, once all transfers of it have ended well. Skipped files do not count. */
export function sayUploaded(
  t: Text,
  q: Quantities,
  place: Place,
  keys: readonly string[],
  ended: readonly Transfer[],
): void {
  const files = ended.reduce(
    (sum, { files, outcome }) =>
      sum + (files === null ? (outcome?.skipped === false ? 1 : 0) : files.done - files.skipped),
    0,
  )
  const [first] = ended
  if (first === undefined || files === 0) return
  showToast({
    text:
      files === 1 && first.files === null
        ? t('objects:done.uploaded', { name: shownName(first.name) })
        : t('objects:done.uploadedMany', { count: files, n: q.count(files) }),
    shown: { kind: 'objects', place, keys },
  })
}
