import { Failure, valueOf } from '../../../../shared/contract/errors.ts'
import type { DrillSource } from '../../../../shared/contract/models-drills.ts'
import { plainSpelling } from '../../escrow/plain-spelling.ts'
import { readKeyFile } from '../../keys/files/key-file.ts'
import type { KeyFile } from '../../keys/files/rsa-structures.ts'

/** A file of the copy. */
export interface CopyFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/** The key that the copy gives. It lives in this process alone, until the drill is over. */
export interface CopiedKey {
  readonly privateKey: NonNullable<KeyFile['privateKey']>
  readonly publicKey: KeyFile['publicKey']
  readonly source: DrillSource
}

/**
 * Opens the copy of a key: the pictures or texts of a recovery sheet, those of enough shares, or
 * one key file. Throws Failure 'recovery-sheet', 'key-import'.
 */
export async function openCopy(
  files: readonly CopyFile[],
  passphrase: string | null,
): Promise<CopiedKey> {
  const [only, ...others] = files
  if (only !== undefined && others.length === 0 && !(await isSheet(only)))
    return copied(await readKeyFile(only.bytes, passphrase), 'file')
  const { readSheetFiles } = await import('../../escrow/sheets.ts')
  const sheet = await readSheetFiles(files)
  const source = sheet.passphrase === null ? 'sheet' : 'shares'
  const first = await readKeyFile(sheet.payload, sheet.passphrase ?? passphrase)
  const plain = plainSpelling(passphrase ?? '')
  const isOther = !first.ok && sheet.passphrase === null && plain !== passphrase && plain !== ''
  return copied(isOther ? await readKeyFile(sheet.payload, plain) : first, source)
}

/** Says whether a file shows codes: a picture, a PDF, or the texts of codes. */
async function isSheet({ bytes }: CopyFile): Promise<boolean> {
  const { picturesIn } = await import('../../escrow/pictures.ts')
  const start = Buffer.from(bytes.subarray(0, 64 * 1024)).toString('latin1')
  return /\b(?:CB1|CBS1|CBK1):/i.test(start) || (await picturesIn(bytes)) !== null
}

function copied(read: Awaited<ReturnType<typeof readKeyFile>>, source: DrillSource): CopiedKey {
  const { publicKey, privateKey } = valueOf(read)
  if (privateKey === null) throw new Failure({ code: 'key-import', problem: 'not-a-key' })
  return { publicKey, privateKey, source }
}
