import { MessageChannel } from 'node:worker_threads'

/** A port whose other end is closed. Memory that is transferred to it is freed at once. */
const nobody = (() => {
  const { port1, port2 } = new MessageChannel()
  port2.close()
  return port1
})()

/**
 * Smaller buffers can lie in memory that Node shares among them. Waiting for the collector costs
 * little for them.
 */
const LEAST_BYTES = 16 * 1024

/**
 * Frees the memory of bytes that nobody needs any more. `bytes` is empty afterwards. A cipher makes
 * a new buffer for each answer, and a thread has 32 MiB of them before the collector runs, more
 * than any processor cache. With this call the next answer gets the same memory.
 */
export function giveBack(bytes: Uint8Array): void {
  const { buffer, byteLength } = bytes
  if (
    byteLength >= LEAST_BYTES &&
    byteLength === buffer.byteLength &&
    buffer instanceof ArrayBuffer
  )
    nobody.postMessage(null, [buffer])
}
