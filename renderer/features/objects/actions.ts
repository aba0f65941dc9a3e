import { useQueryClient } from '@tanstack/react-query'
import type { Encryption, ObjectRow } from '../../../shared/contract/models.ts'
import { isMac, keysText } from '../../shell/platform.ts'
import { encryptionQuery } from '../../queries/encryption.ts'
import { chosenRows, type Chosen } from '../../queries/chosen.ts'
import { factsQuery, type Place } from '../../queries/objects.ts'
import { notePlace, usePlaceLists } from '../../queries/places.ts'
import { say } from '../../ui/announce.ts'
import { setClip } from '../../state/clip.ts'
import { endSearch } from '../../state/filters.ts'
import { look } from '../../state/look.ts'
import { expectKeys } from '../../state/selection.ts'
import { go, lastOf, parentOf, showDetails } from '../../state/ui.ts'
import { ask, notify, useWork } from '../../state/work.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'
import { copyText } from '../../ui/controls/clipboard.ts'
import type { MenuEntry } from '../../ui/controls/menu.tsx'
import { favoriteItem } from '../places/favorites.ts'
import { newTabItem } from '../tabs/open-in-tab.ts'
import { whyClosed } from './closed.ts'
import { countFolder } from './counts.ts'
import { useDownload } from './downloads.ts'
import { useDragOut } from '../drag-out/use-drag-out.ts'
import { useEditFile } from '../edits/use-edit-file.ts'
import { useOpenFile } from '../look/use-open-file.ts'
import { placeText } from './list/rows.ts'

/** The actions on the selected rows. The context menu, the details and the shortcuts share them. */
export interface ObjectActions {
  open(row: ObjectRow): void
  /** Opens a file in the program of the system, and offers to upload the changed copy. */
  edit(row: ObjectRow): void
  /** Shows a file over the page; the details of a folder. */
  look(row: ObjectRow): void
  download(raw: boolean, elsewhere?: boolean): void
  remove(): void
  rename(): void
  editHeaders(): void
  /** Asks where the rows go, and copies or moves them. */
  copy(move: boolean): void
  /** Remembers the rows for a paste, and copies their names. */
  toClip(move: boolean): void
  copyNames(): void
  showInFolder(row: ObjectRow): void
  copyKeyName(): void
  showDetails(): void
  menu(): readonly MenuEntry[]
}

