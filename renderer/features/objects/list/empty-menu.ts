import { keysText } from '../../../shell/platform.ts'
import type { Place } from '../../../queries/objects.ts'
import { useClip } from '../../../state/clip.ts'
import { ask } from '../../../state/work.ts'
import { useText } from '../../../text/use-text.tsx'
import type { MenuEntry } from '../../../ui/controls/menu.tsx'
import { usePasteRows } from '../moves.ts'
import { useUploads } from '../upload/uploads.ts'

/** Returns the context menu of a list beside its rows: what can be done in the folder. */
export function useEmptyMenu(place: Place): () => readonly MenuEntry[] {
  const t = useText()
  const uploads = useUploads()
  const paste = usePasteRows()
  const clip = useClip((state) => state.clip)
  return () => [
    {
      icon: 'copy',
      label: t(clip?.move === true ? 'objects:act.pasteMove' : 'objects:act.paste'),
      shortcut: keysText('mod+v'),
      disabled: clip === null,
      onSelect: () => void paste(null, place),
    },
    'line',
    {
      icon: 'newfolder',
      label: t('objects:newFolder'),
      onSelect: () => ask({ kind: 'new-folder', place }),
    },
    {
      icon: 'file',
      label: t('objects:uploadFiles'),
      shortcut: keysText('mod+u'),
      onSelect: () => void uploads.pickFiles(place),
    },
    {
      icon: 'folder',
      label: t('objects:uploadFolder'),
      shortcut: keysText('mod+shift+u'),
      onSelect: () => void uploads.pickFolders(place),
    },
  ]
}
