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

/** How the rows of a folder are shown: one below the other, or side by side with pictures. */
export type FolderLayout = 'list' | 'tiles'

/** The order and the layout of one folder. */
export interface FolderView {
  readonly sort: IndexSort
  readonly layout: FolderLayout
}

/** A column of the list beside the name. 'path': the folder of a file, in a search. */
export type ListColumn = 'path' | 'size' | 'modified' | 'class' | 'state'

/** The bounds of the width of a column, in pixels. */
export const COLUMN_PX = { least: 24, most: 800 } as const

/** A column that the user wants to see. `width`: pixels; null for the standard width. */
export interface ColumnChoice {
  readonly name: ListColumn
  readonly width: number | null
}

/**
 * The columns of all lists, from left to right behind the name. 'level': of folders. 'below': of
 * searches. Null: the standard columns.
 */
export interface ColumnChoices {
  readonly level: readonly ColumnChoice[] | null
  readonly below: readonly ColumnChoice[] | null
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
  /** At most 500 folders with an order or a layout of their own, the last changed one first. */
  readonly sorts: readonly (KnownPlace & FolderView)[]
  readonly columns: ColumnChoices
}

/** The lists of a first start. */
export const NO_PLACES: PlaceLists = {
  version: 1,
  favorites: [],
  recent: [],
  files: [],
  sorts: [],
  columns: { level: null, below: null },
}

/**
 * The version that stands for the deletion of an object. The marker of a bucket whose versioning is
 * suspended has the id 'null', and the object below it is gone.
 */
export interface DeleteMarker {
  readonly key: string
  readonly versionId: string
}
