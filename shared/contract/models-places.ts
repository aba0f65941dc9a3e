import type { IndexSort } from './models-index.ts'

/** A bucket or a folder of a profile. `prefix`: '' or a text that ends in '/'. */
export interface KnownPlace {
  readonly profileId: string
  readonly bucket: string
  readonly prefix: string
}

/** An object that the user opened. `key`: its whole name. */
export interface KnownFile {
  readonly profileId: string
  readonly bucket: string
  readonly key: string
}

/** The order of one folder that the user chose. */
export interface FolderSort extends KnownPlace {
  readonly sort: IndexSort
}

/**
 * The places that the user marked and opened, for all shells and windows. Each list is bounded, and
 * drops its oldest entry. A place may be gone by now. A later `version` may have another meaning.
 */
export interface PlaceLists {
  readonly version: 1
  /** At most 100, in the order in which they were added. */
  readonly favorites: readonly KnownPlace[]
  /** At most 20 places, the last opened place first. */
  readonly recent: readonly KnownPlace[]
  /** At most 20 files, the last opened file first. */
  readonly files: readonly KnownFile[]
  /** At most 500 folders in another order than by name, the last changed folder first. */
  readonly sorts: readonly FolderSort[]
}

/**
 * The version that stands for the deletion of an object. The marker of a bucket whose versioning is
 * suspended has the id 'null', and the object below it is gone.
 */
export interface DeleteMarker {
  readonly key: string
  readonly versionId: string
}
