import { valueOf } from '../../../shared/contract/errors.ts'
import type { DescriptionStyle, MasterKey, WriteFormat } from '../../../shared/contract/models.ts'
import type { CommonOptions, Context } from '../context.ts'
import { Usage } from '../exit-codes.ts'
import { catalogKey } from '../key-files.ts'
import { toldKey } from '../key-lines.ts'
import { kmsBinding, kmsPlaceOf } from '../kms.ts'
import { unlockFor, unlockSecrets } from '../secrets.ts'

/** Commands for master keys that lie in KMS, or behind a program of the user's own. */

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
 * Adds a key in KMS. Credentials of KMS in the environment become the key's own. With --profile and
 * without these, the profile's credentials are used.
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
      ...(await kmsPlaceOf(context, cmkId)),
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

/** Lists the keys of KMS, for the user to choose from. */
export async function listKms(context: Context): Promise<number> {
  const keys = await context.call('keys.listKms', await kmsPlaceOf(context))
  context.output.table(
    keys,
    keys.map((key) => [key.id, key.aliases.join(' '), key.arn].map(context.output.name)),
  )
  return 0
}

/** Tests a key: wraps and unwraps a value, wherever the key lies. */
export async function testKey(context: Context, name: string): Promise<number> {
  const key: MasterKey = await catalogKey(context, name)
  await unlockFor(context, key)
  const { proven } = await context.call('keys.prove', { id: key.id })
  context.output.result(
    { name: key.name, proven },
    `${context.output.name(key.name)} wraps and unwraps`,
  )
  return 0
}
