import { createHash } from 'node:crypto'
import type { MasterKeyId } from '../../../shared/contract/models.ts'
import { loadSound, objectIn } from '../store/sound-text.ts'
import type { TextStore } from '../store/text-store.ts'

/** Objects remembered per key and bucket; beyond it the count stays an honest "at least". */
const MAX_OBJECTS = 20_000
const SAVE_AFTER_MS = 2000
const TELL_AFTER_MS = 250

export interface SeenCount {
  readonly bucket: string
  readonly objects: number
  readonly bytes: number
}

/**
 * Which objects were seen under which key, so that deleting a key can say what becomes unreadable.
 */
export interface SeenIndex {
  note(keyId: MasterKeyId, bucket: string, objectKey: string, bytes: number): void
  /** Was this object seen encrypted, under any key? */
  has(bucket: string, objectKey: string): boolean
  /** The object was deleted. */
  gone(bucket: string, objectKey: string): void
  counts(keyId: MasterKeyId): readonly SeenCount[]
  forget(keyId: MasterKeyId): void
  close(): Promise<void>
}

type Sizes = Map<string, number>

/**
 * Kept in the text `seen-objects`: hashes instead of names, since a list of names would outlive the
 * objects. `changed` is told of new counts a moment later, once for many.
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
  // A count that could not be saved is only a smaller "at least" next time, and what was done stays
  // done.
  const saveSoon = () => {
    timer ??= setTimeout(() => void save().catch(() => undefined), SAVE_AFTER_MS).unref()
    telling ??= setTimeout(() => {
      telling = null
      changed()
    }, TELL_AFTER_MS).unref()
  }
  const nameOf = (bucket: string, objectKey: string) =>
    createHash('sha256').update(`${bucket}/${objectKey}`).digest('base64url').slice(0, 12)
  /** Takes the object away from every key but `keptBy`. */
  const drop = (bucket: string, name: string, keptBy: MasterKeyId | null): boolean => {
    let dropped = false
    for (const [keyId, buckets] of byKey) {
      if (keyId === keptBy || buckets.get(bucket)?.delete(name) !== true) continue
      dropped = true
      if (buckets.get(bucket)?.size === 0) buckets.delete(bucket)
    }
    return dropped
  }

  return {
    note(keyId, bucket, objectKey, bytes) {
      const buckets = byKey.get(keyId) ?? new Map<string, Sizes>()
      const sizes = buckets.get(bucket) ?? new Map<string, number>()
      const name = nameOf(bucket, objectKey)
      if (sizes.get(name) === bytes || (!sizes.has(name) && sizes.size >= MAX_OBJECTS)) return
      // Written again under another key: the one before has no part in it any more.
      drop(bucket, name, keyId)
      sizes.set(name, bytes)
      byKey.set(keyId, buckets.set(bucket, sizes))
      saveSoon()
    },
    has(bucket, objectKey) {
      const name = nameOf(bucket, objectKey)
      return [...byKey.values()].some((buckets) => buckets.get(bucket)?.has(name) === true)
    },
    gone(bucket, objectKey) {
      if (drop(bucket, nameOf(bucket, objectKey), null)) saveSoon()
    },
    counts: (keyId) =>
      [...(byKey.get(keyId) ?? [])].map(([bucket, sizes]) => ({
        bucket,
        objects: sizes.size,
        bytes: [...sizes.values()].reduce((sum, n) => sum + n, 0),
      })),
    forget(keyId) {
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
 * Null for a damaged text, which is set aside: what is lost is a number that was an "at least"
 * anyway, and the app must start.
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
