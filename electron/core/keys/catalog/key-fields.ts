import { fail, ok, type Result } from '../../../../shared/contract/errors.ts'
import type {
  CommandKeyFacts,
  DescriptionStyle,
  KmsKeyFacts,
  MasterKey,
  MasterKeyId,
} from '../../../../shared/contract/models.ts'
import {
  checkDescription,
  sameDescription,
  writeDescription,
} from '../../../../shared/format/key-description.ts'
import type { CatalogKey } from './catalog-key.ts'
import type { KeyEntry, KeyBook } from './key-book.ts'
import type { CommandRecord, KmsRecord } from './key-record.ts'
import { bitsOf } from '../public-key.ts'

/**
 * Returns the trimmed name unless another key has it. Capital letters make no difference, because
 * the command line takes names too.
 * Errors  'bad-request' for an empty name, 'name-taken'.
 */
export function freeName(
  entries: readonly KeyEntry[],
  name: string,
  exceptId: MasterKeyId | null,
): Result<string> {
  const wanted = name.trim().normalize('NFC')
  if (wanted === '') return fail({ code: 'bad-request', detail: 'name' })
  const taken = entries.some(
    ({ record }) => record.id !== exceptId && sameName(record.name, wanted),
  )
  return taken ? fail({ code: 'name-taken', name: wanted }) : ok(wanted)
}

/** Returns the name, or the first free one of `name (2)`, `name (3)` and so on. */
export function nextFreeName(entries: readonly KeyEntry[], name: string): string {
  const base = name.trim().normalize('NFC') || 'key'
  for (let n = 1; ; n++) {
    const candidate = n === 1 ? base : `${base} (${n})`
    if (!entries.some(({ record }) => sameName(record.name, candidate))) return candidate
  }
}

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/**
 * Returns the text that would be written for a typed description. Errors  'key-description', and
 * 'used-by' when another key has the same description.
 */
export function fittingDescription(
  entries: readonly KeyEntry[],
  typed: string,
  style: DescriptionStyle,
  exceptId: MasterKeyId | null,
): Result<string> {
  const pairs = checkDescription(typed)
  if (!pairs.ok) return pairs
  const written = writeDescription(pairs.value, style)
  const other = entries.find(
    ({ record }) =>
      record.id !== exceptId && written !== '' && sameDescription(record.description, written),
  )
  return other === undefined
    ? ok(written)
    : fail({ code: 'key-description', problem: 'used-by', detail: other.record.name })
}

export async function describedKey(book: KeyBook, entry: KeyEntry): Promise<CatalogKey> {
  const { record, publicKey } = entry
  const {
    id,
    name,
    state,
    description,
    style,
    writes,
    created,
    origin,
    backedUp,
    escrowed,
    sheets,
    proven,
    weakAllowed,
  } = record
  return {
    id,
    name,
    kind: record.kind === 'damaged' ? 'rsa' : record.kind,
    kms: record.kind === 'kms' ? kmsFacts(record) : null,
    command: record.kind === 'command' ? commandFacts(record) : null,
    writes,
    bits: publicKey === null ? 0 : bitsOf(publicKey),
    hasPrivate: record.kind !== 'rsa' || record.half !== null,
    state,
    description,
    style,
    fingerprint: record.kind === 'rsa' ? record.fingerprint : '',
    created,
    origin,
    backedUp,
    escrowed,
    sheets,
    proven,
    weakAllowed,
    unavailable: await unavailable(book, entry),
  }
}

function kmsFacts({
  cmkId,
  arn,
  region,
  endpoint,
  profileId,
  accessKeyId,
  context,
  hasPassphrase,
}: KmsRecord): KmsKeyFacts {
  return { cmkId, arn, region, endpoint, profileId, accessKeyId, context, hasPassphrase }
}

function commandFacts({
  program,
  args,
  wrapAlgorithm,
  timeoutSeconds,
}: CommandRecord): CommandKeyFacts {
  return { program, args, wrapAlgorithm, timeoutSeconds }
}

async function unavailable(book: KeyBook, entry: KeyEntry): Promise<MasterKey['unavailable']> {
  const looked = await book.look(entry)
  if (looked.ok) return null
  switch (looked.error.code) {
    case 'keychain-locked':
    case 'keychain-missing':
    case 'passphrase-needed':
      return looked.error.code
    default:
      return 'secret-lost'
  }
}
