/**
 * The note that lets an unfinished transfer go on after a restart. It holds the
 * envelope as it was written, and never a plaintext key: a reader still needs the master key.
 */
export interface Checkpoint {
  /** Into an object in one request, into an object in parts, or into a file of this computer. */
  readonly way: 'whole' | 'parts' | 'file'
  /**
   * 'sending': the content is on its way. 'proven': the copy was proven, and its source is about to
   * be deleted, so a source that is gone was moved. 'foreign': an upload that this computer has no
   * record of, which never goes on.
   */
  readonly stage: 'sending' | 'proven' | 'foreign'
  /** The object that is written; null: the one of the job. A note is good for no other object. */
  readonly to: { readonly bucket: string | null; readonly key: string | null }
  /** The source of the content, as it was; null: not noted. */
  readonly source: SavedSource | null
  readonly what: SavedObject
  /** The upload or file that takes the content; null: none, or nobody heard whether it started. */
  readonly started: StartedUploadId | StartedFile | null
  readonly pieces: SavedPieces
  /** Prints of what was sent; null: nobody knows what was sent, so an upload never goes on. */
  readonly prints: SavedPrints | null
  /** The seal of an upload in parts; null: the object gets none. */
  readonly seal: SavedSeal | null
}

/**
 * `id`: base64. A chunk has `2 ** exponent` bytes. `text`: of the seal, once it is made; then the
 * object is about to be made of its parts, or is there.
 */
export interface SavedSeal {
  readonly id: string
  readonly exponent: number
  readonly text: string | null
}

/** A file, the state of a file as `stateOf` gives it, or an object. */
export type SavedSource = SavedFile | SavedState | SavedEntity

/** Decimal texts where a number could be too long. `sample`: SHA-256 of some of its bytes, hex. */
export interface SavedFile {
  readonly kind: 'file'
  /** Bytes. */
  readonly size: number
  readonly mtimeNs: string
  readonly ctimeNs: string
  readonly inode: string
  readonly device: string
  readonly sample: string
}

export interface SavedState {
  readonly kind: 'state'
  readonly state: string
}

/** `etag` without quotes; `size` in bytes. */
export interface SavedEntity {
  readonly kind: 'object'
  readonly etag: string
  readonly size: number
}

/** The object that is written. */
export interface SavedObject {
  /** Metadata, the envelope among it. */
  readonly headers: Readonly<Record<string, string>>
  /** ETag without quotes, once the object is there; else null. */
  readonly etag: string | null
  /** Base64 of the bytes before the ciphertext, where the object goes in one request. */
  readonly before: string
  /** A message of the KMS Encryption SDK that goes in parts; null for every other object. */
  readonly message: SavedMessage | null
}

/** Base64 each; `tagged`: CRC-64 the whole object must have for its tag to match, decimal. */
export interface SavedMessage {
  readonly header: string
  readonly iv: string
  readonly tag: string
  readonly before: string
  readonly after: string
  readonly tagged: string
}

export interface StartedUploadId {
  readonly kind: 'upload'
  readonly uploadId: string
}

export interface StartedFile {
  readonly kind: 'file'
  /** Absolute path of the hidden file that is written to. */
  readonly temporary: string
  /** Inode and time of birth of that file; '' before it is made. */
  readonly mark: string
}

export interface SavedPieces {
  /** Bytes of every piece but the last; null: there are no pieces. */
  readonly bytes: number | null
  /** Pieces that are done. */
  readonly done: readonly SavedPart[]
}

/**
 * `etag` '' for a piece of a download. `crc64`: of the ciphertext, decimal. `leaves`: of the chunks
 * of a part of a sealed upload, base64; left out for every other piece.
 */
export interface SavedPart {
  readonly number: number
  readonly etag: string
  readonly crc64: string
  readonly leaves?: string
}

/** `file`: name in the folder of all prints. */
export interface SavedPrints {
  readonly file: string
}

/** Makes a note of a transfer that is on its way. Fields that are left out are empty. */
export function newCheckpoint({
  what,
  ...fields
}: Pick<Checkpoint, 'way'> &
  Partial<Omit<Checkpoint, 'way' | 'what'>> & {
    readonly what?: Partial<SavedObject>
  }): Checkpoint {
  return {
    stage: 'sending',
    to: { bucket: null, key: null },
    source: null,
    what: { headers: {}, etag: null, before: '', message: null, ...what },
    started: null,
    pieces: { bytes: null, done: [] },
    prints: null,
    seal: null,
    ...fields,
  }
}
