import { KeyIndex, type Keys, type ListingEntry } from './key-index.ts'
import type { RecordSpot } from './record-log.ts'

/** One version of an object, or a delete marker, as it is held in memory. */
export interface Version extends ListingEntry, RecordSpot {
  /** OSS's id of the version. */
  readonly versionId: string
  /** Place among the versions of its key: a greater number is newer. */
  readonly sequence: number
}

/**
 * All versions of one bucket. Most keys have one version, so older versions lie in a map of their
 * own, which such keys are not in.
 */
export class VersionIndex {
  /** The newest version of every key, delete markers included. */
  readonly newest: Keys<Version>
  /** Key → versions before the newest one, newest first. Never an empty list. */
  readonly #older = new Map<string, readonly Version[]>()

  constructor(newest: Keys<Version> = new KeyIndex<Version>()) {
    this.newest = newest
  }

  /** Returns every version of a key, newest first. */
  all(key: string): readonly Version[] {
    const newest = this.newest.get(key)
    return newest === undefined ? [] : [newest, ...(this.#older.get(key) ?? [])]
  }

  /** Returns the version with this id; null asks for the newest one. */
  find(key: string, versionId: string | null): Version | undefined {
    const newest = this.newest.get(key)
    if (versionId === null || newest?.versionId === versionId) return newest
    return this.#older.get(key)?.find((version) => version.versionId === versionId)
  }

  /** Puts a version at its place, instead of the version that had its id. */
  set(version: Version): void {
    const others = this.all(version.key).filter(({ versionId }) => versionId !== version.versionId)
    this.#write(version.key, newestFirst([version, ...others]))
  }

  delete(key: string, versionId: string): void {
    const versions = this.all(key)
    this.#write(
      key,
      versions.filter((version) => version.versionId !== versionId),
    )
  }

  /** Fills an empty index. `versions`: in any order, each id of a key once. */
  load(versions: Iterable<Version>): void {
    const newest = new Map<string, Version>()
    const older = new Map<string, Version[]>()
    for (const version of versions) {
      const known = newest.get(version.key)
      if (known === undefined || known.sequence < version.sequence) newest.set(version.key, version)
      if (known === undefined) continue
      const list = older.get(version.key) ?? []
      list.push(known.sequence < version.sequence ? known : version)
      older.set(version.key, list)
    }
    this.newest.load(newest.values())
    for (const [key, list] of older) this.#older.set(key, newestFirst(list))
  }

  /** Every version of every key, in no order. */
  *values(): Generator<Version> {
    yield* this.newest.values()
    for (const list of this.#older.values()) yield* list
  }

  #write(key: string, [newest, ...older]: readonly Version[]): void {
    if (newest === undefined) this.newest.delete(key)
    else this.newest.set(newest)
    if (older.length === 0) this.#older.delete(key)
    else this.#older.set(key, older)
  }
}

const newestFirst = (versions: readonly Version[]): readonly Version[] =>
  [...versions].sort((a, b) => b.sequence - a.sequence)
