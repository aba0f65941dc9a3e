import { dirname } from 'node:path'
import { valueOf } from '../../../shared/contract/errors.ts'
import type { EnvelopeFacts } from '../../../shared/contract/models.ts'
import type { OfflineItem } from '../../../shared/contract/models-transfers.ts'
import type { CommonOptions, Context } from '../context.ts'
import { Usage } from '../exit-codes.ts'
import { followTransfers, report } from '../follow.ts'
import { masterKeys } from '../key-files.ts'
import { asksKms, sessionKmsToOpen } from '../kms.ts'
import { outTargetOf } from '../out-target.ts'

export interface DecryptOptions extends CommonOptions {
  readonly envelope?: string
  readonly key: readonly string[]
  readonly out?: string
  readonly repair?: boolean
}

/**
 * Decrypts a downloaded object with its envelope, or a whole message of the KMS Encryption SDK. It
 * uses no network except KMS, and KMS only for a key that lies there.
 */
export async function decrypt(
  context: Context,
  blob: string,
  options: DecryptOptions,
): Promise<number> {
  if (options.key.length === 0 && !asksKms(options))
    throw new Usage('Name the master key with --key, or KMS with --kms-region.')
  const source = valueOf(await context.grants.forReading(blob))
  if (source.kind === 'folder') throw new Usage(`${blob} is a folder.`)
  const envelope =
    options.envelope === undefined
      ? null
      : valueOf(await context.grants.forReading(options.envelope)).id
  const { folder, fileName } = outTargetOf(options.out ?? `${dirname(blob)}/`, false)
  const target = valueOf(await context.grants.forWriting(folder))
  const keys = [
    ...(await masterKeys(context, options.key, '')),
    ...(await sessionKmsToOpen(context)),
  ]
  for (const remark of remarksOn(
    await context.call('offline.inspect', { blob: source.id, envelope, envelopeText: null }),
    options,
  ))
    context.output.remark(remark)
  const existing =
    options.force === true && options.out !== undefined
      ? 'replace'
      : options.out === undefined
        ? 'rename'
        : 'fail'
  const id = await context.call('offline.start', {
    blob: source.id,
    envelope,
    envelopeText: null,
    keyIds: keys.map((one) => one.id),
    target: target.id,
    fileName,
    existing,
    repair: options.repair === true,
  })
  return report(context, await followTransfers(context, [id]))
}

function remarksOn(
  { envelope, encryption, error }: OfflineItem,
  { repair }: DecryptOptions,
): readonly string[] {
  if (encryption === null)
    return envelope === null
      ? [
          'There is no envelope beside it, and it is not a message of the KMS Encryption SDK. Name its envelope with --envelope.',
        ]
      : []
  const facts =
    encryption.state === 'encrypted' || encryption.state === 'nokey' ? encryption.facts : null
  if (facts === null || error !== null) return []
  const resplit = facts.resplit !== null && repair !== true
  return [
    ...(isKms(facts)
      ? [
          encryption.state === 'encrypted'
            ? 'KMS is called to unwrap its data key. Nothing else leaves this computer.'
            : NEEDS_KMS,
        ]
      : []),
    ...(resplit ? [RESPLIT] : []),
  ]
}

/** Tells whether opening this object takes KMS. */
export const isKms = ({ cmks, wrapAlgorithm }: EnvelopeFacts): boolean =>
  cmks.length > 0 || /^kms\//i.test(wrapAlgorithm)
export const NEEDS_KMS =
  'Its data key is wrapped by KMS. Name the region with --kms-region, and a private endpoint with --kms-endpoint.'

/**
 * The hint for an object whose content turns to garbage after its first part. It has to be read in
 * the way in which it was written.
 */
export const RESPLIT =
  'A Java SDK may have damaged this object by splitting it differently. Decrypt it with --repair if the result is unreadable.'
