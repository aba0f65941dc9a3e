import type { Encryption } from '../../../../shared/contract/models.ts'
import type { EncryptedMessage } from '../../../../shared/format/message/message.ts'
import { isExternal, messageIn } from '../../transfer/download/find-message.ts'
import type { StoredBytes } from '../../transfer/run/stored-bytes.ts'
import type { ObjectStates } from './object-states.ts'

/**
 * The result of a look at bytes without an envelope. `message`: null for a message whose data key
 * lies in a secret store.
 */
interface Sniffed {
  readonly message: EncryptedMessage | null
  readonly encryption: Encryption
}

/**
 * Looks for a whole message of the KMS Encryption SDK in bytes without an envelope. Such a message
 * has no header that says so. Resolves with null for other bytes.
 */
export async function sniff(
  stored: StoredBytes,
  states: Pick<ObjectStates, 'describeMessage'>,
): Promise<Sniffed | null> {
  const found = await messageIn(stored)
  if (found !== null)
    return { message: found.message, encryption: states.describeMessage(found.message) }
  return (await isExternal(stored))
    ? { message: null, encryption: { state: 'later', format: 'sdk-external', facts: null } }
    : null
}
