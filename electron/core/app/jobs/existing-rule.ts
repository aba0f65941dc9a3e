import type { ExistingRule } from '../../../../shared/contract/models-settings.ts'
import type { Uploaded } from '../../history/upload-record.ts'

/**
 * A file of this computer. `recorded`: the record of the last upload to this key; null
 * without a record.
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
   * CRC-64 of the stored bytes, decimal; null when it is unknown, as in a listing, or when OSS has
   * none.
   */
  readonly crc64: string | null
  /** Without quotes. */
  readonly etag: string
}

/**
 * Decides the action for one file whose name is taken. The user is asked only for the result 'ask'.
 *
 * The rule 'same' is proven, never guessed. The file has the size and time of its last upload from
 * this computer. The object is the one that was stored then, by its size and CRC-64. Without a
 * CRC-64, its ETag decides.
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
