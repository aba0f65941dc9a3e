import type { SealReason } from '../models-seals.ts'

/** Failures of seals: a part of `AppError`. */
export type SealError =
  /**
   * The object cannot get its seal, which is a tag of it. 'permission': the account may not write
   * or read tags, `action` names the permission. 'not-kept': OSS took the tag, and has it not.
   * 'no-room': the object has as many tags as an object may have.
   */
  | {
      readonly code: 'seal-denied'
      readonly key: string
      readonly why: 'permission'
      readonly action: string
      readonly requestId: string
    }
  | { readonly code: 'seal-denied'; readonly key: string; readonly why: 'not-kept' | 'no-room' }
  /**
   * The seal of an object does not let it be read, and nothing of the object was kept. 'changed':
   * the object is not as it was sealed. 'moved': it was sealed under another name. 'unknown': its
   * seal could not be checked.
   */
  | {
      readonly code: 'seal-refused'
      readonly key: string
      readonly state: 'changed' | 'moved' | 'unknown'
      readonly reason: SealReason
    }
  /**
   * No master key here opens the object, and its second key does not help. 'damaged': its tags are
   * not whole, or its key does not open it. 'newer': a later version of the app made it. 'no-seal':
   * the object has no seal, so nothing shows that the second key belongs to the object.
   */
  | {
      readonly code: 'second-key'
      readonly key: string
      readonly problem: 'damaged' | 'newer' | 'no-seal'
    }
  /** The object has no seal, and only sealed objects may be read. */
  | { readonly code: 'not-sealed'; readonly key: string; readonly reason: SealReason }
