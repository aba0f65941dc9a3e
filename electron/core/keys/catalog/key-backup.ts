import type { KeyObject } from 'node:crypto'
import { closeWithPassphrase } from '../files/password-encryption.ts'
import { readKeyFile } from './rsa-pem.ts'

/**
 * A private key as encrypted PKCS#8 PEM, which `openssl pkey` and our own import open. It is read
 * back and compared before it is answered; a backup that does not open is a bug and throws. The
 * caller sees to it that the passphrase is strong.
 */
export async function backupPem(key: KeyObject, passphrase: string): Promise<string> {
  const plain = key.export({ type: 'pkcs8', format: 'der' })
  try {
    const sealed = await closeWithPassphrase(plain, passphrase)
    const pem = `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${sealed.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END ENCRYPTED PRIVATE KEY-----\n`
    const back = await readKeyFile(Buffer.from(pem), passphrase)
    if (!back.ok || back.value.privateKey?.equals(key) !== true)
      throw new Error('the backup does not open')
    return pem
  } finally {
    plain.fill(0)
  }
}
