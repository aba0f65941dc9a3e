import type { Opened } from '../../keys/keyring.ts'
import { deriveSealKeys } from '../../seals/seal-keys.ts'
import { openCheck, PLAIN_SEAL_RULES, type SealCheck } from './stored-seal.ts'

/** The seal of a blob of this computer, as its envelope file has it. */
export interface FileSeal {
  /** The object that the blob was. */
  readonly bucket: string
  readonly key: string
  /** The texts of the seal: in the metadata, and in the tags. */
  readonly metadata: readonly string[]
  readonly tags: readonly string[]
  /** The text of the second envelope; null or left out: there is none. */
  readonly second?: string | null
}

/**
 * Judges the seal of a blob under the data key that opened its envelope. Its place is that of the
 * envelope file. No memory is asked, because the blob is no current object. `length`: of the blob.
 */
export function checkFileSeal(seal: FileSeal, opened: Opened, length: number): SealCheck {
  const keys = deriveSealKeys(opened.dataKey.bytes)
  const candidates = [{ keys, counter: opened.counter }]
  return openCheck(
    {
      ...seal,
      length,
      envelope: { state: 'open', candidates },
      content: { unread: 'not-read' },
      memory: null,
      isVersionAsked: true,
      writers: [],
    },
    { keys, opened, rules: PLAIN_SEAL_RULES, confirm: async () => undefined },
  )
}
