import { basename, dirname, extname, resolve } from 'node:path'
import { valueOf } from '../../../shared/contract/errors.ts'
import {
  chosenLanguage,
  languageOf,
  terminalLanguages,
} from '../../../shared/contract/languages.ts'
import type { In, Out } from '../../../shared/contract/routes/routes.ts'
import type { CommonOptions, Context } from '../context.ts'
import { Usage } from '../exit-codes.ts'
import { catalogKey } from '../key-files.ts'
import { kindOf, sheetsOf } from '../key-lines.ts'
import { withNewFile } from '../new-file.ts'
import { askSecret, openedWith } from '../passphrases.ts'
import { unlockSecrets, withSecrets } from '../secrets.ts'
import type { NewKeyOptions } from './key-commands.ts'

export interface EscrowOptions extends CommonOptions {
  readonly out: string
  readonly passphraseOut?: string
  readonly shares?: number
  readonly threshold?: number
}

export interface UnescrowOptions extends NewKeyOptions {
  readonly share?: readonly string[]
  readonly import?: boolean
}

const FORMS: Readonly<Record<string, In<'keys.escrow'>['form']>> = {
  '.html': 'html',
  '.pdf': 'pdf',
  '.png': 'png',
}

/**
 * Writes a recovery sheet, or the sheets of a set of shares. The passphrase goes to the terminal
 * once, or into a new file, and never to stdout: a script stores that.
 */
export async function escrowKey(
  context: Context,
  name: string,
  options: EscrowOptions,
): Promise<number> {
  const form = FORMS[extname(options.out).toLowerCase()]
  if (form === undefined) throw new Usage('--out must end in .html, .pdf or .png.')
  const shares = sharesOf(options)
  const { passphraseOut: file } = options
  if (shares !== null && file !== undefined)
    throw new Usage('Sheets of shares have no passphrase. Leave out --passphrase-out.')
  if (shares === null && file === undefined && process.stderr.isTTY !== true)
    throw new Usage(
      'No terminal here can show the passphrase of the sheet. Name a new file for it with --passphrase-out.',
    )
  const key = await catalogKey(context, name)
  await unlockSecrets(context, 'read')
  const out = resolve(options.out)
  const target = valueOf(await context.grants.forWriting(dirname(out)))
  // The list of words is loaded for this command alone.
  const { newPassphrase } = await import('../../core/escrow/passphrase-words.ts')
  const passphrase = shares === null ? newPassphrase() : null
  const write = async () =>
    context.call('keys.escrow', {
      id: key.id,
      passphrase,
      shares,
      form,
      language: await languageFor(context),
      target: target.id,
      fileName: basename(out),
      existing: options.force === true ? 'replace' : 'fail',
    })
  const sheet =
    file === undefined || passphrase === null
      ? await write()
      : await withNewFile(file, `${passphrase}\n`, write)
  report(context, key.name, sheet, file ?? null)
  if (file === undefined && passphrase !== null)
    context.output.remark(
      `Passphrase of the sheet, shown only now: ${passphrase}\nWrite it down, and keep it apart from the sheet.`,
    )
  context.output.remark(
    'Print it, then read it back with `keys unescrow`: only then the key counts as escrowed.',
  )
  return 0
}

function sharesOf({ shares, threshold }: EscrowOptions): In<'keys.escrow'>['shares'] {
  if (shares === undefined && threshold === undefined) return null
  if (shares === undefined || threshold === undefined)
    throw new Usage('--shares and --threshold belong together.')
  if (threshold > shares)
    throw new Usage('--threshold must not be higher than --shares: the key could never be opened.')
  return { count: shares, threshold }
}

async function languageFor({ call, environment }: Context): Promise<'en' | 'zh-CN'> {
  const { language } = await call('settings.get', {})
  return chosenLanguage(language, languageOf(terminalLanguages(environment)))
}

function report(
  { output }: Context,
  name: string,
  { savedAs, codes, checkWords }: Out<'keys.escrow'>,
  passphraseFile: string | null,
): void {
  const files = savedAs.map((path) => output.name(path)).join(', ')
  output.result(
    { name, savedAs, codes, checkWords, passphraseFile },
    `${output.name(name)} → ${files}  ${checkWords.join(' ')}`,
  )
}

/** Reads a sheet back, and restores its key with --import. */
export async function unescrowKey(
  context: Context,
  images: readonly string[],
  options: UnescrowOptions,
): Promise<number> {
  const { bridge, grants, output, signal } = context
  const paths = [...images, ...(options.share ?? [])]
  if (paths.length === 0) throw new Usage('Name the pictures of the sheet.')
  if (options.import === true && options.name === undefined)
    throw new Usage('Name the restored key with --name.')
  const pictures: string[] = []
  for (const path of paths) pictures.push(valueOf(await grants.forReading(path)).id)
  const restore =
    options.import === true
      ? {
          name: options.name ?? '',
          description: options.description ?? '',
          style: options.style ?? ('compact' as const),
          use: options.decryptOnly === true ? ('decrypt-only' as const) : ('active' as const),
        }
      : null
  const open = (passphrase: string | null) =>
    withSecrets(context, () =>
      bridge.call('keys.unescrow', { pictures, passphrase, restore }, signal),
    )
  const file = options.passphraseFile
  const first = await (file === undefined ? open(null) : openedWith(file, open))
  const isAsked =
    !first.ok &&
    file === undefined &&
    first.error.code === 'key-import' &&
    first.error.problem === 'needs-passphrase'
  const typed = isAsked ? await askSecret('Passphrase of the sheet: ') : null
  const { key, checkWords } = valueOf(typed === null ? first : await open(typed))
  output.result(
    { ...key, checkWords },
    `${output.name(key.name)}  ${kindOf(key)}  ${sheetsOf(key, Date.now())}  ${checkWords.join(' ')}`,
  )
  return 0
}
