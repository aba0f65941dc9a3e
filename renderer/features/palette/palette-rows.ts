import { useQueryClient } from '@tanstack/react-query'
import type { Bucket, Profile } from '../../../shared/contract/models.ts'
import type { KnownPlace } from '../../../shared/contract/models-places.ts'
import { usePlaceLists } from '../../queries/places.ts'
import type { Place } from '../../queries/objects.ts'
import { endSearch, searchIn } from '../../state/filters.ts'
import { go, lastOf, parentOf, placeId, samePlace, setFilter, useUi } from '../../state/ui.ts'
import { expectKeys } from '../../state/selection.ts'
import { shownName } from '../../text/shown-name.ts'
import { useText } from '../../text/use-text.tsx'
import type { MenuItem } from '../../ui/controls/menu.tsx'
import type { IconName } from '../../ui/icon.tsx'
import { usePageCommands } from '../commands/commands.ts'
import { useAppCommands } from '../frame/app-commands.ts'
import { folderText, iconOf, placeText } from '../objects/list/rows.ts'
import { matching, wantedOf, type Candidate, type Matched } from './matches.ts'

/** One row of the palette. */
export interface PaletteRow extends Candidate {
  readonly id: string
  readonly icon: IconName
  /** The command of the row, with its keys; null for a place or a file. */
  readonly command: MenuItem | null
  /** The place that the row opens; null for a command. */
  readonly place: Place | null
  readonly run: () => void
}

export interface PaletteGroup {
  readonly kind: 'places' | 'files' | 'commands' | 'search'
  readonly rows: readonly Matched<PaletteRow>[]
}

/** The most rows of a group, and those of an empty field. Source: screens.md 13. */
const MOST = 9
const AT_FIRST = { places: 5, files: 0, commands: 3, search: 0 } as const

/** Returns the rows for the typed text, in groups. A group without rows is left out. */
export function usePaletteGroups(
  typed: string,
  profiles: readonly Profile[],
): readonly PaletteGroup[] {
  const { only, words } = wantedOf(typed)
  const candidates = {
    places: usePlaceRows(profiles, only === null && words.length === 0),
    files: useFileRows(profiles),
    commands: useCommandRows(),
  }
  const search = useSearchRow(typed.trim(), profiles)
  const most = (kind: PaletteGroup['kind']): number =>
    only === null && words.length === 0 ? AT_FIRST[kind] : MOST
  return (['places', 'files', 'commands'] as const)
    .filter((kind) => only === null || only === kind)
    .map((kind): PaletteGroup => ({ kind, rows: matching(candidates[kind], words, most(kind)) }))
    .concat(only === null && search !== null ? [{ kind: 'search', rows: [search] }] : [])
    .filter(({ rows }) => rows.length > 0)
}

/** Returns the row that searches the open bucket for the typed text. Null: no bucket is open. */
function useSearchRow(text: string, profiles: readonly Profile[]): Matched<PaletteRow> | null {
  const t = useText()
  const place = useUi((ui) => ui.place)
  if (text === '' || place === null || !profiles.some(({ id }) => id === place.profileId))
    return null
  const candidate: PaletteRow = {
    id: 'search',
    icon: 'search',
    text: t('common:palette.searchFor', { text: shownName(text) }),
    aside: shownName(place.bucket),
    command: null,
    place,
    run: () => {
      go({ page: 'objects', place })
      endSearch()
      setFilter(text)
      searchIn('bucket')
    },
  }
  return { candidate, pieces: [{ text: candidate.text, hit: false }] }
}

/** Recent places, favorites, and the buckets and folders that the sidebar has listed. */
function usePlaceRows(profiles: readonly Profile[], recentOnly: boolean): readonly PaletteRow[] {
  const client = useQueryClient()
  const { recent, favorites } = usePlaceLists()
  const here = useUi((ui) => (ui.page === 'objects' ? ui.place : null))
  const listed: KnownPlace[] = []
  if (!recentOnly) {
    for (const [[, profileId], buckets] of client.getQueriesData<readonly Bucket[]>({
      queryKey: ['buckets'],
    }))
      for (const { name } of buckets ?? [])
        listed.push({ profileId: String(profileId), bucket: name, prefix: '' })
    for (const [[, profileId, bucket], found] of client.getQueriesData<{
      readonly folders: readonly string[]
    }>({ queryKey: ['folders'] }))
      for (const prefix of found?.folders ?? [])
        listed.push({ profileId: String(profileId), bucket: String(bucket), prefix })
  }
  const all = new Map(
    [...recent, ...(recentOnly ? [] : favorites), ...listed].map((place) => [
      placeId(place),
      place,
    ]),
  )
  return Array.from(all.values()).flatMap((place) => {
    const profile = profiles.find(({ id }) => id === place.profileId)
    if (profile === undefined || samePlace(place, here)) return []
    const { bucket, prefix } = place
    return [
      {
        id: `place-${placeId(place)}`,
        icon: prefix === '' ? ('bucket' as const) : ('folder' as const),
        text: shownName(folderText(bucket, prefix)),
        aside: shownName(prefix === '' ? profile.name : bucket),
        command: null,
        place,
        run: () => go({ page: 'objects', place }),
      },
    ]
  })
}

function useFileRows(profiles: readonly Profile[]): readonly PaletteRow[] {
  const { files } = usePlaceLists()
  return files
    .filter(({ profileId }) => profiles.some(({ id }) => id === profileId))
    .map(({ profileId, bucket, key }) => {
      const place: Place = { profileId, bucket, prefix: parentOf(key) }
      return {
        id: `file-${JSON.stringify([profileId, bucket, key])}`,
        icon: iconOf(key),
        text: shownName(lastOf(key)),
        aside: shownName(placeText(bucket, place.prefix)),
        command: null,
        place,
        run: () => {
          go({ page: 'objects', place })
          expectKeys(place, [key])
        },
      }
    })
}

/** The commands of the page and of the window that are possible now. */
function useCommandRows(): readonly PaletteRow[] {
  const page = usePageCommands((state) => state.items)
  const app = useAppCommands()
  return [...page, ...app]
    .filter(({ disabled }) => disabled !== true)
    .map((command, i) => ({
      id: `command-${i}`,
      icon: command.icon,
      text: command.label,
      aside: '',
      command,
      place: null,
      run: command.onSelect,
    }))
}
