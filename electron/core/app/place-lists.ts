import { MOST_PLACES, places as shape } from '../../../shared/contract/routes/shapes-places.ts'
import type { In } from '../../../shared/contract/routes/routes.ts'
import {
  NO_PLACES,
  type FolderView,
  type KnownFile,
  type KnownPlace,
  type PlaceLists,
} from '../../../shared/contract/models-places.ts'
import { loadSound } from '../store/sound-text.ts'
import type { TextStore } from '../store/text-store.ts'

const TEXT = 'places'

export type PlacesChange = In<'places.change'>

export interface PlaceListStore {
  get(): Promise<PlaceLists>
  /** Makes one change and returns the lists after it. */
  change(change: PlacesChange): Promise<PlaceLists>
}

/**
 * Opens the favorites, the opened places and files, the views of folders and the columns, in the
 * text `places`. A text of another form is set aside, and the lists are empty.
 */
export function openPlaceLists(texts: TextStore): PlaceListStore {
  const get = async (): Promise<PlaceLists> =>
    (await loadSound(texts, TEXT, (text) => shape.safeParse(JSON.parse(text)).data ?? null)) ??
    NO_PLACES
  return {
    get,
    change: (change) =>
      texts.alone(TEXT, async () => {
        const before = await get()
        const after = changedLists(before, change)
        if (after !== before) await texts.save(TEXT, JSON.stringify(after))
        return after
      }),
  }
}

/** Returns the lists after a change; the same object when nothing changes. Pure. */
export function changedLists(lists: PlaceLists, change: PlacesChange): PlaceLists {
  switch (change.do) {
    case 'favorite': {
      const others = lists.favorites.filter((one) => !isSame(one, change.place))
      if (change.on && others.length < lists.favorites.length) return lists
      const favorites = change.on ? [...others, change.place] : others
      return { ...lists, favorites: favorites.slice(-MOST_PLACES.favorites) }
    }
    case 'visit':
      return { ...lists, recent: inFront(lists.recent, change.place, MOST_PLACES.recent) }
    case 'open':
      return { ...lists, files: inFront(lists.files, change.file, MOST_PLACES.files) }
    case 'folder': {
      const { place, sort, layout } = change
      const others = lists.sorts.filter((one) => !isSame(one, place))
      const isStandard = isStandardView({ sort, layout })
      if (isStandard && others.length === lists.sorts.length) return lists
      const sorts = isStandard ? others : [{ ...place, sort, layout }, ...others]
      return { ...lists, sorts: sorts.slice(0, MOST_PLACES.sorts) }
    }
    case 'columns':
      return { ...lists, columns: { ...lists.columns, [change.depth]: change.columns } }
    case 'forget':
      return { ...lists, recent: [], files: [] }
  }
}

/** True for the view that a folder has at first, which needs no entry. */
const isStandardView = ({ sort, layout }: FolderView): boolean =>
  sort.by === 'name' && !sort.down && layout === 'list'

function inFront<T extends KnownPlace | KnownFile>(
  list: readonly T[],
  entry: T,
  most: number,
): readonly T[] {
  return [entry, ...list.filter((one) => !isSame(one, entry))].slice(0, most)
}

const isSame = (a: KnownPlace | KnownFile, b: KnownPlace | KnownFile): boolean =>
  a.profileId === b.profileId && a.bucket === b.bucket && nameOf(a) === nameOf(b)

const nameOf = (one: KnownPlace | KnownFile): string => ('key' in one ? one.key : one.prefix)
