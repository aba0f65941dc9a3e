import type { MasterKey } from '../../../shared/contract/models.ts'

/** Which dialog about keys is open. */
export type KeyAsk =
  | { readonly kind: 'generate' }
  | { readonly kind: 'import'; readonly description?: string }
  /** `fresh`: the key was made a moment ago. `after`: what is asked afterwards. */
  | { readonly kind: 'backup'; readonly key: MasterKey; readonly fresh: boolean; readonly after?: KeyAsk }
  | { readonly kind: 'edit' | 'delete' | 'retire'; readonly key: MasterKey }
  | { readonly kind: 'unlock' }