/** `placeOf`: the folder of a row. In a search it is another one for each row. */
export function useObjectActions(
  chosen: Chosen,
  placeOf: (row: ObjectRow) => Place,
  isSearch: boolean,
): ObjectActions {
  const { place, rows, count } = chosen
  const t = useText()
  const q = useQuantities()
  const client = useQueryClient()
  const download = useDownload()
  const { canOpen, open } = useOpenFile()
  const dragOut = useDragOut()
  const edit = useEditFile()
  const lists = usePlaceLists()
  const hasTarget = useWork((work) => work.target !== null)
  const n = chosen.isMore === 'folder' ? t('objects:act.all') : q.count(count)
  const many = count > 1 || chosen.isMore !== null
  const only = !many ? rows[0] : undefined
  const copied = (text: string) => {
    copyText(text)
    say(t('objects:say.copied'))
  }
  const keyName = (): string | null => {
    const known = rows.map((row) =>
      client.getQueryData<Encryption | null>(encryptionQuery(placeOf(row), row).queryKey),
    )
    const names = new Set(known.map((one) => (one?.state === 'encrypted' ? one.keyName : null)))
    return names.size === 1 ? (names.values().next().value ?? null) : null
  }
  /**
   * Returns why a row cannot be downloaded decrypted. The details say the same as every other way
   * to a download.
   */
  const closed = (row: ObjectRow | undefined) =>
    row?.kind !== 'file'
      ? null
      : whyClosed(
          client.getQueryData<Encryption | null>(encryptionQuery(placeOf(row), row).queryKey) ??
            client.getQueryData(factsQuery(place.profileId, placeOf(row).bucket, row.key).queryKey)
              ?.encryption,
        )
  const fetch = (wanted: Chosen, raw: boolean, elsewhere: boolean) => {
    const [one] = wanted.rows
    if (wanted.isMore === null && wanted.count === 1 && one?.kind === 'file') {
      const { profileId, bucket } = placeOf(one)
      notePlace({ do: 'open', file: { profileId, bucket, key: one.key } })
    }
    const error = raw || wanted.isMore !== null || wanted.count !== 1 ? null : closed(one)
    if (error === null || one === undefined) return void download(wanted, { raw, elsewhere })
    notify({ about: lastOf(one.key), error, text: null, object: { place, key: one.key } })
    showDetails(true)
  }
  /** A file that cannot be decrypted says why, whatever it was to be opened for. */
  const openable = (row: ObjectRow) =>
    canOpen && closed(row) === null
      ? void open(placeOf(row), row)
      : fetch(chosenRows(placeOf(row), [row]), false, false)
  const shut = closed(only) !== null
  const mayOpen = canOpen && !shut
  /** The names of the chosen rows; everything in a folder has the folder's name. */
  const names = () => {
    const keys = chosen.parts.flatMap(({ selection }) => selection.keys)
    return keys.length === 0 ? placeText(place.bucket, place.prefix) : keys.map(lastOf).join('\n')
  }
  const actions: ObjectActions = {
    open: (row) =>
      row.kind === 'folder' ? go({ place: { ...placeOf(row), prefix: row.key } }) : openable(row),
    edit: (row) => void edit(placeOf(row), row),
    look: (row) => (row.kind === 'folder' ? showDetails(true) : void look(row)),
    download: (raw, elsewhere = false) => fetch(chosen, raw, elsewhere),
    remove: () => count > 0 && ask({ kind: 'delete', chosen }),
    rename: () =>
      only !== undefined && ask({ kind: 'rename', place: placeOf(only), key: only.key }),
    editHeaders: () =>
      only?.kind === 'file' && ask({ kind: 'headers', place: placeOf(only), key: only.key }),
    copy: (move) => count > 0 && ask({ kind: move ? 'move' : 'copy', chosen }),
    toClip(move) {
      if (count === 0) return
      copyText(names())
      setClip({ chosen, move, text: names() })
      say(t(move ? 'objects:say.cut' : 'objects:say.copied'))
    },
    copyNames: () => copied(names()),
    showInFolder(row) {
      const { profileId, bucket } = placeOf(row)
      const there = { profileId, bucket, prefix: parentOf(row.key) }
      endSearch()
      go({ place: there })
      expectKeys(there, [row.key])
    },
    copyKeyName: () => copied(keyName() ?? ''),
    showDetails: () => showDetails(true),
    menu: () => [
      ...(only?.kind === 'folder' || (only?.kind === 'file' && mayOpen)
        ? [
            {
              icon: only.kind === 'folder' ? ('folder' as const) : ('external' as const),
              label: t('objects:act.open'),
              shortcut: keysText('Enter'),
              onSelect: () => actions.open(only),
            },
            ...(only.kind === 'folder' ? [newTabItem(t, { ...place, prefix: only.key })] : []),
            favoriteItem(t, lists, { ...place, prefix: only.key }),
          ]
        : []),
      ...(only?.kind === 'file' && mayOpen
        ? [
            {
              icon: 'edit' as const,
              label: t('look:edit.act'),
              keys: { chords: ['F4'] },
              onSelect: () => actions.edit(only),
            },
          ]
        : []),
      ...(only?.kind === 'file'
        ? [
            {
              icon: 'eye' as const,
              label: t('look:act'),
              shortcut: keysText('Space'),
              onSelect: () => actions.look(only),
            },
          ]
        : []),
      ...(isSearch && only !== undefined
        ? [
            {
              icon: 'folder' as const,
              label: t('objects:act.showInFolder'),
              shortcut: keysText('mod+Enter'),
              onSelect: () => actions.showInFolder(only),
            },
          ]
        : []),
      {
        icon: 'down',
        label: many
          ? t(hasTarget ? 'objects:act.downloadN' : 'objects:act.downloadNDots', { n })
          : t(hasTarget ? 'objects:act.download' : 'objects:act.downloadDots'),
        keys: { chords: ['mod+s'] },
        disabled: shut,
        onSelect: () => actions.download(false),
      },
      ...(hasTarget && !shut
        ? [
            {
              icon: 'folder' as const,
              label: t('objects:act.downloadTo'),
              onSelect: () => actions.download(false, true),
            },
          ]
        : []),
      ...(canOpen && !shut
        ? [
            {
              icon: 'external' as const,
              label: t('objects:act.dragOut'),
              onSelect: () => void dragOut(chosen),
            },
          ]
        : []),
      {
        icon: 'envelope',
        label: t('objects:act.downloadRawDots'),
        keys: { chords: ['mod+alt+s'] },
        onSelect: () => actions.download(true),
      },
      'line',
      {
        icon: 'external',
        label: t('objects:act.cut'),
        shortcut: keysText('mod+x'),
        onSelect: () => actions.toClip(true),
      },
      {
        icon: 'copy',
        label: t('objects:act.copy'),
        shortcut: keysText('mod+c'),
        onSelect: () => actions.toClip(false),
      },
      {
        icon: 'copy',
        label: t('objects:act.copyNames', { count }),
        disabled: chosen.isMore !== null,
        onSelect: actions.copyNames,
      },
      {
        icon: 'key',
        label: t('objects:act.copyKey'),
        disabled: keyName() === null,
        onSelect: actions.copyKeyName,
      },
      {
        icon: 'info',
        label: t('objects:showDetails'),
        shortcut: keysText(isMac ? 'mod+i' : 'alt+Enter'),
        onSelect: actions.showDetails,
      },
      'line',
      ...(only !== undefined
        ? [
            {
              icon: 'edit' as const,
              label: t('objects:act.rename'),
              keys: { chords: ['F2'] },
              onSelect: actions.rename,
            },
          ]
        : []),
      ...(only?.kind === 'file'
        ? [
            {
              icon: 'doc' as const,
              label: t('objects:act.editHeaders'),
              onSelect: actions.editHeaders,
            },
          ]
        : []),
      ...(only?.kind === 'folder'
        ? [
            {
              icon: 'info' as const,
              label: t('objects:act.count'),
              onSelect: () => countFolder(place, only.key),
            },
          ]
        : []),
      { icon: 'external', label: t('objects:act.moveTo'), onSelect: () => actions.copy(true) },
      { icon: 'copy', label: t('objects:act.copyTo'), onSelect: () => actions.copy(false) },
      'line',
      {
        icon: 'trash',
        label: many ? t('objects:act.deleteN', { n }) : t('objects:act.delete'),
        shortcut: keysText(isMac ? 'mod+Delete' : 'Delete'),
        bad: true,
        onSelect: actions.remove,
      },
    ],
  }
  return actions
}
