import { existsSync, mkdirSync, statSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { Failure, valueOf } from '../../shared/contract/errors.ts'
import type { UploadPlan } from '../../shared/contract/models-transfers.ts'
import { placeOf, type Place } from './connection.ts'
import type { CommonOptions, Context } from './context.ts'
import { Usage } from './exit-codes.ts'
import { follow, report } from './follow.ts'
import { masterKeys } from './key-files.ts'
import { unlockSecrets } from './secrets.ts'

export interface PutOptions extends CommonOptions {
  readonly to?: string
  readonly key?: string
  readonly description?: string
  readonly partSize?: number
  readonly parallel?: number
  readonly allowWeak?: boolean
}

export interface GetOptions extends CommonOptions {
  readonly out?: string
  readonly range?: string
  readonly raw?: boolean
  readonly key: readonly string[]
}

export interface DecryptOptions extends CommonOptions {
  readonly envelope: string
  readonly key: readonly string[]
  readonly out?: string
}

export async function put(context: Context, files: readonly string[], options: PutOptions): Promise<number> {
  const to = options.to ?? ''
  const isPrefix = to === '' || to.endsWith('/')
  if (!isPrefix && files.length !== 1) throw new Usage('Several files need a --to that ends in /.')
  const grants = []
  for (const file of files) grants.push(valueOf(await context.grants.forReading(file)))
  if (!isPrefix && grants[0]?.kind === 'folder') throw new Usage('A folder needs a --to that ends in /.')

  const place = await placeOf(context)
  // Without --key the default key is used, which is one of the catalog.
  if (options.key === undefined) await unlockSecrets(context, 'read')
  const [key] = await masterKeys(context, options.key === undefined ? [] : [options.key], options.description ?? '')
  const plan = await counted(context, await context.call('uploads.plan', { ...place, prefix: isPrefix ? to : '', grants: grants.map((grant) => grant.id) }))
  for (const { path, reason } of plan.leftOut) context.output.remark(`Left out: ${context.output.name(path)} (${reason})`)
  const ids = await context.call('uploads.start', {
    planId: plan.id, keyId: key?.id ?? null, existing: options.force === true ? 'replace' : 'ask', decisions: {}, allowWeak: options.allowWeak === true,
    partSize: options.partSize ?? null, parallel: options.parallel ?? null, toKey: isPrefix ? null : to,
  })
  return report(context, await follow(context, ids))
}

/** The plan, once everything is counted. */
async function counted({ bridge, signal }: Context, started: UploadPlan): Promise<UploadPlan> {
  const plan = started.phase !== 'counting' ? started : await new Promise<UploadPlan>((resolve, reject) => {
    bridge.on('plan.changed', (changed) => {
      if (changed.id === started.id && changed.phase !== 'counting') resolve(changed)
    })
    signal.addEventListener('abort', () => reject(new Failure({ code: 'cancelled' })), { once: true })
  })
  if (plan.error !== null) throw new Failure(plan.error)
  return plan
}

export async function get(context: Context, key: string, options: GetOptions): Promise<number> {
  const range = options.range === undefined ? null : parseRange(options.range)
  const { folder, fileName } = targetOf(options.out, key.endsWith('/'))
  const target = valueOf(await context.grants.forWriting(folder))
  const place = await placeOf(context)
  const keys = await masterKeys(context, options.key, '')
  if (keys.length === 0 && options.raw !== true) await openCatalogFor(context, place, key)
  const ids = await context.call('downloads.start', {
    ...place, keys: [key], target: target.id, fileName, existing: options.force === true ? 'replace' : 'fail', raw: options.raw === true,
    keyIds: keys.map((one) => one.id), range: range === null ? null : await rangeWithin(context, place, key, range),
  })
  return report(context, await follow(context, ids))
}

export async function decrypt(context: Context, blob: string, options: DecryptOptions): Promise<number> {
  if (options.key.length === 0) throw new Usage('Name the master key with --key.')
  const source = valueOf(await context.grants.forReading(blob))
  if (source.kind === 'folder') throw new Usage(`${blob} is a folder.`)
  const envelope = valueOf(await context.grants.forReading(options.envelope))
  const { folder, fileName } = targetOf(options.out ?? `${dirname(blob)}/`, false)
  const target = valueOf(await context.grants.forWriting(folder))
  const keys = await masterKeys(context, options.key, '')
  const existing = options.force === true && options.out !== undefined ? 'replace' : options.out === undefined ? 'rename' : 'fail'
  const id = await context.call('offline.start', {
    blob: source.id, envelope: envelope.id, envelopeText: null, keyIds: keys.map((one) => one.id), target: target.id, fileName, existing,
  })
  return report(context, await follow(context, [id]))
}

/** The catalog's keys may be asked for a passphrase; only an object that one of them is to open is worth that question. */
async function openCatalogFor(context: Context, place: Place, key: string): Promise<void> {
  if (key.endsWith('/') || (await context.call('objects.facts', { ...place, key })).encryption.state === 'sealed') await unlockSecrets(context, 'read')
}

/** --out as folder and name: an existing folder, or one that is named with a slash, keeps the object's own name. */
function targetOf(out: string | undefined, wholeFolder: boolean): { readonly folder: string; readonly fileName: string | null } {
  if (out === undefined) return { folder: '.', fileName: null }
  const isFolder = wholeFolder || /[\\/]$/.test(out) || (existsSync(out) && statSync(out).isDirectory())
  if (isFolder) makeFolder(out)
  return isFolder ? { folder: out, fileName: null } : { folder: dirname(resolve(out)), fileName: basename(out) }
}

/** A folder that is named as one is made. Why it could not be is said when its grant is asked for. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true })
  } catch {}
}

/** `A-B` and `A-` as HTTP counts, both ends included; `-N`, the last N bytes, as a number. */
export function parseRange(text: string): { readonly offset: number; readonly length: number | null } | number {
  const match = /^(\d{0,15})-(\d{0,15})$/.exec(text)
  const [first, last] = [match?.[1] ?? '', match?.[2] ?? '']
  if (match === null || (first === '' && last === '')) throw new Usage('A range is A-B, A- or -N, in bytes from 0.')
  if (first === '') return Number(last)
  if (last === '') return { offset: Number(first), length: null }
  if (Number(last) < Number(first)) throw new Usage('The range ends before it begins.')
  return { offset: Number(first), length: Number(last) - Number(first) + 1 }
}

/** The range as the object's size allows: `-N` counts from its end, and none begins after it. */
async function rangeWithin({ call }: Context, place: Place, key: string, range: ReturnType<typeof parseRange>) {
  const { size } = await call('objects.facts', { ...place, key })
  if (typeof range === 'number') return { offset: Math.max(0, size - range), length: Math.min(size, range) }
  if (range.offset > 0 && range.offset >= size) throw new Usage(`The range begins after the end: ${key} has ${size} bytes.`)
  return range
}
