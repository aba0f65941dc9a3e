import type { MasterKeyId } from '../../../shared/contract/models.ts'
import { objectIn } from '../store/sound-text.ts'

/** The most objects that are counted per key and bucket. Above it the count is an "at least". */
const MAX_OBJECTS = 20_000

/** Bytes by name, in each bucket, for each master key. */
export type SeenCounts = Map<MasterKeyId, Map<string, Map<string, number>>>

/** One change of the counts. `name`: a hash of bucket and key in base64url. */
export type CountChange =
  | {
      readonly kind: 'seen'
      readonly keyId: MasterKeyId
      readonly bucket: string
      readonly name: string
      readonly bytes: number
    }
  | { readonly kind: 'deleted'; readonly bucket: string; readonly name: string }
  | { readonly kind: 'key-removed'; readonly keyId: MasterKeyId }

/** Changes the counts, and returns whether anything changed. */
export function changeCounts(counts: SeenCounts, change: CountChange): boolean {
  switch (change.kind) {
    case 'seen': {
      const { keyId, bucket, name, bytes } = change
      const buckets = counts.get(keyId) ?? new Map<string, Map<string, number>>()
      const sizes = buckets.get(bucket) ?? new Map<string, number>()
      if (sizes.get(name) === bytes || (!sizes.has(name) && sizes.size >= MAX_OBJECTS)) return false
      // The object was written again under another key. The key before no longer counts.
      drop(counts, bucket, name, keyId)
      sizes.set(name, bytes)
      counts.set(keyId, buckets.set(bucket, sizes))
      return true
    }
    case 'deleted':
      return drop(counts, change.bucket, change.name, null)
    case 'key-removed':
      return counts.delete(change.keyId)
  }
}

/** Removes the object from every key except `keptBy`. */
function drop(
  counts: SeenCounts,
  bucket: string,
  name: string,
  keptBy: MasterKeyId | null,
): boolean {
  let dropped = false
  for (const [keyId, buckets] of counts) {
    if (keyId === keptBy || buckets.get(bucket)?.delete(name) !== true) continue
    dropped = true
    if (buckets.get(bucket)?.size === 0) buckets.delete(bucket)
  }
  return dropped
}

/** Writes the counts as JSON. */
export const writeCounts = (counts: SeenCounts): string =>
  JSON.stringify(
    Object.fromEntries(
      [...counts].map(([id, buckets]) => [
        id,
        Object.fromEntries(
          [...buckets].map(([bucket, sizes]) => [bucket, Object.fromEntries(sizes)]),
        ),
      ]),
    ),
  )

type Text = Readonly<
  Record<MasterKeyId, Readonly<Record<string, Readonly<Record<string, number>>>>>
>

/** Reads the counts of {@link writeCounts}; null for a damaged text. */
export function readCounts(text: string): SeenCounts | null {
  const read = objectIn(text) as Text | null
  if (read === null) return null
  const counts: SeenCounts = new Map()
  for (const [keyId, buckets] of Object.entries(read)) {
    const byBucket = new Map<string, Map<string, number>>()
    for (const [bucket, sizes] of Object.entries(buckets)) {
      if (!Object.values(sizes).every(Number.isFinite)) return null
      byBucket.set(bucket, new Map(Object.entries(sizes)))
    }
    counts.set(keyId, byBucket)
  }
  return counts
}
