import type { ReadEnvelopeFile } from '../../../../shared/format/envelope/envelope-file.ts'
import { SEAL_HEADER } from '../../seals/seal-text.ts'
import type { FileSeal } from '../../transfer/run/file-seal.ts'

/** Returns the seal of an envelope file; null without one, or without the name that it is for. */
export function sealOfFile({ bucket, key, seal, headers }: ReadEnvelopeFile): FileSeal | null {
  const text = headers.get(SEAL_HEADER)
  if (bucket === null || key === null || (text === undefined && seal === null)) return null
  return {
    bucket,
    key,
    metadata: text === undefined ? [] : [text],
    tags: seal === null ? [] : [seal],
  }
}
