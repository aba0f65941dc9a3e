import type { ReadEnvelopeFile } from '../../../../shared/format/envelope/envelope-file.ts'
import { SEAL_HEADER } from '../../seals/seal-text.ts'
import type { FileSeal } from '../../transfer/run/file-seal.ts'

/**
 * Returns seal and second envelope of an envelope file; null without both, or without the name that
 * they are for.
 */
export function sealOfFile({
  bucket,
  key,
  seal,
  second,
  headers,
}: ReadEnvelopeFile): FileSeal | null {
  const text = headers.get(SEAL_HEADER)
  const isEmpty = text === undefined && seal === null && second === null
  if (bucket === null || key === null || isEmpty) return null
  return {
    bucket,
    key,
    metadata: text === undefined ? [] : [text],
    tags: seal === null ? [] : [seal],
    ...(second !== null && { second }),
  }
}
