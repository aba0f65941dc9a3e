import {
  FINDING_SEVERITY,
  type AuditedObject,
  type AuditForm,
  type AuditSums,
  type Finding,
  type FindingName,
  type NamedSums,
} from '../../../shared/contract/models-audit.ts'
import {
  findingSentence,
  formWords,
  severityWord,
} from '../../../shared/contract/sentences/finding-sentences.ts'
import { bytes, visibleName } from '../../../shared/contract/sentences/sentences-words.ts'
import { bilingualPage, both, escaped, type Bilingual } from '../base/html-text.ts'

const STYLE = `
@page { size: A4; margin: 14mm }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 182mm; padding: 0 4mm; color: #000; background: #fff; font: 10pt/1.45 system-ui, sans-serif }
h1 { font-size: 20pt; margin: 4mm 0 } h2 { font-size: 12pt; margin: 8mm 0 2mm; break-after: avoid }
dl { display: grid; grid-template-columns: 36mm 1fr; gap: 1mm; margin: 4mm 0 } dd { margin: 0; overflow-wrap: anywhere }
table { border-collapse: collapse; width: 100%; table-layout: fixed } tr { break-inside: avoid }
th, td { text-align: start; vertical-align: top; padding: 1mm 3mm 1mm 0; border-bottom: 1px solid #999; overflow-wrap: anywhere }
.number { text-align: end; white-space: nowrap; font-variant-numeric: tabular-nums } th.number { width: 26mm } .bar { width: 60mm } td p { margin: 0 0 1mm }
svg { display: block; width: 52mm; height: 4mm } rect { fill: #0b6b50 } .error rect { fill: #a3261d } .missing rect { fill: #8a5a00 }
`

/** The facts of a printed report. Times are ISO 8601. */
export interface AuditReport {
  readonly bucket: string
  readonly prefix: string
  /** The time of the listing; null when nobody knows it. */
  readonly asOf: string | null
  readonly made: string
  readonly sums: AuditSums
  /** The names of the master keys by id. */
  readonly keyNames: ReadonlyMap<string, string>
  /** The first objects with findings. */
  readonly objects: readonly AuditedObject[]
  /** Objects with findings that the report does not name. */
  readonly unnamed: number
}

const W = {
  title: ['Encryption report', '加密审计报告'],
  bucket: ['Bucket', '存储空间（Bucket）'],
  prefix: ['Below', '前缀'],
  all: ['everything', '全部'],
  asOf: ['Listed', '列举时间'],
  unknown: ['not known', '未知'],
  made: ['Made', '生成时间'],
  objects: ['Objects', '文件数'],
  size: ['Size', '大小'],
  findings: ['Findings', '发现的问题'],
  none: ['No findings.', '未发现问题。'],
  forms: ['Encryption', '加密方式'],
  keys: ['Master keys', '主密钥'],
  classes: ['Storage classes', '存储类型'],
  months: ['Last changed in', '最后修改月份'],
  others: ['others', '其他'],
  named: ['Objects with findings', '有问题的文件'],
  name: ['Name', '名称'],
} as const satisfies Readonly<Record<string, Bilingual>>

/** Writes the report as one page of HTML. It has tables, and a bar beside each number. */
export function auditReportHtml(report: AuditReport, language: 'en' | 'zh-CN'): string {
  const { bucket, prefix, asOf, made, sums, keyNames } = report
  const fact = (label: Bilingual, value: string): string =>
    `<dt>${both(label)}</dt><dd>${value}</dd>`
  const same = (text: string): string => escaped(visibleName(text))
  const other = (name: string): string => (name === '' ? both(W.others) : same(name))
  const body = [
    `<h1>${both(W.title)}</h1>`,
    '<dl>',
    fact(W.bucket, same(bucket)),
    fact(W.prefix, prefix === '' ? both(W.all) : same(prefix)),
    fact(W.asOf, asOf === null ? both(W.unknown) : minute(asOf)),
    fact(W.made, minute(made)),
    fact(W.objects, sums.objects.toLocaleString('en')),
    fact(W.size, bytes(sums.bytes)),
    '</dl>',
    Object.keys(sums.findings).length === 0
      ? `<h2>${both(W.findings)}</h2><p>${both(W.none)}</p>`
      : chart(W.findings, bySeverity(sums.findings), kindOf, classOf),
    chart(W.forms, byObjects(sums.forms), (name) => both(formOf(name))),
    chart(W.keys, byObjects(sums.keys), (id) => other(keyNames.get(id) ?? id)),
    chart(W.classes, byObjects(sums.classes), other),
    chart(W.months, byName(sums.months), other),
    findingsTable(report),
  ]
  return bilingualPage(W.title, STYLE, body.join('\n'), language)
}

