import { call } from '../../queries/core.ts'
import type { Place } from '../../queries/objects.ts'
import { showToast } from '../../state/toast.ts'
import { lastOf } from '../../state/ui.ts'
import { shownName } from '../../text/shown-name.ts'
import type { Text } from '../../text/use-text.tsx'

/** Says that a folder was created. Undo removes it again while it is empty. */
export function sayFolder(t: Text, place: Place, key: string): void {
  const { profileId, bucket } = place
  const name = shownName(lastOf(key))
  const shown = { kind: 'objects', place, keys: [key] } as const
  showToast({
    text: t('objects:done.folder', { name }),
    shown,
    undo: async () => {
      const { rows, cursor } = await call('objects.list', {
        profileId,
        bucket,
        prefix: key,
        cursor: null,
      })
      if (rows.length > 0 || cursor !== null)
        return showToast({ text: t('objects:done.folderStays', { name }), shown })
      // Only the empty object of this name is removed. Objects in the folder stay.
      await call('objects.remove', { profileId, bucket, keys: [key] })
      showToast({ text: t('objects:done.folderRemoved', { name }) })
    },
  })
}
