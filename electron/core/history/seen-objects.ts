import type { MasterKeyId } from '../../../shared/contract/models.ts'
import { loadSound } from '../store/sound-text.ts'
import type { TextStore } from '../store/text-store.ts'
import { encryptedNameOf, type EncryptedNames } from './encrypted-names.ts'
import {
  changeCounts,
  readCounts,
  writeCounts,
  type CountChange,
  type SeenCounts,
} from './seen-counts.ts'

const SAVE_AFTER_MS = 2000
const TELL_AFTER_MS = 250
/** The text of the counts. */
const TEXT = 'seen-objects'

export interface SeenCount {
  readonly bucket: string
  readonly objects: number
  readonly bytes: number
}

/**
 * The objects that were seen encrypted. The window warns of a plain object in the place of an
 * encrypted one. Before a key is deleted, the window says what becomes unreadable. Both must hold
 * without the local index, which can be switched off, deleted and rebuilt.
 */
export interface SeenObjects {
  note(keyId: MasterKeyId, bucket: string, objectKey: string, bytes: number): void
  /** Tells whether this object was seen encrypted, under any key. */
  has(bucket: string, objectKey: string): Promise<boolean>
  /** Removes a deleted object. */
  gone(bucket: string, objectKey: string): void
  /** Returns the counts of a key. They are an "at least". */
  counts(keyId: MasterKeyId): readonly SeenCount[]
  /** Removes the counts of a key. Its objects stay known as encrypted. */
  forget(keyId: MasterKeyId): void
  close(): Promise<void>
}

interface Needs {
  readonly texts: TextStore
  readonly names: EncryptedNames
  /** Hears of new counts a moment later, once for many changes. */
  readonly changed?: (() => void) | undefined
}

/**
 * Opens the seen objects. Every name is in `names`. The text `seen-objects` counts up to 20,000
 * objects per key and bucket, and has all names that an earlier version saw. Both hold hashes
 * instead of names, because a list of names would outlive the objects. App and command line can
 * write at the same time.
 */
export async function openSeenObjects({
  texts,
  names,
  changed = () => undefined,
}: Needs): Promise<SeenObjects> {
  const load = async (): Promise<SeenCounts> =>
    (await loadSound(texts, TEXT, readCounts)) ?? new Map()
  let counts = await load()
  /** The changes that the text does not have yet. */
  const waiting: CountChange[] = []
  let timer: NodeJS.Timeout | null = null
  let telling: NodeJS.Timeout | null = null

  /** Brings the changes into the text, which another process may have changed too. */
  const save = async (): Promise<void> => {
    timer = null
    const { length } = waiting
    await texts.alone(TEXT, async () => {
      const saved = await load()
      for (const change of waiting.slice(0, length)) changeCounts(saved, change)
      await texts.save(TEXT, writeCounts(saved))
      waiting.splice(0, length)
      for (const change of waiting) changeCounts(saved, change)
      counts = saved
    })
  }
  // A count that could not be saved is a smaller "at least" next time. The work itself stays done.
  const change = (one: CountChange): void => {
    if (!changeCounts(counts, one)) return
    waiting.push(one)
    timer ??= setTimeout(() => void save().catch(() => undefined), SAVE_AFTER_MS).unref()
    telling ??= setTimeout(() => {
      telling = null
      changed()
    }, TELL_AFTER_MS).unref()
  }
  const textOf = (name: Buffer): string => name.toString('base64url')

  return {
    note(keyId, bucket, objectKey, bytes) {
      const name = encryptedNameOf(bucket, objectKey)
      void names.add(name)
      change({ kind: 'seen', keyId, bucket, name: textOf(name), bytes })
    },
    async has(bucket, objectKey) {
      const name = encryptedNameOf(bucket, objectKey)
      const isCounted = [...counts.values()].some(
        (buckets) => buckets.get(bucket)?.has(textOf(name)) === true,
      )
      return isCounted || names.has(name)
    },
    gone(bucket, objectKey) {
      const name = encryptedNameOf(bucket, objectKey)
      void names.remove(name)
      change({ kind: 'deleted', bucket, name: textOf(name) })
    },
    counts: (keyId) =>
      [...(counts.get(keyId) ?? [])].map(([bucket, sizes]) => ({
        bucket,
        objects: sizes.size,
        bytes: [...sizes.values()].reduce((sum, n) => sum + n, 0),
      })),
    forget(keyId) {
      for (const sizes of counts.get(keyId)?.values() ?? [])
        for (const name of sizes.keys()) void names.add(Buffer.from(name, 'base64url'))
      change({ kind: 'key-removed', keyId })
    },
    async close() {
      if (telling !== null) clearTimeout(telling)
      if (timer !== null) {
        clearTimeout(timer)
        await save().catch(() => undefined)
      }
      await names.close()
    },
  }
}
