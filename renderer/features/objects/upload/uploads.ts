import { useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { DataTransfer as Dropped } from '../../../../shared/contract/routes/host.ts'
import type { Grant } from '../../../../shared/contract/models-transfers.ts'
import { hostFiles } from '../../../queries/core.ts'
import { errorOf } from '../../../text/error-of.ts'
import type { Place } from '../../../queries/objects.ts'
import { planUpload } from '../../../queries/plans.ts'
import { ask, notify, useWork } from '../../../state/work.ts'

const TELL_EVERY_MS = 200

/** The three ways files come in. Each ends in the upload sheet, never in a transfer at once. */
export interface Uploads {
  pickFiles(place: Place): Promise<void>
  pickFolders(place: Place): Promise<void>
  /**
   * Must be called in the event handler itself: afterwards the browser has emptied the transfer.
   */
  take(place: Place, dropped: Dropped): Promise<void>
}

export function useUploads(): Uploads {
  const client = useQueryClient()
  return useMemo(() => {
    const sheetWith = async (
      place: Place,
      choosing: Promise<readonly Grant[] | null>,
    ): Promise<void> => {
      // What was refused before is answered by what comes now.
      notify(null)
      try {
        const grants = await choosing
        if (grants !== null && grants.length > 0)
          ask({ kind: 'upload', planId: await planUpload(client, place, grants), grants })
      } catch (cause) {
        notify({ about: null, error: errorOf(cause), text: null })
      }
    }
    return {
      pickFiles: (place) => sheetWith(place, hostFiles().pickFiles()),
      pickFolders: (place) => sheetWith(place, hostFiles().pickFolders()),
      async take(place, dropped) {
        let told = 0
        const { grants, arrived } = hostFiles().dropping(dropped, (bytes) => {
          if (performance.now() - told < TELL_EVERY_MS) return
          told = performance.now()
          useWork.setState({ taking: bytes })
        })
        const sheet = sheetWith(place, grants)
        try {
          await arrived
          await sheet
        } catch (cause) {
          await sheet
          notify({ about: null, error: errorOf(cause), text: null })
        } finally {
          useWork.setState({ taking: null })
        }
      },
    }
  }, [client])
}
