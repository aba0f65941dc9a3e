import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { caught, fail, ok, type Result } from '../../../../shared/contract/errors.ts'
import type { SecretStore } from '../../store/secrets/secret-store.ts'
import type { TextStore } from '../../store/text-store.ts'

/**
 * Private halves at rest: PKCS#8 DER under AES-256-GCM in the text `private-half.<half>`, its
 * 32-byte key in the secret store as `key:<half>`. A keychain entry stays small (Windows takes 2.5
 * KB) and neither place alone gives the key away.
 */
export interface PrivateHalves {
  /**
   * Writes both and reads them back. `half` must be new. Errors as the secret store; Failure of the
   * text store is thrown.
   */
  keep(half: string, binding: string, der: Uint8Array): Promise<Result<null>>
  /**
   * A new array the caller wipes. 'secret-lost' (under `name`) when either place no longer has it,
   * or it was changed; 'source-unreadable'.
   */
  load(half: string, binding: string, name: string): Promise<Result<Uint8Array>>
  /** Ok when nothing of it is left; calling it again is fine. */
  remove(half: string): Promise<Result<null>>
}

const textName = (half: string): string => `private-half.${half}`
export const accountName = (half: string): string => `key:${half}`

export function privateHalves(texts: TextStore, secrets: SecretStore): PrivateHalves {
  const load = async (half: string, binding: string, name: string): Promise<Result<Uint8Array>> => {
    const secret = await secrets.get(accountName(half))
    if (!secret.ok)
      return secret.error.code === 'secret-lost' ? fail({ ...secret.error, name }) : secret
    // What cannot be read is said of this key alone: the others are listed and used all the same.
    const text = await texts.load(textName(half)).then(ok, caught)
    if (!text.ok) return text
    const der =
      secret.value === null || text.value === null
        ? null
        : unsealed(text.value, secret.value, binding)
    return der === null ? fail({ code: 'secret-lost', name, place: 'data-folder' }) : ok(der)
  }
  return {
    load,
    async keep(half, binding, der) {
      const account = accountName(half)
      const before = await secrets.get(account)
      if (!before.ok) return before
      if (before.value !== null || (await texts.load(textName(half))) !== null)
        throw new Error('a private half may not be written over')
      const key = randomBytes(32)
      try {
        // The secret first: a text without its secret would look like a loss, a stray secret harms
        // nobody.
        const kept = await secrets.set(account, key.toString('base64'))
        if (!kept.ok) return kept
        await texts.save(textName(half), sealed(der, key, binding))
      } finally {
        key.fill(0)
      }
      const back = await load(half, binding, account)
      if (!back.ok) return back
      const same = Buffer.compare(back.value, der) === 0
      back.value.fill(0)
      return same ? ok(null) : fail({ code: 'secret-lost', name: account })
    },
    async remove(half) {
      await texts.remove(textName(half))
      return secrets.remove(accountName(half))
    },
  }
}

interface SealedHalf {
  readonly version: 1
  readonly nonce: string
  /** Ciphertext and 16-byte tag. */
  readonly sealed: string
}

const TAG_BYTES = 16

function sealed(der: Uint8Array, key: Uint8Array, binding: string): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(binding))
  const bytes = Buffer.concat([cipher.update(der), cipher.final(), cipher.getAuthTag()])
  return JSON.stringify({
    version: 1,
    nonce: nonce.toString('base64'),
    sealed: bytes.toString('base64'),
  } satisfies SealedHalf)
}

function unsealed(text: string, secret: string, binding: string): Uint8Array | null {
  const key = Buffer.from(secret, 'base64')
  try {
    const { nonce, sealed: packed } = JSON.parse(text) as SealedHalf
    const bytes = Buffer.from(packed, 'base64')
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64'), {
      authTagLength: TAG_BYTES,
    })
    decipher.setAAD(Buffer.from(binding)).setAuthTag(bytes.subarray(-TAG_BYTES))
    const der = decipher.update(bytes.subarray(0, -TAG_BYTES))
    // Throws when the tag does not fit; there is never a tail in GCM.
    decipher.final()
    return der
  } catch {
    return null
  } finally {
    key.fill(0)
  }
}
