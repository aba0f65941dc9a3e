import { readFile, stat } from 'node:fs/promises'
import { fail, ok, type Result } from '../../../shared/contract/errors.ts'
import { readEnvelopeFile, type ReadEnvelopeFile } from '../../../shared/format/envelope-file.ts'
import { systemCode } from './path-grants.ts'

/** An envelope file larger than this is none: OSS keeps 8 KiB of metadata. */
export const MAX_ENVELOPE_BYTES = 64 * 1024

/** The envelope in a file; null when the file is missing, too large, or not JSON of this kind. */
export async function envelopeAt(path: string): Promise<Result<ReadEnvelopeFile> | null> {
  try {
    if ((await stat(path)).size > MAX_ENVELOPE_BYTES) return null
    return readEnvelopeFile(await readFile(path, 'utf8'))
  } catch (cause) {
    if (systemCode(cause) === 'unknown') throw cause
    return null
  }
}

/** A file's size in bytes. */
export async function sizeOf(path: string): Promise<Result<number>> {
  try {
    return ok((await stat(path)).size)
  } catch (cause) {
    return fail({ code: 'source-unreadable', path, reason: systemCode(cause) })
  }
}
