import { basename, dirname, resolve } from 'node:path'
import { valueOf } from '../../../shared/contract/errors.ts'
import type { KeyLedger } from '../../../shared/contract/models-audit.ts'
import type { DescriptionStyle, MasterKey } from '../../../shared/contract/models.ts'
import { sheetStateOf } from '../../../shared/contract/sheet-state.ts'
import { bytes } from '../../../shared/contract/sentences/sentences-words.ts'
import type { CommonOptions, Context } from '../context.ts'
import { Usage } from '../exit-codes.ts'
import { catalogKey, withKeyFile } from '../key-files.ts'
import { keyIdentityOf, kindOf, keyStateOf, sheetsOf, toldKey } from '../key-lines.ts'
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
  readonly format?: 'pkcs8' | 'pkcs12'
}

export interface RemoveKeyOptions extends CommonOptions {
  readonly confirm?: string
  readonly objects?: number
  readonly successor?: string
}

export async function listKeys({ call, output }: Context): Promise<number> {
  const keys = await call('keys.list', {})
  const now = Date.now()
  const hasSheets = keys.some((key) => sheetStateOf(key, now) !== null)
  output.table(
    keys.map((key) => ({ ...key, sheetState: sheetStateOf(key, now) })),
    keys.map((key) => [
      output.name(key.name),
      kindOf(key),
      keyStateOf(key),
      output.name(key.kind === 'rsa' ? key.fingerprint.slice(0, 16) : keyIdentityOf(key)),
      output.name(key.description),
      ...(hasSheets ? [sheetsOf(key, now)] : []),
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
 * Exports the public half of a key. With --private, exports the whole key under a passphrase, as
 * PKCS#8 PEM or as PKCS#12. OpenSSL opens both.
 */
export async function exportKey(
  context: Context,
  name: string,
  options: ExportOptions,
): Promise<number> {
  if (options.format !== undefined && options.private !== true)
    throw new Usage('--format is for a private key. Add --private.')
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
      ? await context.call('keys.backup', {
          ...file,
          format: options.format ?? 'pkcs8',
          passphrase: await backupPassphrase(context),
        })
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
  const confirmObjects = options.objects ?? (await askObjects(context, key))
  await context.call('keys.remove', {
    id: key.id,
    confirmName,
    successorId: successor?.id ?? null,
    ...(confirmObjects !== null && { confirmObjects }),
  })
  context.output.result({ removed: key.name }, `${context.output.name(key.name)} removed`)
  return 0
}

/** Asks for the number of objects that a key opens. Null: the key opens none, or nobody answers. */
async function askObjects({ call, output }: Context, { id }: MasterKey): Promise<number | null> {
  const [ledger] = await call('keys.ledger', { id })
  if (ledger === undefined || ledger.objects === 0) return null
  const typed = await askLine(
    `${output.name(ledger.keyName)} opens ${ledger.objects} objects, ${bytes(ledger.bytes)}. Enter the number to remove it: `,
  )
  return typed !== null && /^\d+$/.test(typed) ? Number(typed) : null
}

/** Prints the objects that each key opens. `name`: null for all keys. */
export async function ledger(context: Context, name: string | undefined): Promise<number> {
  const { call, output } = context
  await unlockSecrets(context, 'read')
  const id = name === undefined ? null : (await catalogKey(context, name)).id
  const ledgers = await call('keys.ledger', { id })
  const rows = ledgers.flatMap((one) =>
    [{ bucket: '', isWhole: one.uncounted.length === 0, ...sumsOf(one) }, ...one.buckets].map(
      ({ bucket, objects, bytes: size, asOf, isWhole }) => [
        bytes(size),
        isWhole ? String(objects) : `${objects} or more`,
        output.name(bucket === '' ? one.keyName : `  ${bucket}`),
        asOf ?? 'never listed',
      ],
    ),
  )
  output.table(ledgers, rows)
  const uncounted = [...new Set(ledgers.flatMap((one) => one.uncounted))]
  if (uncounted.length > 0)
    output.remark(
      `Not counted, or not all of it: ${uncounted.map((bucket) => output.name(bucket)).join(', ')}. "audit" with --profile counts a bucket.`,
    )
  return 0
}

const sumsOf = ({ objects, bytes: size, asOf }: KeyLedger) => ({ objects, bytes: size, asOf })
