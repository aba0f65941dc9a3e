/** Bytes of a buffer. All have one size, so that every buffer fits every user. */
export const BUFFER_BYTES = 512 * 1024
/** New memory of up to this size is cheap. */
const LITTLE_BYTES = 64 * 1024
/**
 * Bytes from the start of system memory to the first byte of a buffer. System memory begins 16
 * bytes into a page, after the size that Node's allocator stores. Some processors take four times
 * as long to copy a page of a file to less than a line (64 bytes) behind the start of a page (Zen 3
 * and 4, `rep movsb`).
 */
const MARGIN_BYTES = 112
/** The most buffers that wait for the next job. Further ones are freed when their jobs end. */
const MOST_SPARE = 8

/**
 * Buffers of {@link BUFFER_BYTES} that are used again. The system would first have to fill new
 * memory with zeros.
 */
export interface SpareBuffers {
  /**
   * Returns a buffer for `bytes` bytes with any content: {@link BUFFER_BYTES} long, or exactly as
   * long if that is little.
   */
  take(bytes: number): Uint8Array
  /** Takes a buffer back. No socket and no file may still read it, because its content changes. */
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
 * Buffers for the content of local files. A socket never gets one, so a mistake about the end of a
 * send cannot leak plaintext.
 */
export const forFiles = spareBuffers()
/** Buffers for sockets. */
export const forSockets = spareBuffers()
