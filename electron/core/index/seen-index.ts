import { createHash } from 'node:crypto'
import type { MasterKeyId } from '../../../shared/contract/models.ts'
import { loadSound, objectIn } from '../store/sound-text.ts'
import type { TextStore } from '../store/text-store.ts'

/** The most objects that are remembered per key and bucket. Above it the count is an "at least". */
const MAX_OBJECTS = 20_000
/** The most deleted objects that are remembered for an Undo: those of one request. */
const MAX_GONE = 1000
const SAVE_AFTER_MS = 2000
const TELL_AFTER_MS = 250

export interface SeenCount {
  readonly bucket: string
  readonly objects: number
  readonly bytes: number
}

/**
 * The objects that were seen under each key. Before a key is deleted, the window says what becomes
 * unreadable.
 */
export interface SeenIndex {
  note(keyId: MasterKeyId, bucket: string, objectKey: string, bytes: number): void
  /** Tells whether this object was seen encrypted, under any key. */
  has(bucket: string, objectKey: string): boolean
  /** Removes a deleted object. */
  gone(bucket: string, objectKey: string): void
  /** Remembers an object again whose deletion was taken back while the app ran. */
  back(bucket: string, objectKey: string): void
  counts(keyId: MasterKeyId): readonly SeenCount[]
  forget(keyId: MasterKeyId): void
  close(): Promise<void>
}

type Sizes = Map<string, number>

/**
 * Opens the index, which is stored in the text `seen-objects`. It holds hashes instead of names,
 * because a list of names would outlive the objects. `changed`: called with new counts a moment
 * later, once for many changes.
 */
export async function openSeenIndex(
  texts: TextStore,
  changed: () => void = () => undefined,
): Promise<SeenIndex> {
  const byKey = new Map<MasterKeyId, Map<string, Sizes>>()
  for (const [keyId, buckets] of Object.entries(
    (await loadSound(texts, 'seen-objects', readSeen)) ?? {},
  )) {
    byKey.set(
      keyId,
      new Map(
        Object.entries(buckets).map(([bucket, sizes]) => [bucket, new Map(Object.entries(sizes))]),
      ),
    )
  }
  let timer: NodeJS.Timeout | null = null
  let telling: NodeJS.Timeout | null = null

  const save = async () => {
    timer = null
    const plain = Object.fromEntries(
      [...byKey].map(([id, buckets]) => [
        id,
        Object.fromEntries(
          [...buckets].map(([bucket, sizes]) => [bucket, Object.fromEntries(sizes)]),
        ),
      ]),
    )
    await texts.save('seen-objects', JSON.stringify(plain))
  }
  // A count that could not be saved is a smaller "at least" next time. The work itself stays done.
  const saveSoon = () => {
    timer ??= setTimeout(() => void save().catch(() => undefined), SAVE_AFTER_MS).unref()
    telling ??= setTimeout(() => {
      telling = null
      changed()
    }, TELL_AFTER_MS).unref()
  }
  const nameOf = (bucket: string, objectKey: string) =>
    createHash('sha256').update(`${bucket}/${objectKey}`).digest('base64url').slice(0, 12)
  /**
   * Removes the object from every key except `keptBy`, and returns the key and the bytes of the
   * object. Null: the object was not there.
   */
  const drop = (
    bucket: string,
    name: string,
    keptBy: MasterKeyId | null,
  ): { readonly keyId: MasterKeyId; readonly bytes: number } | null => {
    let dropped = null
    for (const [keyId, buckets] of byKey) {
      const bytes = buckets.get(bucket)?.get(name)
      if (keyId === keptBy || bytes === undefined) continue
      dropped = { keyId, bytes }
      buckets.get(bucket)?.delete(name)
      if (buckets.get(bucket)?.size === 0) buckets.delete(bucket)
    }
    return dropped
  }
  /** The objects that were deleted last, by bucket and name. */
  const lately = new Map<string, { readonly keyId: MasterKeyId; readonly bytes: number }>()
  const note: SeenIndex['note'] = (keyId, bucket, objectKey, bytes) => {
    const buckets = byKey.get(keyId) ?? new Map<string, Sizes>()
    const sizes = buckets.get(bucket) ?? new Map<string, number>()
    const name = nameOf(bucket, objectKey)
    if (sizes.get(name) === bytes || (!sizes.has(name) && sizes.size >= MAX_OBJECTS)) return
    // The object was written again under another key. The key before no longer counts.
    drop(bucket, name, keyId)
    sizes.set(name, bytes)
    byKey.set(keyId, buckets.set(bucket, sizes))
    saveSoon()
  }

  return {
    note,
    has(bucket, objectKey) {
      const name = nameOf(bucket, objectKey)
      return [...byKey.values()].some((buckets) => buckets.get(bucket)?.has(name) === true)
    },
    gone(bucket, objectKey) {
      const name = nameOf(bucket, objectKey)
      const dropped = drop(bucket, name, null)
      if (dropped === null) return
      lately.set(`${bucket}/${name}`, dropped)
      const [oldest] = lately.keys()
      if (lately.size > MAX_GONE && oldest !== undefined) lately.delete(oldest)
      saveSoon()
    },
    back(bucket, objectKey) {
      const id = `${bucket}/${nameOf(bucket, objectKey)}`
      const dropped = lately.get(id)
      if (dropped !== undefined && lately.delete(id))
        note(dropped.keyId, bucket, objectKey, dropped.bytes)
    },
    counts: (keyId) =>
      [...(byKey.get(keyId) ?? [])].map(([bucket, sizes]) => ({
        bucket,
        objects: sizes.size,
        bytes: [...sizes.values()].reduce((sum, n) => sum + n, 0),
      })),
    forget(keyId) {
      for (const [id, dropped] of lately) if (dropped.keyId === keyId) lately.delete(id)
      if (byKey.delete(keyId)) saveSoon()
    },
    async close() {
      if (telling !== null) clearTimeout(telling)
      if (timer === null) return
      clearTimeout(timer)
      await save().catch(() => undefined)
    },
  }
}

type Seen = Readonly<
  Record<MasterKeyId, Readonly<Record<string, Readonly<Record<string, number>>>>>
>

/**
 * Reads the text, and returns null for a damaged one, which is set aside. The loss is a count that
 * was an "at least" anyway, and the app must start.
 */
function readSeen(text: string): Seen | null {
  const seen = objectIn(text) as Seen | null
  const isSound =
    seen !== null &&
    Object.values(seen).every((buckets) =>
      Object.values(buckets).every((sizes) => Object.values(sizes).every(Number.isFinite)),
    )
  return isSound ? seen : null
}
