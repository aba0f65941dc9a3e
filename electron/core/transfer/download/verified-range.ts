import { Failure } from '../../../../shared/contract/errors.ts'
import type { TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import { openSink } from '../../files/file-sink.ts'
import type { DownloadJob } from '../run/jobs.ts'
import type { Running } from '../run/running.ts'
import { MOST_CHECKED_BYTES, type SealedAt } from '../run/stored-seal.ts'
import type { CheckedContent } from './open-checked.ts'
import { readContent } from './read-range.ts'

/** Says whether a range is cut out of the whole object, because a range alone fits no seal. */
export const needsWhole = (
  { range, unverified = false }: DownloadJob,
  { content, seal }: CheckedContent,
): boolean =>
  range !== null &&
  seal.chunkBytes !== null &&
  (content.size <= MOST_CHECKED_BYTES || !unverified)

/**
 * Saves a range of a sealed object. The whole object is read into memory and verified first. Throws
 * Failure 'seal-refused' not-read for an object that is too large for that.
 */
export async function downloadRange(
  { key, path, existing, root, read }: DownloadJob,
  running: Running,
  at: SealedAt & { readonly checked: CheckedContent },
  { offset, length }: { readonly offset: number; readonly length: number },
): Promise<TransferOutcome> {
  const { checked } = at
  const { content } = checked
  if (content.size > MOST_CHECKED_BYTES)
    throw new Failure({ code: 'seal-refused', key, state: 'unknown', reason: 'not-read' })
  const { pool, control, traffic } = running
  const keyName = content.opened?.keyName ?? null
  running.tell({ t: 'planned', total: length, parts: 1, keyName })
  const whole = await readContent({ oss: at.oss, pool, traffic }, at, checked, control.cancelled)
  running.tell({ t: 'part-done', part: 1, bytes: length })
  running.tell({ t: 'finishing' })
  const { bytes, ...proof } = whole
  const sink = await openSink(path, 0, { root: root ?? null })
  try {
    await sink.write(bytes.subarray(offset, offset + length))
    const savedAs = await sink.place(existing)
    read?.({ etag: at.head.etag, keyId: content.opened?.keyId ?? null })
    return { encrypted: true, ...proof, savedAs, skipped: savedAs === null }
  } finally {
    await sink.abort()
    bytes.fill(0)
  }
}
