import { useCallback } from 'react'
import { Failure } from '../../../shared/contract/errors.ts'
import type { ObjectRow } from '../../../shared/contract/models.ts'
import { sentence, type Language } from '../../../shared/contract/sentences/sentences.ts'
import { hostFiles } from '../../queries/core.ts'
import { errorOf } from '../../text/error-of.ts'
import { itselfIn, type Place } from '../../queries/objects.ts'
import { inPieces } from '../../queries/pieces.ts'
import { MOST_KEYS, startDownload } from '../../queries/transfers.ts'
import { say } from '../../ui/announce.ts'
import { lastOf, setPanes } from '../../state/ui.ts'
import { notify, useWork } from '../../state/work.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { texts, useText } from '../../text/use-text.tsx'

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
export function useDownload(): (
  place: Place,
  rows: readonly ObjectRow[],
  how: DownloadHow,
) => Promise<void> {
  const t = useText()
  const q = useQuantities()
  return useCallback(
    async (
      place,
      rows,
      { raw, elsewhere = false, message = false, repair = false, allowPlain = false, keyId },
    ) => {
      const first = rows[0]
      if (first === undefined) return
      // Asked for twice in one breath, by Enter or a click: once is meant. A second copy would only
      // get another name.
      const same = JSON.stringify([
        place,
        rows.map((row) => row.key),
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
        const keys = rows.map((row) => row.key)
        const { profileId, bucket } = place
        const control = new AbortController()
        const tell = (done: number) =>
          useWork.setState({
            sending:
              keys.length > MOST_KEYS
                ? { done, total: keys.length, stop: () => control.abort() }
                : null,
          })
        tell(0)
        const rest = {
          profileId,
          bucket,
          target: target.id,
          fileName: null,
          existing: 'rename',
          raw,
          range: null,
          message,
          repair,
          ...(allowPlain && { plain: 'allow' as const }),
        } as const
        const keyIds = keyId === undefined ? [] : [keyId]
        const { done, error } = await inPieces(
          keys,
          MOST_KEYS,
          (piece) => startDownload({ ...rest, keyIds, keys: piece, ...itselfIn(place, piece) }),
          { signal: control.signal, onDone: tell },
        )
        if (done > 0) {
          setPanes({ panelOpen: true })
          say(t('objects:download.started', { count: done, n: q.count(done) }))
        }
        const some = { done: q.count(done), total: q.count(keys.length) }
        if (error !== null && done === 0) throw new Failure(error)
        if (error !== null)
          notify({
            about: null,
            error: null,
            text:
              error.code === 'cancelled'
                ? t('objects:sending.stopped', some)
                : t('objects:sending.failed', {
                    ...some,
                    why: sentence(error, texts.language as Language),
                  }),
          })
      } catch (cause) {
        const error = errorOf(cause)
        // The folder may be gone: ask for it the next time.
        if (error.code === 'not-found' && error.what === 'grant') useWork.setState({ target: null })
        notify({ about: rows.length === 1 ? lastOf(first.key) : null, error, text: null })
      } finally {
        useWork.setState({ sending: null })
        setTimeout(() => underWay.delete(same), TWICE_MS)
      }
    },
    [t, q],
  )
}
