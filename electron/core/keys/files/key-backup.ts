import type { KeyObject } from 'node:crypto'
import { readKeyFile } from './key-file.ts'
import { encryptWithPassphrase } from './password-encryption.ts'
import { writePkcs12 } from './pkcs12-writer.ts'

/** Rounds of the key files that we write. Source OWASP's password storage sheet, PBKDF2. */
const BACKUP_ROUNDS = 600_000
/** Rounds of the encrypted key on a recovery sheet. Source FORMAT.md 12.1. */
const SHEET_ROUNDS = 1_000_000

/**
 * Writes a private key as encrypted PKCS#8 PEM, which `openssl pkey` and our own import open.
 * Throws when the backup does not open. The caller checks that the passphrase is strong.
 */
export async function backupPem(key: KeyObject, passphrase: string): Promise<string> {
  const sealed = await encryptedKey(key, passphrase, BACKUP_ROUNDS)
  return `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${sealed.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END ENCRYPTED PRIVATE KEY-----\n`
}

/**
 * Writes a private key as a PKCS#12 file without a certificate, which `openssl pkcs12` and our own
 * import open. As `backupPem`.
 */
export async function backupPkcs12(key: KeyObject, passphrase: string): Promise<Buffer> {
  const file = await writePkcs12(await encryptedKey(key, passphrase, BACKUP_ROUNDS), passphrase)
  await assertOpens(file, key, passphrase)
  return file
}

/** Writes a private key as the encrypted PKCS#8 of a recovery sheet, in DER. As `backupPem`. */
export const sheetPayload = (key: KeyObject, passphrase: string): Promise<Buffer> =>
  encryptedKey(key, passphrase, SHEET_ROUNDS)

/** Encrypts a private key. The result is read back and compared before it is returned. */
async function encryptedKey(key: KeyObject, passphrase: string, rounds: number): Promise<Buffer> {
  const plain = key.export({ type: 'pkcs8', format: 'der' })
  try {
    const sealed = await encryptWithPassphrase(plain, passphrase, rounds)
    await assertOpens(sealed, key, passphrase)
    return sealed
  } finally {
    plain.fill(0)
  }
}

async function assertOpens(file: Uint8Array, key: KeyObject, passphrase: string): Promise<void> {
  const back = await readKeyFile(file, passphrase)
  if (!back.ok || back.value.privateKey?.equals(key) !== true)
    throw new Error('the backup does not open')
}
