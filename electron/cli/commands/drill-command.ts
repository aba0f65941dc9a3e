import { basename, dirname, extname, resolve } from 'node:path'
import { valueOf } from '../../../shared/contract/errors.ts'
import {
  chosenLanguage,
  languageOf,
  terminalLanguages,
} from '../../../shared/contract/languages.ts'
import type { DrillObject, DrillSummary } from '../../../shared/contract/models-drills.ts'
import type { In } from '../../../shared/contract/routes/routes.ts'
import { bytes } from '../../../shared/contract/sentences/sentences-words.ts'
import { bucketOf } from '../connection.ts'
import type { CommonOptions, Context } from '../context.ts'
import { EXIT, Usage } from '../exit-codes.ts'
import { masterKeys } from '../key-files.ts'
import { askSecret, openedWith } from '../passphrases.ts'

export interface DrillOptions extends CommonOptions {
  readonly sample: number
  readonly keyFrom?: readonly string[]
  readonly out?: string
  readonly list?: boolean
  readonly check?: string
  readonly key?: string
}

const FORMS: Readonly<Record<string, 'json' | 'html'>> = { '.json': 'json', '.html': 'html' }

/** Runs a drill, lists the drills of this computer, or checks the report of one. */
export async function drill(
  context: Context,
  prefix: string,
  options: DrillOptions,
): Promise<number> {
  if (options.list === true) return listDrills(context)
  if (options.check !== undefined) return checkReport(context, options.check, options.key)
  const { keyFrom: copies } = options
  if (copies === undefined)
    throw new Usage('Name the copy of the key with --key-from: pictures of a sheet, or a key file.')
  const report = await reportFor(context, options)
  const place = await bucketOf(context)
  const copy: string[] = []
  for (const path of copies) copy.push(valueOf(await context.grants.forReading(path)).id)
  const run = (passphrase: string | null) =>
    context.bridge.call(
      'drills.run',
      { ...place, prefix, sample: options.sample, copy, passphrase, report },
      context.signal,
    )
  const file = options.passphraseFile
  const first = await (file === undefined ? run(null) : openedWith(file, run))
  const isAsked =
    !first.ok &&
    file === undefined &&
    first.error.code === 'key-import' &&
    first.error.problem === 'needs-passphrase'
  const typed = isAsked ? await askSecret('Passphrase of the copy: ') : null
  const done = valueOf(typed === null ? first : await run(typed))
  for (const object of done.report.objects) tellObject(context, object)
  const { objects: _objects, ...summary } = done.report
  context.output.result(
    { summary, signature: done.signature, savedAs: done.savedAs },
    `${lineOf(context, summary)}${done.savedAs === null ? '' : ` → ${context.output.name(done.savedAs)}`}`,
  )
  const { opened, failed } = done.report
  if (opened.objects === 0)
    context.output.remark('No object was opened, so this drill proves nothing.')
  return failed.objects > 0 || opened.objects === 0 ? EXIT.damaged : EXIT.done
}

async function reportFor(
  { grants, call, environment }: Context,
  { out, force }: DrillOptions,
): Promise<In<'drills.run'>['report']> {
  if (out === undefined) return null
  const form = FORMS[extname(out).toLowerCase()]
  if (form === undefined) throw new Usage('--out must end in .json or .html.')
  const path = resolve(out)
  const target = valueOf(await grants.forWriting(dirname(path))).id
  const { language } = await call('settings.get', {})
  return {
    target,
    fileName: basename(path),
    form,
    language: chosenLanguage(language, languageOf(terminalLanguages(environment))),
    existing: force === true ? 'replace' : 'fail',
  }
}

function tellObject({ output }: Context, object: DrillObject): void {
  const { key, size, ms, state, seal, checksum, error } = object
  if (error !== null) {
    output.failure(error, { ...object })
    return
  }
  const proofs = [
    seal === 'intact' ? 'intact' : '',
    checksum === 'matches' ? 'checksum matches' : '',
  ]
  const words = state === 'plain' ? ['not encrypted'] : proofs.filter((proof) => proof !== '')
  output.result(
    object,
    `${state.padEnd(6)}  ${output.name(key)}  (${[bytes(size), `${ms} ms`, ...words].join(', ')})`,
  )
}

function lineOf({ output }: Context, drilled: DrillSummary): string {
  const { made, bucket, prefix, key, listed, opened, failed, plain, ms } = drilled
  const name = key.name === '' ? key.fingerprint.slice(0, 16) : key.name
  const drawn = opened.objects + failed.objects + plain.objects
  return [
    `${made.slice(0, 16).replace('T', ' ')}  ${output.name(`${bucket}/${prefix}`)}`,
    `${output.name(name)} from a ${key.source === 'file' ? 'key file' : key.source}`,
    `${opened.objects} of ${drawn} opened, ${failed.objects} failed, ${plain.objects} not encrypted`,
    `drawn from ${listed.objects}, ${bytes(opened.bytes)} in ${(ms / 1000).toFixed(1)} s`,
  ].join('  ')
}

async function listDrills(context: Context): Promise<number> {
  const drills = await context.call('drills.list', {})
  context.output.table(
    drills,
    drills.map((one) => [lineOf(context, one)]),
  )
  return EXIT.done
}

async function checkReport(
  context: Context,
  path: string,
  named: string | undefined,
): Promise<number> {
  if (named === undefined) throw new Usage('Name the drilled key with --key.')
  const { id: report } = valueOf(await context.grants.forReading(path))
  const [key] = await masterKeys(context, [named], '')
  if (key === undefined) throw new Usage('Name the drilled key with --key.')
  const { objects: _objects, ...summary } = await context.call('drills.check', {
    report,
    keyId: key.id,
  })
  context.output.result(
    { signed: true, summary },
    `signed by ${context.output.name(key.name)}: ${lineOf(context, summary)}`,
  )
  return EXIT.done
}
