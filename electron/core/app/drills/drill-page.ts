import type { DrillObject, DrillSum } from '../../../../shared/contract/models-drills.ts'
import { sentence } from '../../../../shared/contract/sentences/sentences.ts'
import { bytes, visibleName } from '../../../../shared/contract/sentences/sentences-words.ts'
import { bilingualPage, both, escaped, type Bilingual } from '../../base/html-text.ts'
import { writeReport, type SignedReport } from './drill-report.ts'

const STYLE = `
@page { size: A4; margin: 14mm }
body { margin: 0 auto; max-width: 182mm; padding: 0 4mm; color: #000; background: #fff; font: 10pt/1.45 system-ui, sans-serif }
h1 { font-size: 20pt; margin: 4mm 0 }
dl { display: grid; grid-template-columns: 42mm 1fr; gap: 1mm; margin: 4mm 0 } dd { margin: 0; overflow-wrap: anywhere }
table { border-collapse: collapse; width: 100% } tr { break-inside: avoid }
th, td { text-align: start; vertical-align: top; padding: 1mm 3mm 1mm 0; border-bottom: 1px solid #999; overflow-wrap: anywhere }
`

const W = {
  title: ['Recovery drill', '恢复演练'],
  made: ['Made', '生成时间'],
  place: ['Below', '范围'],
  key: ['Key', '密钥'],
  source: ['Copy', '密钥副本'],
  listed: ['Listed', '列举'],
  opened: ['Opened', '成功打开'],
  failed: ['Not opened', '未能打开'],
  plain: ['Not encrypted', '未加密'],
  time: ['Time', '用时'],
  object: ['Object', '文件'],
  size: ['Size', '大小'],
  result: ['Result', '结果'],
  note: [
    'The signature is in this file. "cipherbucket drill --check" compares it.',
    '签名保存在本文件中，可通过 cipherbucket drill --check 校验。',
  ],
} as const satisfies Record<string, Bilingual>

const SOURCES = {
  sheet: ['recovery sheet', '恢复单'],
  shares: ['shares of a key', '密钥分片'],
  file: ['key file', '密钥文件'],
} as const satisfies Record<string, Bilingual>

/** Writes a signed report as a page, which holds the JSON too. */
export function drillPage(signed: SignedReport, language: 'en' | 'zh-CN'): string {
  const { made, bucket, prefix, key, listed, opened, failed, plain, ms, objects } = signed.report
  const name = key.name === '' ? key.fingerprint.slice(0, 16) : key.name
  const facts: readonly (readonly [Bilingual, string])[] = [
    [W.made, escaped(made)],
    [W.place, escaped(visibleName(`${bucket}/${prefix}`))],
    [W.key, escaped(`${visibleName(name)}, RSA ${key.bits}, ${key.fingerprint}`)],
    [W.source, both(SOURCES[key.source])],
    [W.listed, sumText(listed)],
    [W.opened, sumText(opened)],
    [W.failed, sumText(failed)],
    [W.plain, sumText(plain)],
    [W.time, escaped(`${(ms / 1000).toFixed(1)} s`)],
  ]
  const json = writeReport(signed).replaceAll('<', '\\u003c')
  return bilingualPage(
    W.title,
    STYLE,
    `<h1>${both(W.title)}</h1>
<dl>${facts.map(([term, value]) => `<dt>${both(term)}</dt><dd>${value}</dd>`).join('')}</dl>
<table><thead><tr>${[W.object, W.size, W.time, W.result].map((head) => `<th>${both(head)}</th>`).join('')}</tr></thead>
<tbody>${objects.map(rowOf).join('\n')}</tbody></table>
<p>${both(W.note)}</p>
<script type="application/json" id="report">${json}</script>`,
    language,
  )
}

const sumText = ({ objects, bytes: size }: DrillSum): string =>
  escaped(`${objects} · ${bytes(size)}`)

function rowOf({ key, size, ms, state, seal, checksum, error }: DrillObject): string {
  const result: Bilingual =
    error !== null
      ? [sentence(error, 'en'), sentence(error, 'zh-CN')]
      : state === 'plain'
        ? W.plain
        : [
            proofOf(seal, checksum, 'sealed', 'CRC-64'),
            proofOf(seal, checksum, '防篡改标记一致', 'CRC-64'),
          ]
  const cells = [escaped(visibleName(key)), escaped(bytes(size)), `${ms} ms`, both(result)]
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`
}

function proofOf(
  seal: DrillObject['seal'],
  checksum: DrillObject['checksum'],
  sealed: string,
  sum: string,
): string {
  const proofs = [seal === 'intact' ? sealed : '', checksum === 'matches' ? sum : '']
  return `✓ ${proofs.filter((proof) => proof !== '').join(', ')}`
}
