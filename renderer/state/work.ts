import { create } from 'zustand'
import type { AppError } from '../../shared/contract/errors.ts'
import type { Grant } from '../../shared/contract/models-transfers.ts'
import type { Chosen } from '../queries/chosen.ts'
import type { Place } from '../queries/objects.ts'
import { useUi } from './ui.ts'

/** The one dialog that may be open. */
export type DialogRequest =
  | { readonly kind: 'delete' | 'copy' | 'move'; readonly chosen: Chosen }
  | { readonly kind: 'rename' | 'headers' | 'download-moved'; readonly place: Place; readonly key: string }
  | { readonly kind: 'new-folder'; readonly place: Place }
  | { readonly kind: 'upload'; readonly planId: string; readonly grants: readonly Grant[] }
  | { readonly kind: 'profile'; readonly profileId: string | null }
  | { readonly kind: 'import-key'; readonly description?: string; readonly forObject?: string }
  | {
      readonly kind:
        | 'cancel-transfer'
        | 'restart-transfer'
        | 'decide-transfer'
        | 'transfer-reason'
        | 'transfer-skipped'
      readonly id: string
    }
  | { readonly kind: 'discard-edit'; readonly id: string; readonly name: string }
  | { readonly kind: 'add-kms' | 'add-program' }
  | { readonly kind: 'shortcuts' | 'palette' }

/** The last problem with an action of the user, shown as a bar above the list. */
export interface Notice {
  readonly about: string | null
  readonly error: AppError | null
  /** A text without an error of the core, for example about dropped text. */
  readonly text: string | null
  /** The object whose download failed. Another key may be chosen for it. */
  readonly object?: { readonly place: Place; readonly key: string }
}

interface Work {
  readonly asked: DialogRequest | null
  readonly notice: Notice | null
  /** Bytes of dropped files that a browser has copied; null while it copies none. */
  readonly taking: number | null
  /** Folder of the last download, asked for once a session. */
  readonly target: Grant | null
}

export const useWork = create<Work>(() => ({
  asked: null,
  notice: null,
  taking: null,
  target: null,
}))

export const ask = (asked: DialogRequest | null): void => useWork.setState({ asked })
/** Shows a notice. An action that the user cancelled is no problem. */
export const notify = (notice: Notice | null): void => {
  if (notice?.error?.code !== 'cancelled') useWork.setState({ notice })
}
/** Removes the notice about the last action. A notice that asks for an answer stays. */
export const goOn = (): void =>
  useWork.setState(({ notice }) =>
    notice !== null && notice.object === undefined ? { notice: null } : {},
  )

// Another folder, page, order or dialog removes the notice.
useUi.subscribe((ui, before) => {
  if (
    ui.page !== before.page ||
    ui.place !== before.place ||
    ui.sort !== before.sort ||
    ui.filter !== before.filter
  )
    goOn()
})
useWork.subscribe((work, before) => {
  if (work.asked !== null && work.asked !== before.asked && work.notice === before.notice) goOn()
})
