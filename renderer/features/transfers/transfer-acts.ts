import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Encryption, MasterKey } from '../../../shared/contract/models.ts'
import type { Transfer } from '../../../shared/contract/models-transfers.ts'
import { chosenRows } from '../../queries/chosen.ts'
import { hostFiles } from '../../queries/core.ts'
import { errorOf } from '../../text/error-of.ts'
import { profilesQuery } from '../../queries/profiles.ts'
import { isMoving, needsUser } from '../../queries/transfers/transfer-facts.ts'
import { useTransferIntent, type TransferIntent } from '../../queries/transfers/transfers.ts'
import { go } from '../../state/ui.ts'
import { askToUnlock } from '../../queries/unlock.ts'
import { ask, notify } from '../../state/work.ts'
import { isForSupport } from '../../text/support.ts'
import { useLanguage, useText, type Text } from '../../text/use-text.tsx'
import type { Language } from '../../../shared/contract/sentences/sentences.ts'
import { copyError } from '../../ui/copy-details.tsx'
import { useDownload } from '../objects/downloads.ts'
import { kindFor } from '../objects/details/format-words.ts'
import { canEnd, offerOf } from './transfer-offers.ts'

/** Bytes done above which cancelling and starting over ask first. */
const ASKS_ABOVE = 100e6

export interface TransferActs {
  intend(intent: TransferIntent, transfers: readonly Transfer[]): void
  /** Pauses an active transfer, or resumes a paused one. */
  toggle(transfer: Transfer): void
  /** Returns the kind of key that the transfer needs. */
  missing(transfer: Transfer): MasterKey['kind']
  /**
   * Carries out the offer of the row: add the key, decide about a name, try again, show the file.
   */
  offered(transfer: Transfer): void
  startOver(transfer: Transfer): void
  /** Downloads the object as it is stored, into the folder of the last download. */
  downloadRaw(transfer: Transfer): void
  /** Says in full why the transfer has stopped. */
  explain(transfer: Transfer): void
  /** Names the objects that a transfer of many skipped or left. */
  showSkipped(transfer: Transfer): void
  /** True if there is nothing left to cancel. */
  isOver(transfer: Transfer): boolean
  /** Cancels an active transfer, or removes a finished one from the list. */
  end(transfer: Transfer): void
  canReveal(transfer: Transfer): boolean
  /** Returns the endpoint of the transfer's profile, for support; undefined if it has none. */
  endpoint(transfer: Transfer): string | undefined
  /** Copies the transfer's error, if it is one for support. */
  copyError(transfer: Transfer): void
}

/** Returns the same object at every render, so that rows are not drawn again for it. */
export function useTransferActs(): TransferActs {
  const { mutate } = useTransferIntent()
  const client = useQueryClient()
  const t = useText()
  const language = useLanguage()
  const download = useDownload()
  return useMemo(
    () => transferActs(mutate, client, t, language, download),
    [mutate, client, t, language, download],
  )
}

function transferActs(
  mutate: ReturnType<typeof useTransferIntent>['mutate'],
  client: QueryClient,
  t: Text,
  language: Language,
  download: ReturnType<typeof useDownload>,
): TransferActs {
  const intend: TransferActs['intend'] = (intent, transfers) => {
    if (transfers.length === 0) return
    mutate(
      { intent, ids: transfers.map((transfer) => transfer.id) },
      { onError: (cause) => notify({ about: null, error: errorOf(cause), text: null }) },
    )
  }
  const canReveal = (transfer: Transfer) =>
    transfer.outcome?.savedAs != null && hostFiles().reveal !== null
  const missing = (transfer: Transfer): MasterKey['kind'] => {
    const asked = transfer.error?.code === 'unknown-master-key' ? transfer.error.description : ''
    // Messages name the KMS keys that open them, in place of a description.
    if (asked.startsWith('acs:kms:')) return 'kms'
    const { profileId, bucket, key } = transfer
    const [known] = client
      .getQueriesData<Encryption | null>({ queryKey: ['encryption', profileId, bucket, key] })
      .map(([, encryption]) => encryption)
    return known && 'facts' in known && known.facts !== null ? kindFor(known.facts) : 'rsa'
  }
  const endpoint = (transfer: Transfer) =>
    client
      .getQueryData(profilesQuery.queryKey)
      ?.find((profile) => profile.id === transfer.profileId)?.endpoint
  return {
    intend,
    canReveal,
    missing,
    endpoint,
    copyError(transfer) {
      const { error, changed } = transfer
      if (needsUser(transfer) && error !== null && isForSupport(error))
        copyError(error, { language, at: new Date(changed), endpoint: endpoint(transfer) }, t)
    },
    toggle(transfer) {
      if (transfer.phase === 'paused') intend('resume', [transfer])
      else if (isMoving(transfer) || transfer.phase === 'waiting') intend('pause', [transfer])
    },
    isOver,
    offered(transfer) {
      const offer = offerOf(transfer)
      switch (offer) {
        case 'add-key':
          return addKey(transfer, missing(transfer))
        case 'unlock':
          return void askToUnlock()
        case 'keys-page':
          return go({ page: 'keys' })
        case 'edit-profile':
          return ask({ kind: 'profile', profileId: transfer.profileId })
        case 'decide':
          return ask({ kind: 'decide-transfer', id: transfer.id })
        case 'download-raw':
          return this.downloadRaw(transfer)
        case 'download-moved':
          return askAboutMoved(transfer)
        case 'try-now':
        case 'resume':
        case 'retry':
          return intend('retry', [transfer])
        case null:
          if (canReveal(transfer)) void hostFiles().reveal?.(transfer.outcome?.savedAs ?? '')
      }
    },
    downloadRaw({ profileId, bucket, key }) {
      if (profileId !== null && bucket !== null && key !== null)
        void download(
          chosenRows({ profileId, bucket, prefix: '' }, [
            { key, kind: 'file', size: 0, modified: '', etag: '', storageClass: '' },
          ]),
          { raw: true },
        )
    },
    explain: (transfer) => ask({ kind: 'transfer-reason', id: transfer.id }),
    showSkipped: (transfer) => ask({ kind: 'transfer-skipped', id: transfer.id }),
    startOver(transfer) {
      if (transfer.done > ASKS_ABOVE) ask({ kind: 'restart-transfer', id: transfer.id })
      else intend('startOver', [transfer])
    },
    end(transfer) {
      if (!canEnd(transfer)) return
      if (isOver(transfer)) intend('clear', [transfer])
      else if (transfer.done > ASKS_ABOVE || (transfer.files?.done ?? 0) > 0)
        ask({ kind: 'cancel-transfer', id: transfer.id })
      else intend('cancel', [transfer])
    },
  }
}

const isOver = ({ phase }: Transfer): boolean => phase === 'done' || phase === 'failed'

function askAboutMoved({ profileId, bucket, key }: Transfer): void {
  if (profileId !== null && bucket !== null && key !== null)
    ask({ kind: 'download-moved', place: { profileId, bucket, prefix: '' }, key })
}

function addKey({ error, name }: Transfer, kind: MasterKey['kind']): void {
  if (kind !== 'rsa') return ask({ kind: kind === 'kms' ? 'add-kms' : 'add-program' })
  const description = error?.code === 'unknown-master-key' ? error.description : ''
  ask({ kind: 'import-key', forObject: name, ...(description !== '' && { description }) })
}
