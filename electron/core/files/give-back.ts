import { MessageChannel } from 'node:worker_threads'

/** A port whose other end is closed: what is handed to it is gone at once. */
const nobody = (() => {
  const { port1, port2 } = new MessageChannel()
  port2.close()
  return port1
})()

/**
 * Less than this may lie in memory that Node shares among small buffers; what it costs to wait for
 * the collector is little.
 */
const LEAST_BYTES = 16 * 1024

/**
 * Frees the memory of bytes that nobody needs any more, `bytes` are none afterwards. A cipher makes
 * a new buffer for each answer, and before the collector comes by there are 32 MiB of them in a
 * thread: more than any cache of a processor holds. Given back, the next answer gets the same
 * memory.
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
