/** Of one size, so that every one fits everybody. */
export const BUFFER_BYTES = 512 * 1024
/** New memory for as little as this costs nothing worth saving. */
const LITTLE_BYTES = 64 * 1024
/**
 * From the start of memory that the system gave to the first byte. Such memory begins 16 bytes into
 * a page, where Node's allocator keeps its size; and to copy a page of a file to less than a line
 * (64 bytes) behind the start of a page takes some processors four times as long (Zen 3 and 4, `rep
 * movsb`).
 */
const MARGIN_BYTES = 112
/** Kept for the next job; those of more jobs at a time go when they are done. */
const MOST_SPARE = 8

/**
 * Buffers of {@link BUFFER_BYTES} that are used again: new memory would first have to be filled
 * with zeros by the system.
 */
export interface SpareBuffers {
  /**
   * For as many bytes as there will be, with whatever is in it: {@link BUFFER_BYTES} of them, or so
   * many if that is little.
   */
  take(bytes: number): Uint8Array
  /** Only what nobody reads any more, no socket and no file: what is in it changes. */
  giveBack(buffer: Uint8Array): void
}

function spareBuffers(): SpareBuffers {
  const spare: Uint8Array[] = []
  return {
    take: (bytes) =>
      bytes <= LITTLE_BYTES
        ? Buffer.allocUnsafeSlow(bytes)
        : (spare.pop() ??
          Buffer.allocUnsafeSlow(MARGIN_BYTES + BUFFER_BYTES).subarray(MARGIN_BYTES)),
    giveBack(buffer) {
      if (buffer.length === BUFFER_BYTES && spare.length < MOST_SPARE) spare.push(buffer)
    },
  }
}

/**
 * What files hold on this computer; never given to a socket, so that no mistake about when a socket
 * is done could send any of it.
 */
export const forFiles = spareBuffers()
/** What sockets are given. */
export const forSockets = spareBuffers()
