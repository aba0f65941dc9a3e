import type { KeyObject } from 'node:crypto'
import { readKeyFile } from './key-file.ts'
import { encryptWithPassphrase } from './password-encryption.ts'

/**
 * Writes a private key as encrypted PKCS#8 PEM, which `openssl pkey` and our own import open. The
 * backup is read back and compared before it is returned. Throws when the backup does not open. The
 * caller checks that the passphrase is strong.
 */
export async function backupPem(key: KeyObject, passphrase: string): Promise<string> {
  const plain = key.export({ type: 'pkcs8', format: 'der' })
  try {
    const sealed = await encryptWithPassphrase(plain, passphrase)
    const pem = `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${sealed.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END ENCRYPTED PRIVATE KEY-----\n`
    const back = await readKeyFile(Buffer.from(pem), passphrase)
    if (!back.ok || back.value.privateKey?.equals(key) !== true)
      throw new Error('the backup does not open')
    return pem
  } finally {
    plain.fill(0)
  }
}
