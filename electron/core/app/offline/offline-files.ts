import { basename } from 'node:path'
import { stat } from 'node:fs/promises'
import { caught, fail, ok, type Result } from '../../../../shared/contract/errors.ts'
import {
  faultOfFile,
  readEnvelopeFile,
  type ReadEnvelopeFile,
} from '../../../../shared/format/envelope/envelope-file.ts'
import { textIn } from '../../../../shared/format/text-bytes.ts'
import { readSmallFile } from '../../store/small-file.ts'
import { systemCode } from '../../base/system-failure.ts'

/**
 * The largest envelope file in bytes. OSS stores 8 KiB of metadata, but a browser's record of a
 * page's requests is larger.
 */
export const MAX_ENVELOPE_BYTES = 8 * 1024 * 1024

/**
 * Reads the envelope in a file. Resolves with null for a missing file. Errors name the file: those
 * of {@link readEnvelopeFile}, 'source-unreadable'.
 */
export async function envelopeAt(path: string): Promise<Result<ReadEnvelopeFile> | null> {
  try {
    const read = readEnvelopeFile(textIn(await readSmallFile(path, MAX_ENVELOPE_BYTES)).text)
    return read.ok ? read : fail(faultOfFile(read.error, basename(path)))
  } catch (cause) {
    const failed = caught(cause)
    if (
      failed.ok ||
      (failed.error.code === 'source-unreadable' && failed.error.reason === 'ENOENT')
    )
      return null
    return failed.error.code === 'too-large'
      ? fail({
          code: 'envelope-file',
          file: basename(path),
          problem: 'too-large',
          header: '',
          count: 0,
        })
      : failed
  }
}

/** Returns a file's size in bytes. */
export async function sizeOf(path: string): Promise<Result<number>> {
  try {
    return ok((await stat(path)).size)
  } catch (cause) {
    return fail({ code: 'source-unreadable', path, reason: systemCode(cause) })
  }
}
