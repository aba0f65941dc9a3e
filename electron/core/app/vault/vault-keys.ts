import type { MasterKey, MasterKeyId } from '../../../../shared/contract/models.ts'
import type { KeyCatalog } from '../../keys/catalog/key-catalog.ts'
import { writerIdOf } from '../../seals/writer.ts'

/** A master key whose writer secret is at hand. */
export interface VaultKey {
  readonly keyId: MasterKeyId
  readonly keyName: string
  readonly origin: MasterKey['origin']
  /** Bytes of the modulus. */
  readonly modulusBytes: number
  /** The id of the writer secret, in hex. */
  readonly writer: string
  /** 32 bytes. */
  readonly secret: Uint8Array
}

/** The writer secrets that this process can read now. Disposing of it wipes them. */
export interface VaultKeys extends Disposable {
  readonly all: readonly VaultKey[]
  /** Names of the keys that cannot be opened now. */
  readonly closed: readonly string[]
}

/**
 * Opens the writer secrets of all RSA keys that can be opened now. The key of the practice samples
 * is left out: its private half lies in a plain file.
 */
export async function openVaultKeys(
  catalog: Pick<KeyCatalog, 'list' | 'handle'>,
): Promise<VaultKeys> {
  const all: VaultKey[] = []
  const closed: string[] = []
  for (const { id, name, kind, hasPrivate, origin, bits } of await catalog.list()) {
    if (kind !== 'rsa' || !hasPrivate || origin === 'sample') continue
    const opened = await catalog.handle(id)
    if (!opened.ok) {
      closed.push(name)
      continue
    }
    using key = opened.value
    const secret = key.writerSecret?.() ?? null
    if (secret === null) continue
    const writer = Buffer.from(writerIdOf(secret)).toString('hex')
    all.push({
      keyId: id,
      keyName: name,
      origin,
      modulusBytes: Math.ceil(bits / 8),
      writer,
      secret,
    })
  }
  return {
    all,
    closed,
    [Symbol.dispose]: () => {
      for (const { secret } of all) secret.fill(0)
    },
  }
}
