import { randomInt } from 'node:crypto'
import type { DrillSum } from '../../../../shared/contract/models-drills.ts'
import type { Oss } from '../../oss/client.ts'
import { listObjects } from '../../oss/objects.ts'

const PAGE_ROWS = 1000

/** The objects of a drill, and the sum of all that were listed. */
export interface ObjectSample {
  readonly keys: readonly string[]
  readonly listed: DrillSum
}

/**
 * Lists everything below a prefix, and draws `count` objects. Each set of objects is as likely as
 * any other. Markers of folders are left out. Source: reservoir sampling, Vitter's algorithm R.
 */
export async function sampleObjects(
  oss: Oss,
  place: { readonly bucket: string; readonly prefix: string },
  count: number,
  signal: AbortSignal,
  draw: (below: number) => number = randomInt,
): Promise<ObjectSample> {
  const keys: string[] = []
  let [objects, bytes] = [0, 0]
  let cursor: string | null = null
  do {
    const wanted = { ...place, delimiter: '', cursor, max: PAGE_ROWS }
    const page: Awaited<ReturnType<typeof listObjects>> = await listObjects(oss, wanted, signal)
    for (const { key, size } of page.rows) {
      if (key.endsWith('/') && size === 0) continue
      objects += 1
      bytes += size
      const at = objects <= count ? objects - 1 : draw(objects)
      if (at < count) keys[at] = key
    }
    cursor = page.cursor
  } while (cursor !== null)
  return { keys, listed: { objects, bytes } }
}
