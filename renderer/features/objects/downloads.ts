import { useCallback } from 'react'
import { hostFiles } from '../../queries/core.ts'
import type { Chosen } from '../../queries/chosen.ts'
import { errorOf } from '../../text/error-of.ts'
import { startDownload } from '../../queries/transfers/transfers.ts'
import { say } from '../../ui/announce.ts'
import { lastOf, setPanes } from '../../state/ui.ts'
import { notify, useWork } from '../../state/work.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'

/** The time for which systems wait for the second click of a double click, in milliseconds. */
const TWICE_MS = 500
const underWay = new Set<string>()

export interface DownloadHow {
  /** True: saves the ciphertext and the envelope as they are. */
  readonly raw: boolean
  /** True: asks for the folder again. */
  readonly elsewhere?: boolean
  /** True: the object is a whole message of the KMS Encryption SDK. Its headers do not say so. */
  readonly message?: boolean
  /** True: decrypts a file that a Java SDK split again (FORMAT.md 2.7). */
  readonly repair?: boolean
  /** True: also saves an object that was encrypted when it was last seen here, and is not now. */
  readonly allowPlain?: boolean
  /** True: also saves an object that was sealed under another name. */
  readonly allowMoved?: boolean
  /** Only this key is tried, whatever the description says. */
  readonly keyId?: string
}

/**
 * Starts downloads into the folder of this session's last download. The first download asks for the
 * folder. A file that exists is never replaced: the new file gets a number.
 */
export function useDownload(): (chosen: Chosen, how: DownloadHow) => Promise<void> {
  const t = useText()
  const q = useQuantities()
  return useCallback(
    async (
      chosen,
      {
        raw,
        elsewhere = false,
        message = false,
        repair = false,
        allowPlain = false,
        allowMoved = false,
        keyId,
      },
    ) => {
      const { place, parts, isMore, count } = chosen
      if (count === 0) return
      // Enter or a click may ask twice at once, and means one download. A second copy would only
      // get another name.
      const same = JSON.stringify([place, parts, raw, elsewhere, message, repair, keyId])
      if (underWay.has(same)) return
      underWay.add(same)
      notify(null)
      try {
        const target =
          (elsewhere ? null : useWork.getState().target) ?? (await hostFiles().pickTarget())
        if (target === null) return
        useWork.setState({ target })
        for (const { bucket, selection } of parts)
          await startDownload({
            profileId: place.profileId,
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
            ...(allowMoved && {
              seals: { sealedOnly: false, allowMoved, unverified: false },
            }),
          })
        setPanes({ panelOpen: true })
        say(
          isMore === 'folder'
            ? t('objects:download.startedAll')
            : t('objects:download.started', { count, n: q.count(count) }),
        )
      } catch (cause) {
        const error = errorOf(cause)
        // The folder may be gone, so the next download asks for it.
        if (error.code === 'not-found' && error.what === 'grant') useWork.setState({ target: null })
        const only = parts[0]?.selection.keys[0]
        const about = count === 1 && only !== undefined ? lastOf(only) : null
        notify({ about, error, text: null })
      } finally {
        setTimeout(() => underWay.delete(same), TWICE_MS)
      }
    },
    [t, q],
  )
}
