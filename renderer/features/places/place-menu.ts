import { useQueryClient } from '@tanstack/react-query'
import type { ObjectRow, Profile } from '../../../shared/contract/models.ts'
import { chosenRows } from '../../queries/chosen.ts'
import { refreshListing } from '../../queries/rows/listing.ts'
import type { Place } from '../../queries/objects.ts'
import { usePlaceLists } from '../../queries/places.ts'
import { bucketsQuery } from '../../queries/profiles.ts'
import { say } from '../../ui/announce.ts'
import { go, nodeId, parentOf, setOpen } from '../../state/ui.ts'
import { ask } from '../../state/work.ts'
import { useText, type Text } from '../../text/use-text.tsx'
import { copyText } from '../../ui/controls/clipboard.ts'
import type { MenuEntry } from '../../ui/controls/menu.tsx'
import { useUploads } from '../objects/upload/uploads.ts'
import { newTabItem } from '../tabs/open-in-tab.ts'
import { favoriteItem } from './favorites.ts'

/** Returns functions that give the context menus of the tree. */
export function usePlaceMenus(): {
  readonly ofPlace: (place: Place) => readonly MenuEntry[]
  readonly ofProfile: (profile: Profile) => readonly MenuEntry[]
} {
  const t = useText()
  const client = useQueryClient()
  const lists = usePlaceLists()
  const uploads = useUploads()
  return {
    ofPlace: (place) => [
      {
        icon: 'folder',
        label: t('objects:act.open'),
        onSelect: () => go({ page: 'objects', place }),
      },
      newTabItem(t, place),
      favoriteItem(t, lists, place),
      'line',
      {
        icon: 'file',
        label: t('objects:uploadFiles'),
        onSelect: () => void uploads.pickFiles(place),
      },
      {
        icon: 'newfolder',
        label: t('objects:newFolder'),
        onSelect: () => {
          // The new folder is selected there.
          go({ page: 'objects', place })
          ask({ kind: 'new-folder', place })
        },
      },
      'line',
      {
        icon: 'copy',
        label: t('objects:act.copyPath'),
        onSelect: () => {
          copyText(`oss://${place.bucket}/${place.prefix}`)
          say(t('objects:say.copied'))
        },
      },
      {
        icon: 'refresh',
        label: t('objects:refresh'),
        onSelect: () => void refreshListing(client, place),
      },
      ...(place.prefix === '' ? [] : folderEntries(t, place)),
    ],
    ofProfile: ({ id, kind }) => [
      {
        icon: 'refresh',
        label: t('objects:refresh'),
        onSelect: () => {
          setOpen([nodeId(id, null)], true)
          void client.refetchQueries({ queryKey: bucketsQuery(id).queryKey, exact: true })
        },
      },
      ...(kind === 'practice'
        ? []
        : [
            {
              icon: 'edit' as const,
              label: t('common:tree.editProfile'),
              onSelect: () => ask({ kind: 'profile', profileId: id }),
            },
          ]),
    ],
  }
}

/** The actions on a folder as a whole. */
function folderEntries(t: Text, place: Place): readonly MenuEntry[] {
  const parent = { ...place, prefix: parentOf(place.prefix) }
  const row: ObjectRow = {
    key: place.prefix,
    kind: 'folder',
    size: 0,
    modified: '',
    etag: '',
    storageClass: '',
  }
  const chosen = chosenRows(parent, [row])
  return [
    'line',
    {
      icon: 'edit',
      label: t('objects:act.rename'),
      onSelect: () => ask({ kind: 'rename', place: parent, key: place.prefix }),
    },
    {
      icon: 'external',
      label: t('objects:act.moveTo'),
      onSelect: () => ask({ kind: 'move', chosen }),
    },
    {
      icon: 'copy',
      label: t('objects:act.copyTo'),
      onSelect: () => ask({ kind: 'copy', chosen }),
    },
    {
      icon: 'trash',
      label: t('objects:act.delete'),
      bad: true,
      onSelect: () => ask({ kind: 'delete', chosen }),
    },
  ]
}
