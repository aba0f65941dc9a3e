import { basename, dirname, resolve } from 'node:path'
import { valueOf } from '../../../shared/contract/errors.ts'
import type { DescriptionStyle } from '../../../shared/contract/models.ts'
import type { CommonOptions, Context } from '../context.ts'
import { Usage } from '../exit-codes.ts'
import { catalogKey, withKeyFile } from '../key-files.ts'
import { keyIdentityOf, kindOf, keyStateOf, readBackOf, toldKey } from '../key-lines.ts'
import { askLine, askNewSecret, passphraseIn } from '../passphrases.ts'
import { unlockFor, unlockSecrets, withSecrets } from '../secrets.ts'

export interface NewKeyOptions extends CommonOptions {
  readonly name?: string
  readonly bits?: number
  readonly description?: string
  readonly style?: DescriptionStyle
  readonly decryptOnly?: boolean
}

export interface ExportOptions extends CommonOptions {
  readonly out: string
  readonly private?: boolean
}

export interface RemoveKeyOptions extends CommonOptions {
  readonly confirm?: string
  readonly successor?: string
}

export async function listKeys({ call, output }: Context): Promise<number> {
  const keys = await call('keys.list', {})
  const hasSheets = keys.some(({ escrowed }) => escrowed !== null)
  output.table(
    keys,
    keys.map((key) => [
      output.name(key.name),
      kindOf(key),
      keyStateOf(key),
      output.name(key.kind === 'rsa' ? key.fingerprint.slice(0, 16) : keyIdentityOf(key)),
      output.name(key.description),
      ...(hasSheets ? [readBackOf(key)] : []),
    ]),
  )
  return 0
}

export async function generateKey(
  context: Context,
  name: string,
  options: NewKeyOptions,
): Promise<number> {
  const bits = options.bits ?? 3072
  if (bits !== 2048 && bits !== 3072 && bits !== 4096)
    throw new Usage('--bits must be 2048, 3072 or 4096.')
  await unlockSecrets(context, 'write')
  const key = await context.call('keys.generate', {
    name,
    bits,
    description: options.description ?? '',
    style: options.style ?? 'compact',
  })
  return toldKey(context, key)
}

/** Imports a key file. A public half has no secret, and needs no passphrase file. */
export async function importKey(
  context: Context,
  file: string,
  options: NewKeyOptions,
): Promise<number> {
  const fields = {
    name: options.name ?? nameFor(file),
    description: options.description ?? '',
    style: options.style ?? 'compact',
    use: options.decryptOnly === true ? ('decrypt-only' as const) : ('active' as const),
  }
  return toldKey(
    context,
    await withKeyFile(context, file, (grant, passphrase) =>
      withSecrets(context, () =>
        context.bridge.call('keys.import', { grant, passphrase, ...fields }, context.signal),
      ),
    ),
  )
}

/** oss2 names its files `.private_key.pem`: the first dot is no extension. */
const nameFor = (file: string): string =>
  basename(file)
    .replace(/^\.+/, '')
    .replace(/\.[a-z0-9]+$/i, '')

/**
 * Exports the public half of a key. With --private, exports the whole key under a passphrase, as a
 * PEM that OpenSSL opens.
 */
export async function exportKey(
  context: Context,
  name: string,
  options: ExportOptions,
): Promise<number> {
  const key = await catalogKey(context, name)
  const out = resolve(options.out)
  const target = valueOf(await context.grants.forWriting(dirname(out)))
  const file = {
    id: key.id,
    target: target.id,
    fileName: basename(out),
    existing: options.force === true ? ('replace' as const) : ('fail' as const),
  }
  const { savedAs } =
    options.private === true
      ? await context.call('keys.backup', { ...file, passphrase: await backupPassphrase(context) })
      : await context.call('keys.exportPublic', file)
  context.output.result(
    { name: key.name, savedAs, private: options.private === true },
    `${context.output.name(key.name)} → ${context.output.name(savedAs)}`,
  )
  return 0
}

async function backupPassphrase(context: Context): Promise<string> {
  await unlockSecrets(context, 'read')
  const file = context.options.passphraseFile
  const chosen =
    file === undefined
      ? await askNewSecret('Passphrase for the exported key: ')
      : await passphraseIn(file)
  if (chosen === null)
    throw new Usage('A private key is exported only with a passphrase. Use --passphrase-file.')
  return chosen
}

export async function removeKey(
  context: Context,
  name: string,
  options: RemoveKeyOptions,
): Promise<number> {
  const key = await catalogKey(context, name)
  const successor =
    options.successor === undefined ? null : await catalogKey(context, options.successor)
  const confirmName =
    options.confirm ??
    (await askLine(
      `Objects encrypted with ${name} become unreadable without a backup. Enter its name to remove it: `,
    ))
  if (confirmName === null) throw new Usage('Repeat the name with --confirm to remove the key.')
  for (const one of [key, successor ?? []].flat()) await unlockFor(context, one)
  await context.call('keys.remove', { id: key.id, confirmName, successorId: successor?.id ?? null })
  context.output.result({ removed: key.name }, `${context.output.name(key.name)} removed`)
  return 0
}
