import { valueOf } from '../../../shared/contract/errors.ts'
import type { DescriptionStyle, MasterKey, WriteFormat } from '../../../shared/contract/models.ts'
import type { CommonOptions, Context } from '../context.ts'
import { Usage } from '../exit-codes.ts'
import { catalogKey } from '../key-files.ts'
import { toldKey } from '../key-lines.ts'
import { kmsBinding, kmsPlace } from '../kms.ts'
import { unlockFor, unlockSecrets } from '../secrets.ts'

/** Master keys that are in KMS, or are programs of the user's own. */

interface RemoteKeyOptions extends CommonOptions {
  readonly description?: string
  readonly style?: DescriptionStyle
}

export interface AddKmsOptions extends RemoteKeyOptions {
  readonly cmk: string
  readonly format?: WriteFormat
}

export interface AddCommandOptions extends RemoteKeyOptions {
  readonly program: string
  readonly arg: readonly string[]
  readonly wrapAlgorithm: string
  readonly timeout: number
}

/**
 * Credentials from the environment become the key's own; with --profile, and none of KMS in the
 * environment, the profile's are used.
 */
export async function addKms(
  context: Context,
  name: string,
  options: AddKmsOptions,
): Promise<number> {
  await unlockSecrets(context, 'write')
  const { cmk: cmkId, description = '', style = 'compact', format: writes = 'v2' } = options
  return toldKey(
    context,
    await context.call('keys.addKms', {
      name,
      description,
      style,
      cmkId,
      writes,
      ...(await kmsPlace(context, cmkId)),
      ...(await kmsBinding(context)),
    }),
  )
}

export async function addCommand(
  context: Context,
  name: string,
  options: AddCommandOptions,
): Promise<number> {
  const {
    description = '',
    style = 'compact',
    arg: args,
    wrapAlgorithm,
    timeout: timeoutSeconds,
  } = options
  const program = valueOf(await context.grants.forReading(options.program))
  if (program.kind === 'folder') throw new Usage(`${options.program} is a folder.`)
  return toldKey(
    context,
    await context.call('keys.addCommand', {
      name,
      description,
      style,
      program: program.id,
      args: [...args],
      wrapAlgorithm,
      timeoutSeconds,
    }),
  )
}

/** The keys that KMS lists, to choose one from. */
export async function listKms(context: Context): Promise<number> {
  const keys = await context.call('keys.listKms', await kmsPlace(context))
  context.output.table(
    keys,
    keys.map((key) => [key.id, key.aliases.join(' '), key.arn].map(context.output.name)),
  )
  return 0
}

/** Wraps and unwraps, wherever the key is. */
export async function testKey(context: Context, name: string): Promise<number> {
  const key: MasterKey = await catalogKey(context, name)
  await unlockFor(context, key, 'read')
  const { proven } = await context.call('keys.prove', { id: key.id })
  context.output.result(
    { name: key.name, proven },
    `${context.output.name(key.name)} wraps and unwraps`,
  )
  return 0
}
