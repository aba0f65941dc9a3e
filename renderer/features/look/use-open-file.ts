import { useCallback } from 'react'
import type { ObjectRow } from '../../../shared/contract/models.ts'
import { useApp } from '../../queries/app.ts'
import { chosenRows } from '../../queries/chosen.ts'
import { call } from '../../queries/core.ts'
import { lastOf, parentOf, setPanes } from '../../state/ui.ts'
import { notify } from '../../state/work.ts'
import { errorOf } from '../../text/error-of.ts'
import { useText } from '../../text/use-text.tsx'
import { say } from '../../ui/announce.ts'
import { useDownload } from '../objects/downloads.ts'

/**
 * Returns the function that opens a file in the program of the system. `canOpen` is false in a
 * browser, where the function downloads the file.
 */
export function useOpenFile(): {
  readonly canOpen: boolean
  readonly open: (
    place: { readonly profileId: string; readonly bucket: string },
    row: ObjectRow,
  ) => Promise<void>
} {
  const t = useText()
  const download = useDownload()
  const canOpen = useApp().data?.shell === 'desktop'
  const open = useCallback(
    async (
      { profileId, bucket }: { readonly profileId: string; readonly bucket: string },
      row: ObjectRow,
    ) => {
      const { key } = row
      if (!canOpen)
        return download(chosenRows({ profileId, bucket, prefix: parentOf(key) }, [row]), {
          raw: false,
        })
      notify(null)
      try {
        await call('files.open', { profileId, bucket, key, keyIds: [] })
        setPanes({ panelOpen: true })
        say(t('look:say.opening', { name: lastOf(key) }))
      } catch (cause) {
        notify({ about: lastOf(key), error: errorOf(cause), text: null })
      }
    },
    [t, download, canOpen],
  )
  return { canOpen, open }
}
