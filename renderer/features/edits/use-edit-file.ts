import { useCallback } from 'react'
import type { ObjectRow } from '../../../shared/contract/models.ts'
import { call } from '../../queries/core.ts'
import { lastOf, setPanes } from '../../state/ui.ts'
import { notify } from '../../state/work.ts'
import { errorOf } from '../../text/error-of.ts'
import { useText } from '../../text/use-text.tsx'
import { say } from '../../ui/announce.ts'

type EditFile = (
  place: { readonly profileId: string; readonly bucket: string },
  row: ObjectRow,
) => Promise<void>

/** Returns the function that edits a file in the program of the system. Only the desktop has it. */
export function useEditFile(): EditFile {
  const t = useText()
  return useCallback(
    async ({ profileId, bucket }, { key }) => {
      notify(null)
      try {
        const id = await call('edits.start', { profileId, bucket, key, keyIds: [] })
        if (id !== null) setPanes({ panelOpen: true })
        say(t('look:say.opening', { name: lastOf(key) }))
      } catch (cause) {
        notify({ about: lastOf(key), error: errorOf(cause), text: null })
      }
    },
    [t],
  )
}