/** Writes an ISO 8601 time to the minute. */
const minute = (iso: string): string => escaped(`${iso.slice(0, 16).replace('T', ' ')} UTC`)

type Rows = readonly (readonly [name: string, sums: NamedSums[string]])[]

const byName = (rows: NamedSums): Rows =>
  Object.entries(rows).toSorted(([a], [b]) => (a < b ? -1 : 1))
const byObjects = (rows: NamedSums): Rows =>
  byName(rows).toSorted(([, a], [, b]) => b.objects - a.objects)
const RANK = { error: 0, missing: 1, hint: 2 } as const
const bySeverity = (rows: NamedSums): Rows =>
  byObjects(rows).toSorted(([a], [b]) => RANK[severityOf(a)] - RANK[severityOf(b)])

const severityOf = (name: string) => FINDING_SEVERITY[name as FindingName]
const classOf = (name: string): string => severityOf(name)
const kindOf = (name: string): string =>
  `${both(inBoth((language) => severityWord(name as FindingName, language)))}: <code>${escaped(name)}</code>`
const formOf = (name: string): Bilingual =>
  inBoth((language) => formWords(name as AuditForm, language))
const inBoth = (text: (language: 'en' | 'zh-CN') => string): Bilingual => [
  text('en'),
  text('zh-CN'),
]

/** Writes a table with a bar in each row. The longest bar is the row with most objects. */
function chart(
  title: Bilingual,
  rows: Rows,
  label: (name: string) => string,
  kind: (name: string) => string = () => 'plain',
): string {
  if (rows.length === 0) return ''
  const most = Math.max(1, ...rows.map(([, { objects }]) => objects))
  const lines = rows.map(([name, sums]) => {
    const width = Math.max(1, Math.round((100 * sums.objects) / most))
    const bar = `<svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect width="${width}" height="8"/></svg>`
    return `<tr class="${kind(name)}"><td>${label(name)}</td><td class="bar">${bar}</td><td class="number">${sums.objects.toLocaleString('en')}</td><td class="number">${bytes(sums.bytes)}</td></tr>`
  })
  return `<h2>${both(title)}</h2>
<table><thead><tr><td></td><td class="bar"></td><th scope="col" class="number">${both(W.objects)}</th><th scope="col" class="number">${both(W.size)}</th></tr></thead>
<tbody>${lines.join('\n')}</tbody></table>`
}

function findingsTable({ objects, unnamed }: AuditReport): string {
  if (objects.length === 0) return ''
  const sentence = (finding: Finding): string =>
    `<p>${both(inBoth((language) => findingSentence(finding, language)))}</p>`
  const rows = objects.map(
    ({ key, size, findings }) =>
      `<tr><td>${escaped(visibleName(key))}</td><td class="number">${bytes(size)}</td><td>${findings.map(sentence).join('')}</td></tr>`,
  )
  const more: Bilingual = [
    `${unnamed.toLocaleString('en')} more objects with findings are not named here. The CSV file names all.`,
    `另有 ${unnamed.toLocaleString('en')} 个有问题的文件未在此列出，CSV 文件中列出了全部。`,
  ]
  return `<h2>${both(W.named)}</h2>
<table><thead><tr><th scope="col">${both(W.name)}</th><th scope="col" class="number">${both(W.size)}</th><th scope="col">${both(W.findings)}</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table>${unnamed > 0 ? `<p>${both(more)}</p>` : ''}`
}
