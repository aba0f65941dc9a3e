import type { MasterKey } from '../../../../shared/contract/models.ts'

/** The open dialog of the keys page. */
export type KeyAsk =
  | { readonly kind: 'generate' | 'add-kms' | 'add-program' }
  | { readonly kind: 'import'; readonly description?: string }
  /** `fresh`: the key was made a moment ago. `after`: the dialog that follows. */
  | {
      readonly kind: 'backup'
      readonly key: MasterKey
      readonly fresh: boolean
      readonly after?: KeyAsk
    }
  | { readonly kind: 'edit' | 'delete' | 'retire' | 'account'; readonly key: MasterKey }
