import { basename, dirname, extname, resolve } from 'node:path'
import { InvalidArgumentError } from 'commander'
import { valueOf } from '../../../shared/contract/errors.ts'
import type { HandoffReport } from '../../../shared/contract/models-handoff.ts'
import type { In } from '../../../shared/contract/routes/routes.ts'
import { bytes } from '../../../shared/contract/sentences/sentences-words.ts'
import { bucketOf } from '../connection.ts'
import type { CommonOptions, Context } from '../context.ts'
import { Usage } from '../exit-codes.ts'
import { masterKeys } from '../key-files.ts'
import { sessionKms } from '../kms.ts'
import { withNewFile } from '../new-file.ts'

export interface HandoffOptions extends CommonOptions {
  readonly key: readonly string[]
  readonly to: string
  /** Seconds. */
  readonly expires: number
  readonly out: string
  readonly passphraseOut?: string
}

const UNITS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 }
const MOST_SECONDS = 7 * 86_400

/** Reads a life such as '7d', '12h' or '30m', in seconds. */
export function lifeOf(text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? []
  const seconds = Number(count) * (UNITS[unit] ?? Number.NaN)
  if (!(seconds >= 60 && seconds <= MOST_SECONDS))
    throw new InvalidArgumentError('It must be such as 30m, 12h or 7d, and at most 7d.')
  return seconds
}

/**
 * Writes a page that opens one object for one person. A passphrase goes to the terminal once, or
 * into a new file, and never to stdout or into the page.
 */
export async function handOff(
  context: Context,
  key: string,
  options: HandoffOptions,
): Promise<number> {
  if (extname(options.out).toLowerCase() !== '.html') throw new Usage('--out must end in .html.')
  if (options.to.startsWith('age1'))
    throw new Usage(
      'Keys of age are not supported yet. Name a file with an RSA public key, or use `--to passphrase`.',
    )
  const { passphraseOut } = options
  const isWords = options.to === 'passphrase'
  if (!isWords && passphraseOut !== undefined)
    throw new Usage('A page for a key has no passphrase. Leave out --passphrase-out.')
  if (isWords && passphraseOut === undefined && process.stderr.isTTY !== true)
    throw new Usage(
      'No terminal here can show the passphrase of the page. Name a new file for it with --passphrase-out.',
    )
  const at = await bucketOf(context)
  const kms = await sessionKms(context)
  const named = await masterKeys(context, options.key, '')
  const keyIds = named.length === 0 ? [] : [...named, kms ?? []].flat().map(({ id }) => id)
  const out = resolve(options.out)
  const target = valueOf(await context.grants.forWriting(dirname(out)))
  const make = (to: In<'handoff.make'>['to']): Promise<HandoffReport> =>
    context.call('handoff.make', {
      ...at,
      key,
      to,
      keyIds,
      seconds: options.expires,
      target: target.id,
      fileName: basename(out),
      existing: options.force === true ? 'replace' : 'fail',
    })
  if (!isWords) {
    const file = valueOf(await context.grants.forReading(options.to)).id
    report(context, key, await make({ kind: 'rsa', file }))
    return 0
  }
  // The list of words is loaded for this command alone.
  const { newPassphrase } = await import('../../core/escrow/passphrase-words.ts')
  const passphrase = newPassphrase()
  const written = (): Promise<HandoffReport> => make({ kind: 'words', passphrase })
  report(
    context,
    key,
    passphraseOut === undefined
      ? await written()
      : await withNewFile(passphraseOut, `${passphrase}\n`, written),
  )
  if (passphraseOut === undefined)
    context.output.remark(
      `Passphrase of the page, shown only now: ${passphrase}\nTell it in another way than you send the page.`,
    )
  return 0
}

function report({ output }: Context, key: string, made: HandoffReport): void {
  const { savedAs, sha256, expires, size, fingerprint, hasToken } = made
  output.result(
    made,
    [
      `${output.name(key)} → ${output.name(savedAs)}  ${bytes(size)}, until ${expires}`,
      `SHA-256 of the page: ${sha256}`,
      ...(fingerprint === null ? [] : [`Key of the receiver: ${fingerprint}`]),
    ].join('\n'),
  )
  output.remark(
    'The receiver can open this version of the file for ever, also from a copy of its ciphertext. This cannot be taken back.',
  )
  if (hasToken)
    output.remark('The account has a temporary token. The link ends with it at the latest.')
}
