import { z } from 'zod'
import { COLUMN_PX } from '../models-places.ts'
import { MOST_TABS } from '../models-settings.ts'
import { indexQuery, listedKey } from './shapes.ts'

/** The shape of `KnownPlace`. */
const knownPlace = z.object({
  profileId: z.string().min(1).max(128),
  bucket: z.string().min(1).max(63),
  prefix: z
    .string()
    .max(1023)
    .regex(/^$|\/$/),
})
/** The shape of `KnownFile`. */
const knownFile = z.object({
  profileId: z.string().min(1).max(128),
  bucket: z.string().min(1).max(63),
  key: listedKey,
})

/** The most entries of each list of `PlaceLists`. */
export const MOST_PLACES = { favorites: 100, recent: 20, files: 20, sorts: 500 } as const

/** The shape of `FolderView`. An earlier version stored the order alone. */
const folderView = {
  sort: indexQuery.sort,
  layout: z.enum(['list', 'tiles']).default('list'),
}

/** The shape of a list of `ColumnChoice`. */
const columnChoices = z
  .array(
    z.object({
      name: z.enum(['path', 'size', 'modified', 'class', 'state']),
      width: z.int().min(COLUMN_PX.least).max(COLUMN_PX.most).nullable(),
    }),
  )
  .refine((columns) => new Set(columns.map(({ name }) => name)).size === columns.length)
  .nullable()
const STANDARD_COLUMNS = { level: null, below: null }

/**
 * The shape of `PlaceLists`. A text of an earlier version may lack a list. Columns that cannot be
 * read become the standard ones, and the rest stays.
 */
export const places = z.object({
  version: z.literal(1),
  favorites: z.array(knownPlace).max(MOST_PLACES.favorites).default([]),
  recent: z.array(knownPlace).max(MOST_PLACES.recent).default([]),
  files: z.array(knownFile).max(MOST_PLACES.files).default([]),
  sorts: z.array(knownPlace.extend(folderView)).max(MOST_PLACES.sorts).default([]),
  columns: z
    .object({ level: columnChoices, below: columnChoices })
    .default(STANDARD_COLUMNS)
    .catch(STANDARD_COLUMNS),
})

/**
 * One change of `PlaceLists`. 'forget': the lists of opened places and files become empty.
 * `columns` null: the standard columns again.
 */
export const placesChange = z.discriminatedUnion('do', [
  z.object({ do: z.literal('favorite'), place: knownPlace, on: z.boolean() }),
  z.object({ do: z.literal('visit'), place: knownPlace }),
  z.object({ do: z.literal('open'), file: knownFile }),
  z.object({ do: z.literal('folder'), place: knownPlace, ...folderView }),
  z.object({
    do: z.literal('columns'),
    depth: z.enum(['level', 'below']),
    columns: columnChoices,
  }),
  z.object({ do: z.literal('forget') }),
])

const viewPlace = z
  .object({
    profileId: z.string().max(100),
    bucket: z.string().max(63),
    prefix: z.string().max(1023),
  })
  .nullable()

/** The shape of `ViewState`. */
export const viewState = z.object({
  version: z.literal(1),
  place: viewPlace,
  panes: z.object({
    side: z.int().min(0).max(10_000),
    details: z.int().min(0).max(10_000),
    panel: z.int().min(0).max(10_000),
    sideOpen: z.boolean(),
    detailsOpen: z.boolean(),
    panelOpen: z.boolean(),
  }),
  sort: indexQuery.sort,
  tabs: z
    .object({
      list: z
        .array(
          z.object({
            page: z.enum(['objects', 'transfers', 'keys', 'offline', 'settings']),
            place: viewPlace,
          }),
        )
        .max(MOST_TABS),
      shown: z.int().min(0).max(MOST_TABS),
    })
    .optional(),
})
