import type { ObjectRow } from '../../../shared/contract/models.ts'
import { errorOf, hostFiles } from '../../queries/core.ts'
import { itselfIn, type Place } from '../../queries/objects.ts'
import { useStartDownload } from '../../queries/transfers.ts'
import { say } from '../../state/live.ts'
import { lastOf, setPanes } from '../../state/ui.ts'
import { notify, useWork } from '../../state/work.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'

export interface DownloadHow {
  /** Ciphertext and envelope as they are. */
  readonly raw: boolean
  /** Ask for the folder again. */
  readonly elsewhere?: boolean
  /** A whole message of the KMS Encryption SDK, which its headers do not tell of. */
  readonly message?: boolean
  /** As a Java SDK wrote it that split the file anew. */
  readonly repair?: boolean
  /** Also what was encrypted when it was last seen here, and is not now. */
  readonly allowPlain?: boolean
  /** Only this key, whatever the description says. */
  readonly keyId?: string
}

/**
 * Starts downloads into the folder of this session's last download, which is asked for the first time. What is there
 * already is never replaced: the new file gets a number.
 */
export function useDownload(): (place: Place, rows: readonly ObjectRow[], how: DownloadHow) => Promise<void> {
  const t = useText()
  const q = useQuantities()
  const start = useStartDownload()
  return async (place, rows, { raw, elsewhere = false, message = false, repair = false, allowPlain = false, keyId }) => {
    const first = rows[0]
    if (first === undefined) return
    try {
      const target = (elsewhere ? null : useWork.getState().target) ?? (await hostFiles().pickTarget())
      if (target === null) return
      useWork.setState({ target })
      const keys = rows.map((row) => row.key)
      const { profileId, bucket } = place
      await start.mutateAsync({ profileId, bucket, keys, target: target.id, fileName: null, existing: 'rename', raw, keyIds: keyId === undefined ? [] : [keyId], range: null, message, repair, ...(allowPlain && { plain: 'allow' as const }), ...itselfIn(place, keys) })
      setPanes({ panelOpen: true })
      say(t('objects:download.started', { count: rows.length, n: q.count(rows.length) }))
    } catch (cause) {
      const error = errorOf(cause)
      // The folder may be gone: ask for it the next time.
      if (error.code === 'not-found' && error.what === 'grant') useWork.setState({ target: null })
      notify({ about: rows.length === 1 ? lastOf(first.key) : null, error, text: null })
    }
  }
}
