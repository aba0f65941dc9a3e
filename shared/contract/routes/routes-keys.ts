import { z } from 'zod'
import type { KeyLedger } from '../models-audit.ts'
import * as s from './shapes.ts'
import type { KmsListedKey } from '../models-keys.ts'
import type { KeyFileFacts, MasterKey } from '../models.ts'
import { noInput, route } from './route.ts'

/** Calls about master keys. */
export const keyRoutes = {
  'keys.list': route<readonly MasterKey[]>()(noInput),
  /** Checks whether a key description is valid, and returns the text that would be written. */
  'keys.checkDescription': route<{ readonly written: string }>()(
    z.object({ description: s.description, style: s.style, exceptId: s.id.nullable() }),
  ),
  'keys.generate': route<MasterKey>()(
    z.object({
      ...s.keyFields,
      bits: z.union([z.literal(2048), z.literal(3072), z.literal(4096)]),
    }),
  ),
  'keys.inspect': route<KeyFileFacts>()(z.object({ grant: s.id, passphrase: s.secret.nullable() })),
  'keys.import': route<MasterKey>()(
    z.object({ ...s.keyFields, grant: s.id, passphrase: s.secret.nullable(), use: s.keyUse }),
  ),
  /** Loads a key from a file for this session only. The key is not stored. */
  'keys.session': route<MasterKey>()(
    z.object({ grant: s.id, passphrase: s.secret.nullable(), description: s.description }),
  ),
  /**
   * Adds a key in KMS. The core reads the key's ARN from KMS and proves the key before it stores
   * the key.
   */
  'keys.addKms': route<MasterKey>()(
    z.object({
      ...s.keyFields,
      ...s.kmsFields,
      cmkId: z.string().min(1).max(256),
      writes: s.writeFormat,
    }),
  ),
  /**
   * Adds a key in KMS for this session only. With `cmkId` '' the key decrypts everything that this
   * region's KMS decrypts, and it encrypts noInput.
   */
  'keys.sessionKms': route<MasterKey>()(
    z.object({ ...s.kmsFields, description: s.description, style: s.style, writes: s.writeFormat }),
  ),
  /**
   * Changes where KMS is and how it is called. The CMK stays the same. `keepPassphrase`: the key's
   * own passphrase stays, which no route returns.
   */
  'keys.updateKms': route<MasterKey>()(
    z.object({
      id: s.id,
      ...s.kmsPlace,
      context: z.string().max(8192),
      passphrase: s.secret.nullable(),
      keepPassphrase: z.boolean(),
    }),
  ),
  'keys.listKms': route<readonly KmsListedKey[]>()(z.object(s.kmsPlace)),
  /**
   * Adds a key that is a program. `program`: the grant of the program file. The core proves the key
   * before it stores the key.
   */
  'keys.addCommand': route<MasterKey>()(
    z.object({
      ...s.keyFields,
      program: s.id,
      args: z.array(z.string().max(4096)).max(100),
      wrapAlgorithm: z.string().min(1).max(64),
      timeoutSeconds: z.number().int().min(1).max(300),
    }),
  ),
  'keys.update': route<MasterKey>()(
    z.object({ id: s.id, ...s.keyFields, state: s.keyUse, writes: s.writeFormat }),
  ),
  /**
   * Wraps and unwraps 32 and 16 random bytes, and compares them. The proof also works in KMS and
   * through a program.
   */
  'keys.prove': route<MasterKey>()(z.object({ id: s.id })),
  /**
   * Writes the public half to a file. Without `existing`, a file of that name stays, and the new
   * file's name gets a number.
   */
  'keys.exportPublic': route<{ readonly savedAs: string }>()(
    z.object({
      id: s.id,
      target: s.id,
      fileName: s.text.min(1),
      existing: s.existingFile.optional(),
    }),
  ),
  /** Writes the whole key to a file under a passphrase: PKCS#8 PEM without `format`. */
  'keys.backup': route<{ readonly savedAs: string }>()(
    z.object({
      id: s.id,
      passphrase: s.secret.min(1),
      format: z.enum(['pkcs8', 'pkcs12']).optional(),
      target: s.id,
      fileName: s.text.min(1),
      existing: s.existingFile.optional(),
    }),
  ),
  /**
   * Returns the objects that a master key opens, as this computer knows them; of all keys for null.
   * Sends no request.
   */
  'keys.ledger': route<readonly KeyLedger[]>()(z.object({ id: s.id.nullable() })),
  /**
   * Writes a recovery sheet, or one sheet for each share. Exactly one of `passphrase` and `shares`
   * is not null. Sheets of shares get their number in front of the ending of `fileName`. The key
   * does not count as escrowed yet.
   */
  'keys.escrow': route<{
    readonly savedAs: readonly string[]
    readonly codes: number
    readonly checkWords: readonly string[]
  }>()(
    z.object({
      id: s.id,
      passphrase: s.secret.min(1).nullable(),
      shares: z
        .object({
          count: z.number().int().min(2).max(10),
          threshold: z.number().int().min(2).max(10),
        })
        .nullable(),
      form: z.enum(['html', 'pdf', 'png']),
      language: z.enum(['en', 'zh-CN']),
      target: s.id,
      fileName: s.text.min(1),
      existing: s.existingFile,
    }),
  ),
  /**
   * Reads a recovery sheet back from pictures, and proves that it opens what the key of this
   * computer encrypts. `restore`: imports the key from the sheet first. A key that is listed here
   * keeps its name, description and use. Without a passphrase the error is 'key-import'
   * needs-passphrase, once the sheet is complete.
   */
  'keys.unescrow': route<{ readonly key: MasterKey; readonly checkWords: readonly string[] }>()(
    z.object({
      pictures: z.array(s.id).min(1).max(100),
      passphrase: s.secret.nullable(),
      restore: z.object({ ...s.keyFields, use: s.keyUse }).nullable(),
    }),
  ),
  /**
   * Removes a key. `confirmObjects`: the number of objects in its ledger. It is needed unless the
   * number is 0.
   */
  'keys.remove': route<null>()(
    z.object({
      id: s.id,
      confirmName: s.text,
      confirmObjects: s.byteCount.optional(),
      successorId: s.id.nullable(),
    }),
  ),
}
