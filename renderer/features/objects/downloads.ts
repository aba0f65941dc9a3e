import { useCallback } from 'react'
import { hostFiles } from '../../queries/core.ts'
import type { Chosen } from '../../queries/chosen.ts'
import { errorOf } from '../../text/error-of.ts'
import { startDownload } from '../../queries/transfers.ts'
import { say } from '../../ui/announce.ts'
import { lastOf, setPanes } from '../../state/ui.ts'
import { notify, useWork } from '../../state/work.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'

/** As long as systems wait for the second click of a double click. */
const TWICE_MS = 500
const underWay = new Set<string>()

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
 * Starts downloads into the folder of this session's last download, which is asked for the first
 * time. What is there already is never replaced: the new file gets a number.
 */
export function useDownload(): (chosen: Chosen, how: DownloadHow) => Promise<void> {
  const t = useText()
  const q = useQuantities()
  return useCallback(
    async (
      chosen,
      { raw, elsewhere = false, message = false, repair = false, allowPlain = false, keyId },
    ) => {
      const { place, selection, rows, isMore } = chosen
      const [first] = rows
      if (first === undefined && !isMore) return
      // Asked for twice in one breath, by Enter or a click: once is meant. A second copy would only
      // get another name.
      const same = JSON.stringify([
        place,
        selection.under ?? rows.map((row) => row.key),
        raw,
        elsewhere,
        message,
        repair,
        keyId,
      ])
      if (underWay.has(same)) return
      underWay.add(same)
      notify(null)
      try {
        const target =
          (elsewhere ? null : useWork.getState().target) ?? (await hostFiles().pickTarget())
        if (target === null) return
        useWork.setState({ target })
        const { profileId, bucket } = place
        await startDownload({
          profileId,
          bucket,
          ...selection,
          target: target.id,
          fileName: null,
          existing: 'rename',
          raw,
          keyIds: keyId === undefined ? [] : [keyId],
          range: null,
          message,
          repair,
          ...(allowPlain && { plain: 'allow' as const }),
        })
        setPanes({ panelOpen: true })
        say(
          isMore
            ? t('objects:download.startedAll')
            : t('objects:download.started', { count: rows.length, n: q.count(rows.length) }),
        )
      } catch (cause) {
        const error = errorOf(cause)
        // The folder may be gone: ask for it the next time.
        if (error.code === 'not-found' && error.what === 'grant') useWork.setState({ target: null })
        const about = rows.length === 1 && first !== undefined ? lastOf(first.key) : null
        notify({ about, error, text: null })
      } finally {
        setTimeout(() => underWay.delete(same), TWICE_MS)
      }
    },
    [t, q],
  )
}
