import { Failure } from '../../../../shared/contract/errors.ts'
import { identify } from '../../files/file-source.ts'
import type { Oss } from '../../oss/client.ts'
import { listParts, type Upload } from '../../oss/multipart.ts'
import type { Checkpoint } from '../run/checkpoint.ts'
import { heldUpload } from '../run/multipart-uploads.ts'
import { foreignCheckpoint, isSavedFile } from './checkpoint-notes.ts'

/** Facts of an upload that nobody finished, as OSS holds it. */
export interface LeftoverFacts {
  readonly parts: number
  /** Bytes of all parts. */
  readonly bytes: number
  /** Bytes of the file, as the envelope says; null where it does not. */
  readonly dataSize: number | null
  readonly encrypted: boolean
}

/**
 * Describes an upload that nobody finished. Null: it is gone meanwhile, or may not be listed.
 * Throws Failure where OSS does not answer.
 */
export async function describeLeftover(
  oss: Oss,
  upload: Upload,
  signal: AbortSignal,
): Promise<LeftoverFacts | null> {
  try {
    const held = await heldUpload(oss, upload, signal)
    if (held === null) return null
    const { parts, envelope } = held
    return {
      parts: parts.length,
      bytes: parts.reduce((sum, { size }) => sum + size, 0),
      dataSize: envelope?.dataSize ?? null,
      encrypted: envelope !== null,
    }
  } catch (cause) {
    if (
      cause instanceof Failure &&
      (cause.error.code === 'access-denied' || cause.error.code === 'oss')
    )
      return null
    throw cause
  }
}

/** The facts by which a new transfer takes over an upload that nobody finished. */
export interface LeftoverStart {
  /** Bytes of the file. */
  readonly size: number
  readonly mtimeNs: bigint
  /** The note that the transfer starts with. */
  readonly checkpoint: Checkpoint
  /** False: it starts again under a new data key. */
  readonly continues: boolean
}

/**
 * Judges whether a file may continue an upload. `record`: what this computer noted of the upload;
 * null: nothing, and then no part of it is ever used. Throws Failure: 'size-differs' where the
 * envelope names another size, 'source-differs' where the file is not the one of the record, and
 * what OSS answers.
 */
export async function judgeLeftover(
  oss: Oss,
  upload: Upload,
  record: Checkpoint | null,
  path: string,
  signal: AbortSignal,
): Promise<LeftoverStart> {
  const { envelope } = await listParts(oss, upload, signal)
  const identity = await identify(path)
  const { size, mtimeNs } = identity
  const declared = envelope?.dataSize ?? null
  if (declared !== null && declared !== size)
    throw new Failure({ code: 'size-differs', expected: declared, actual: size })
  if (record?.source?.kind !== 'file')
    return { size, mtimeNs, checkpoint: foreignCheckpoint(upload), continues: false }
  if (!(await isSavedFile(record.source, path, identity)))
    throw new Failure({ code: 'source-differs', path })
  return { size, mtimeNs, checkpoint: record, continues: true }
}
