import type { ExistingRule } from '../../../../shared/contract/models-settings.ts'
import type { Uploaded } from '../../index/upload-record.ts'

/**
 * A file of this computer; `recorded`: what the index knows of its last upload to this key, null
 * for nothing.
 */
export interface LocalState {
  /** Bytes. */
  readonly size: number
  /** Whole milliseconds since 1970. */
  readonly mtimeMs: number
  readonly recorded: Uploaded | null
}

/** The object that has the name already. */
export interface ObjectState {
  /** Bytes stored. */
  readonly size: number
  /** Milliseconds since 1970 by the clock of this computer. */
  readonly modifiedMs: number
  /**
   * CRC-64 of the stored bytes, decimal; null where it is not known, as in a listing, or OSS keeps
   * none.
   */
  readonly crc64: string | null
  /** Without quotes. */
  readonly etag: string
}

/**
 * What becomes of one file whose name is taken. Only 'ask' is asked for.
 *
 * 'same' is proven, never guessed: the file has the size and time it had when it was uploaded from
 * here, and the object is the one that was stored then, by its size and CRC-64; where its CRC-64 is
 * not known, by its ETag.
 */
export function decideExisting(
  rule: ExistingRule,
  file: LocalState,
  object: ObjectState,
): 'skip' | 'replace' | 'rename' | 'ask' {
  switch (rule) {
    case 'same':
      return isUnchanged(file, object) ? 'skip' : 'replace'
    case 'newer':
      return file.mtimeMs > object.modifiedMs ? 'replace' : 'skip'
    default:
      return rule
  }
}

function isUnchanged({ size, mtimeMs, recorded }: LocalState, object: ObjectState): boolean {
  if (
    recorded === null ||
    recorded.size !== size ||
    recorded.mtimeMs !== mtimeMs ||
    recorded.storedSize !== object.size
  )
    return false
  return object.crc64 === null
    ? object.etag !== '' && recorded.isEtag(object.etag)
    : recorded.crc64 === object.crc64
}
