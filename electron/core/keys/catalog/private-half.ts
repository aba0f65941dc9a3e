import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { caught, fail, ok, type Result } from '../../../../shared/contract/errors.ts'
import type { SecretStore } from '../../store/secrets/secret-store.ts'
import type { TextStore } from '../../store/text-store.ts'

/**
 * Private halves on the disk: PKCS#8 DER, encrypted with AES-256-GCM, in the text
 * `private-half.<half>`. The 32-byte key of the encryption is in the secret store under
 * `key:<half>`. An entry of the keychain stays small that way; Windows allows 2.5 KB. Neither place
 * alone reveals the private half.
 */
export interface PrivateHalves {
  /**
   * Writes both places and reads them back. `half` must be new. Errors  those of the secret store.
   * Rejects with the Failure of the text store.
   */
  keep(half: string, binding: string, der: Uint8Array): Promise<Result<null>>
  /**
   * Returns a private half in a new array, which the caller wipes. Errors  'secret-lost' (under
   * `name`) when one of the places lost it or changed; 'source-unreadable'.
   */
  load(half: string, binding: string, name: string): Promise<Result<Uint8Array>>
  /** Removes both places. Ok when nothing is left, and also when nothing was there. */
  remove(half: string): Promise<Result<null>>
}

const textName = (half: string): string => `private-half.${half}`
export const accountName = (half: string): string => `key:${half}`

export function privateHalves(texts: TextStore, secrets: SecretStore): PrivateHalves {
  const load = async (half: string, binding: string, name: string): Promise<Result<Uint8Array>> => {
    const secret = await secrets.get(accountName(half))
    if (!secret.ok)
      return secret.error.code === 'secret-lost' ? fail({ ...secret.error, name }) : secret
    // A text that cannot be read is an error of this key alone. The other keys stay usable.
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
        // The secret is written first. A text without its secret would look like a loss; a stray
        // secret does no harm.
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
  /** The ciphertext and the 16-byte tag. */
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
    // Throws when the tag does not fit. GCM has no further bytes at the end.
    decipher.final()
    return der
  } catch {
    return null
  } finally {
    key.fill(0)
  }
}
