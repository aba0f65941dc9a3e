import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import type { KnownPlace, PlaceLists } from '../../../shared/contract/models-places.ts'
import type { Profile } from '../../../shared/contract/models.ts'
import { changePlaces } from '../../queries/places.ts'
import { bucketsQuery } from '../../queries/profiles.ts'
import { errorOf } from '../../text/error-of.ts'
import { shownName } from '../../text/shown-name.ts'
import { textIn, texts, type Text } from '../../text/use-text.tsx'
import type { Language } from '../../../shared/contract/sentences/sentences.ts'
import { showToast } from '../../state/toast.ts'
import { samePlace } from '../../state/ui.ts'
import { notify } from '../../state/work.ts'
import type { MenuItem } from '../../ui/controls/menu.tsx'
import { folderText } from '../objects/list/rows.ts'

/** The recent places that the sidebar shows. */
const RECENT = 5

export const isFavorite = ({ favorites }: PlaceLists, place: KnownPlace): boolean =>
  favorites.some((one) => samePlace(one, place))

/** Adds a favorite or removes it, and says so. Undo takes the change back. */
export function setFavorite(place: KnownPlace, on: boolean): void {
  const { profileId, bucket, prefix } = place
  const t = textIn(texts.language as Language)
  const change = async (wanted: boolean) => {
    await changePlaces({ do: 'favorite', place: { profileId, bucket, prefix }, on: wanted })
  }
  change(on).then(
    () =>
      showToast({
        text: t(on ? 'common:favorites.added' : 'common:favorites.removed', {
          name: shownName(folderText(bucket, prefix)),
        }),
        undo: () => change(!on),
      }),
    (cause: unknown) => notify({ about: null, error: errorOf(cause), text: null }),
  )
}

/** The item of a place's menu that adds or removes the favorite. */
export function favoriteItem(t: Text, lists: PlaceLists, place: KnownPlace): MenuItem {
  const on = isFavorite(lists, place)
  return {
    icon: 'star',
    label: t(on ? 'common:favorites.remove' : 'common:favorites.add'),
    onSelect: () => setFavorite(place, !on),
  }
}

/** The places opened last, without favorites, without the open one, and without those gone. */
export const recentPlaces = (
  lists: PlaceLists,
  here: KnownPlace | null,
  isGone: (place: KnownPlace) => boolean,
): readonly KnownPlace[] =>
  lists.recent
    .filter((place) => !isFavorite(lists, place) && !samePlace(place, here) && !isGone(place))
    .slice(0, RECENT)

/**
 * Returns a function that tells whether a place is known to be gone. Its profile was removed, or
 * the listed buckets of the profile are without it. A folder is only found to be gone when
 * it is opened.
 */
export function useIsGone(profiles: readonly Profile[]): (place: KnownPlace) => boolean {
  const client = useQueryClient()
  return (place) => isGone(client, profiles, place)
}

function isGone(client: QueryClient, profiles: readonly Profile[], place: KnownPlace): boolean {
  if (!profiles.some(({ id }) => id === place.profileId)) return true
  const buckets = client.getQueryData(bucketsQuery(place.profileId).queryKey)
  return buckets !== undefined && !buckets.some(({ name }) => name === place.bucket)
}
