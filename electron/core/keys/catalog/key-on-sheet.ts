import { fail, ok, type Result } from '../../../../shared/contract/errors.ts'
import type { MasterKeyId } from '../../../../shared/contract/models.ts'
import { readKeyFile } from '../files/key-file.ts'
import { proves } from '../key-proof.ts'
import { fingerprintOf } from '../public-key.ts'
import { rsaMasterKey } from '../rsa-master-key.ts'
import type { KeyBook } from './key-book.ts'

/** The encrypted key that was read from a recovery sheet. */
export interface SheetKey {
  /** Encrypted PKCS#8 in DER. */
  readonly bytes: Uint8Array
  /** Null while no passphrase was given. */
  readonly passphrase: string | null
}

/**
 * Finds the key of this computer that is on a recovery sheet, and proves the sheet. Test keys are
 * wrapped with the public half of the key list, and unwrapped with the private half of the sheet
 * alone. The reader of key files has compared the numbers of the key before.
 *
 * Errors  'recovery-sheet' other-key, 'key-import' needs-passphrase, wrong-passphrase and others,
 * 'key-proof-failed'.
 */
export async function keyOnSheet(
  book: KeyBook,
  { bytes, passphrase }: SheetKey,
  signal: AbortSignal,
): Promise<Result<MasterKeyId>> {
  const read = await readKeyFile(bytes, passphrase)
  if (!read.ok) return read
  const { publicKey, privateKey } = read.value
  if (privateKey === null) return fail({ code: 'key-import', problem: 'not-a-key' })
  const fingerprint = fingerprintOf(publicKey)
  const own = book
    .all()
    .find(({ record }) => record.kind === 'rsa' && record.fingerprint === fingerprint)
  if (own === undefined || own.publicKey === null)
    return fail({ code: 'recovery-sheet', problem: 'other-key', detail: fingerprint.slice(0, 16) })
  const { id, name } = own.record
  using key = rsaMasterKey({
    id,
    name,
    description: '',
    writes: 'v2',
    publicKey: own.publicKey,
    privateKey,
  })
  const proven = await proves(key, signal)
  return proven.ok ? ok(id) : proven
}
