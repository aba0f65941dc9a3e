/** Opaque id of an open preview. Nobody can guess it. */
export type PreviewId = string

/**
 * The checks that the content of a preview passed. 'verified': all of it was read, and its tag
 * matches or its seal fits. 'parts': the content has a tag or a seal, and only a reading of the
 * whole could verify it.
 * 'checksum': all of it was read and matches OSS's checksum, which finds accidents alone. 'none':
 * nothing tells.
 */
export type PreviewIntegrity = 'verified' | 'parts' | 'checksum' | 'none'

/** One state of an object that the window shows. */
export interface Preview {
  readonly id: PreviewId
  /** Bytes of plaintext. */
  readonly size: number
  /** Media type of the object, or by its name where the object has none. */
  readonly type: string
  readonly encrypted: boolean
  readonly integrity: PreviewIntegrity
  readonly etag: string
}

/** The content of open previews. Only shells call this: no route carries content. */
export interface PreviewContents {
  /**
   * Returns the facts of an open preview, or null. `size`: bytes of plaintext. `name`: of the
   * object, without folders.
   */
  find(id: string): { readonly size: number; readonly type: string; readonly name: string } | null
  /**
   * Reads a range of plaintext in pieces of at most 1 MiB. It fetches one piece ahead.
   * The reader ends it by leaving the loop. Throws Failure, also when the preview ends.
   */
  read(id: string, offset: number, length: number, signal: AbortSignal): AsyncGenerator<Uint8Array>
}
