import type { KeyObject } from 'node:crypto'
import { fail, ok, type Result } from '../../../../shared/contract/errors.ts'
import type { MasterKeyId } from '../../../../shared/contract/models.ts'
import { attemptedResult } from '../../base/attempt.ts'
import { strongEnough } from '../../store/secrets/passphrase-strength.ts'
import { backupPem, backupPkcs12, sheetPayload } from '../files/key-backup.ts'
import type { KeyBook, KeyEntry } from './key-book.ts'
import type { KeyRecord, RsaRecord } from './key-record.ts'

/** The files that an RSA key of the catalog is written to. */
export interface KeyExports {
  publicPem(id: MasterKeyId): Promise<Result<string>>
  /**
   * Returns the private half as encrypted PKCS#8 PEM or as PKCS#12, which was read back and
   * compared. Errors  also 'weak-passphrase'.
   */
  backup(
    id: MasterKeyId,
    passphrase: string,
    format?: 'pkcs8' | 'pkcs12',
  ): Promise<Result<string | Uint8Array>>
  /** Returns the private half as the encrypted key of a recovery sheet. Errors  as `backup`. */
  sheetPayload(id: MasterKeyId, passphrase: string): Promise<Result<Uint8Array>>
}

/** Makes the exports of the keys in a book. `find`: looks a key up as it is now. */
export function keyExports(
  book: KeyBook,
  find: (id: MasterKeyId) => Promise<Result<KeyEntry>>,
): KeyExports {
  /** Writes the private half of a key under a passphrase. */
  const encrypted = <T>(
    id: MasterKeyId,
    passphrase: string,
    write: (key: KeyObject, passphrase: string) => Promise<T>,
  ): Promise<Result<T>> =>
    attemptedResult(async () => {
      const entry = await find(id)
      if (!entry.ok) return entry
      const own = halved(entry.value.record)
      if (!own.ok) return own
      const key = await book.openPrivate(own.value)
      if (!key.ok) return key
      const strong = strongEnough(passphrase)
      return strong.ok ? ok(await write(key.value, passphrase)) : strong
    })
  return {
    publicPem: (id) =>
      attemptedResult(async () => {
        const entry = await find(id)
        if (!entry.ok) return entry
        const { publicKey, record } = entry.value
        const own = halved(record)
        if (!own.ok || publicKey === null)
          return own.ok ? fail({ code: 'secret-lost', name: record.name }) : own
        return ok(publicKey.export({ type: 'spki', format: 'pem' }).toString())
      }),
    backup: (id, passphrase, format = 'pkcs8') =>
      encrypted<string | Uint8Array>(id, passphrase, format === 'pkcs8' ? backupPem : backupPkcs12),
    sheetPayload: (id, passphrase) => encrypted(id, passphrase, sheetPayload),
  }
}

/** Returns the record of an RSA key, whose halves can be saved to a file. */
function halved(record: KeyRecord): Result<RsaRecord> {
  const { name } = record
  if (record.kind === 'rsa') return ok(record)
  return record.kind === 'damaged'
    ? fail({ code: 'secret-lost', name })
    : fail({ code: 'key-not-usable', name, reason: 'not-here' })
}
