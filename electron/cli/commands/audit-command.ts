import { basename, dirname, resolve } from 'node:path'
import { mergedSums, NO_SUMS } from '../../../shared/contract/audit-sums.ts'
import { valueOf } from '../../../shared/contract/errors.ts'
import {
  FINDING_SEVERITY,
  type AuditedObject,
  type AuditLook,
  type AuditPage,
  type AuditSums,
  type FindingName,
  type NamedSums,
  type Shard,
} from '../../../shared/contract/models-audit.ts'
import { findingSentence } from '../../../shared/contract/sentences/finding-sentences.ts'
import { bytes } from '../../../shared/contract/sentences/sentences-words.ts'
import { bucketOf } from '../connection.ts'
import type { CommonOptions, Context } from '../context.ts'
import { EXIT } from '../exit-codes.ts'
import { sessionKms } from '../kms.ts'
import { sync } from './index-commands.ts'

/** Objects of one step. */
const AT_ONCE = 1000
/** Characters of the longest bar. */
const BAR = 20

export interface AuditOptions extends CommonOptions {
  readonly csv?: string
  readonly html?: string
  readonly shard?: Shard
  readonly acl?: boolean
  /** The most HEAD requests. */
  readonly requests: number
}

/** The objects of an audit. */
interface AuditPlace {
  readonly profileId: string
  readonly bucket: string
  readonly prefix: string
  readonly shard: Shard | null
}

/**
 * Audits the objects below a prefix: lists them, looks at those that the index does not know, and
 * judges all of them. Objects that were not read end the command with another code than 0.
 */
export async function audit(
  context: Context,
  prefix: string,
  options: AuditOptions,
): Promise<number> {
  const at = await bucketOf(context)
  await sessionKms(context)
  const { asOf } = await sync(context, { ...at, prefix })
  const place = { ...at, prefix, shard: options.shard ?? null }
  const looked = await look(context, place, options.requests)
  const acl = options.acl === true
  const exported = async (form: 'csv' | 'html') =>
    options[form] === undefined ? null : exportAs(context, place, acl, form, options[form])
  const csv = await exported('csv')
  const html = await exported('html')
  const sums = csv?.sums ?? (await judge(context, place, acl))
  const saved = { savedAs: csv?.savedAs ?? null, report: html?.savedAs ?? null }
  await toldSummary(context, { prefix, asOf, ...looked, ...saved, sums })
  return unreadLeft(context, sums)
}

/**
 * Sends the HEADs, and returns their number. `limited`: more than `most` of them would have been
 * needed.
 */
async function look(
  { call, output }: Context,
  place: AuditPlace,
  most: number,
): Promise<{ readonly requests: number; readonly limited: boolean }> {
  let [requests, looked, limited] = [0, 0, false]
  for (let after: string | null = ''; after !== null && !limited;) {
    const left = most - requests
    const step: AuditLook = await call('audit.look', {
      ...place,
      after,
      count: AT_ONCE,
      requests: left,
    })
    requests += step.requests
    looked += step.objects
    after = step.after
    // A step may need fewer requests than it had counted.
    limited = step.isLimited && step.requests === left
    if (process.stderr.isTTY) process.stderr.write(`\r${looked} objects, ${requests} requests`)
  }
  if (limited) output.remark(`The limit of ${most} HEAD requests is reached.`)
  return { requests, limited }
}

/** Prints the objects with findings, and returns the sums of all objects. */
async function judge(context: Context, place: AuditPlace, acl: boolean): Promise<AuditSums> {
  const { call, output } = context
  let sums = NO_SUMS
  for (let after: string | null = ''; after !== null;) {
    const page: AuditPage = await call('audit.page', { ...place, acl, after, count: AT_ONCE })
    sums = mergedSums(sums, page.sums)
    for (const object of page.objects) output.note(recordOf(context, object), null)
    after = page.after
  }
  return sums
}

const recordOf = ({ output }: Context, object: AuditedObject) => ({
  ...object,
  findings: object.findings.map((finding) => ({
    ...finding,
    severity: FINDING_SEVERITY[finding.name],
    sentence: findingSentence(finding, output.language),
  })),
})

async function exportAs(
  { call, grants, options, output }: Context,
  place: AuditPlace,
  acl: boolean,
  form: 'csv' | 'html',
  file: string,
): Promise<{ readonly sums: AuditSums; readonly savedAs: string }> {
  const path = resolve(file)
  const target = valueOf(await grants.forWriting(dirname(path)))
  return call('audit.export', {
    ...place,
    acl,
    form,
    target: target.id,
    fileName: basename(path),
    existing: options.force === true ? 'replace' : 'fail',
    language: output.language,
  })
}

const sorted = (rows: NamedSums) => Object.entries(rows).toSorted(([a], [b]) => (a < b ? -1 : 1))

interface Summary {
  readonly prefix: string
  readonly asOf: string | null
  readonly requests: number
  readonly limited: boolean
  /** The CSV file; null for none. */
  readonly savedAs: string | null
  /** The report to print; null for none. */
  readonly report: string | null
  readonly sums: AuditSums
}

async function toldSummary(
  { call, output }: Context,
  { prefix, asOf, requests, limited, savedAs, report, sums }: Summary,
): Promise<void> {
  const keys = await call('keys.list', {})
  const nameOf = (id: string): string => keys.find((key) => key.id === id)?.name ?? id
  const named = Object.entries(sums.keys).map(([id, one]) => ({
    keyId: id,
    name: nameOf(id),
    ...one,
  }))
  const severityOf = (name: string): string => FINDING_SEVERITY[name as FindingName]
  const table = (title: string, rows: NamedSums, label: (name: string) => string): string[] => {
    const most = Math.max(1, ...Object.values(rows).map(({ objects }) => objects))
    const lines = sorted(rows).map(([name, one]) => {
      const bar = '█'.repeat(Math.ceil((BAR * one.objects) / most)).padEnd(BAR)
      const numbers = [String(one.objects).padStart(10), bytes(one.bytes).padStart(8)]
      return [...numbers, bar, output.name(label(name))].join('  ')
    })
    return lines.length === 0 ? [] : ['', title, ...lines]
  }
  const other = (name: string): string => (name === '' ? '(others)' : name)
  const months = Object.fromEntries(sorted(sums.months))
  output.result(
    { summary: { prefix, asOf, requests, limited, ...sums, months, keys: named, savedAs, report } },
    [
      `${sums.objects} objects, ${bytes(sums.bytes)}, as of ${asOf ?? ''}. HEAD requests: ${requests}.`,
      ...table('Findings', sums.findings, (name) => `${severityOf(name)}: ${name}`),
      ...table('Encryption', sums.forms, other),
      ...table('Master keys', sums.keys, nameOf),
      ...table('Storage classes', sums.classes, other),
      ...table('Months', sums.months, other),
      ...(savedAs === null ? [] : ['', `Findings: ${output.name(savedAs)}`]),
      ...(report === null ? [] : ['', `Report: ${output.name(report)}`]),
    ].join('\n'),
  )
}

/** Says how many objects were not read. Returns the exit code. */
function unreadLeft({ output }: Context, { findings }: AuditSums): number {
  const unread = findings['unread']?.objects ?? 0
  const acls = findings['acl-unread']?.objects ?? 0
  if (unread > 0)
    output.remark(
      `Objects that were not read: ${unread}. They cannot be read, were deleted since they were listed, or are beyond --requests.`,
    )
  if (acls > 0) output.remark(`ACLs that could not be read: ${acls}.`)
  return unread + acls > 0 ? EXIT.network : EXIT.done
}
