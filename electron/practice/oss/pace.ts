import { setTimeout as sleep } from 'node:timers/promises'

const SLICE_BYTES = 16 * 1024

/** Passes bytes on at `bitsPerSecond` or slower, in slices that are small enough to flow evenly. */
export async function* pace(
  body: AsyncIterable<Buffer>,
  bitsPerSecond: number,
): AsyncGenerator<Buffer> {
  const started = performance.now()
  let bytes = 0
  for await (const chunk of body) {
    for (let offset = 0; offset < chunk.length; offset += SLICE_BYTES) {
      const slice = chunk.subarray(offset, offset + SLICE_BYTES)
      bytes += slice.length
      const early = (bytes * 8000) / bitsPerSecond - (performance.now() - started)
      if (early > 1) await sleep(early)
      yield slice
    }
  }
}
