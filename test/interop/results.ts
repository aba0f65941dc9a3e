import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GROUPS } from './cases.ts'
import type { CellResult } from './cells.ts'
import { FORMAT_NAMES } from './claims.ts'
import type { Format, Hello } from './protocol.ts'
import { compatibilityTable } from './readme.ts'

const FORMATS = Object.keys(FORMAT_NAMES) as readonly Format[]
const OPENS = '<!-- compatibility: written by `npm run test:interop -- --readme` -->'
const CLOSES = '<!-- end of compatibility -->'

/**
 * Writes RESULTS.md and RESULTS.json, and with `readme` the table in README. A run that finds what
 * the last one found leaves them as they are.
 */
export function writeResults(
  root: string,
  cells: readonly CellResult[],
  hellos: readonly Hello[],
  readme: boolean,
): void {
  const today = new Date().toISOString().slice(0, 10)
  const sorted = inOrder(cells)
  const peers = [...hellos].sort((a, b) => (a.name < b.name ? -1 : 1))
  const folder = join(root, 'test', 'interop')
  const json = join(folder, 'RESULTS.json')
  const record = {
    versions: peers.map(({ name, sdk, version, runtime }) => ({ name, sdk, version, runtime })),
    results: nested(sorted),
  }
  const before = existsSync(json)
    ? (JSON.parse(readFileSync(json, 'utf8')) as { date: string } & typeof record)
    : null
  const same =
    before !== null &&
    JSON.stringify({ versions: before.versions, results: before.results }) ===
      JSON.stringify(record)
  const date = same ? before.date : today
  writeFileSync(json, `${JSON.stringify({ date, ...record }, null, 1)}\n`)
  writeFileSync(join(folder, 'RESULTS.md'), markdown(sorted, peers, date))
  if (!readme) return
  const path = join(root, 'README.md')
  const [head, rest] = readFileSync(path, 'utf8').split(OPENS)
  const tail = rest?.split(CLOSES)[1]
  if (head === undefined || tail === undefined)
    throw new Error(`README.md lacks the lines ${OPENS} and ${CLOSES}`)
  writeFileSync(path, `${head}${OPENS}\n${compatibilityTable(sorted, peers)}${CLOSES}${tail}`)
}

function inOrder(cells: readonly CellResult[]): readonly CellResult[] {
  const rank = ({ format, writer, reader, group, name }: CellResult) =>
    [
      String(FORMATS.indexOf(format)).padStart(2, '0'),
      writer,
      reader,
      String(GROUPS.indexOf(group)).padStart(2, '0'),
      name,
    ].join('\n')
  return [...cells].sort((a, b) => (rank(a) < rank(b) ? -1 : 1))
}

type Lines = Record<string, Record<string, Record<string, Record<string, Record<string, string>>>>>

/**
 * Format → writer → reader → group → case → 'passed', or the reason of a documented failure, or
 * what failed. The writing itself: reader ''.
 */
function nested(cells: readonly CellResult[]): Lines {
  const lines: Lines = {}
  for (const { format, writer, reader, group, name, state, detail } of cells) {
    const group_ = ((((lines[format] ??= {})[writer] ??= {})[reader] ??= {})[group] ??= {})
    group_[name] = state === 'passed' ? 'passed' : `${state}: ${detail}`
  }
  return lines
}

function markdown(cells: readonly CellResult[], hellos: readonly Hello[], date: string): string {
  const reasons = [
    ...new Set(cells.filter(({ state }) => state === 'documented').map(({ detail }) => detail)),
  ]
  const count = (state: CellResult['state']) => cells.filter((cell) => cell.state === state).length
  const lines = [
    '# What the SDKs and Cipherbucket read of each other',
    '',
    `Written by \`npm run test:interop\` on ${date}; RESULTS.json has every case by name. ${count('passed')} cases passed, ${count('documented')} are failures of an SDK’s own with`,
    `a number that is explained at the end, ${count('failed')} failed. A row is a writer and a reader; each column counts the cases of its kind. Plaintexts are compared by SHA-256.`,
    '',
    '| Name here | What it is | Version | Runs on |',
    '|---|---|---|---|',
    ...hellos.map(
      ({ name, sdk, version, runtime }) => `| ${name} | ${sdk} | ${version} | ${runtime} |`,
    ),
    '',
    'The KMS Encryption SDK for Python takes no part: PyPI has it neither under the name of its repository nor under the one in its setup.py.',
    '',
  ]
  for (const format of FORMATS) {
    const mine = cells.filter((cell) => cell.format === format)
    if (mine.length > 0) lines.push(`## ${FORMAT_NAMES[format]}`, '', ...table(mine, reasons), '')
  }
  lines.push(
    '## Documented failures',
    '',
    ...reasons.map((reason, at) => `${at + 1}. ${reason}`),
    '',
  )
  return lines.join('\n')
}

function table(cells: readonly CellResult[], reasons: readonly string[]): readonly string[] {
  const groups = GROUPS.filter((group) => cells.some((cell) => cell.group === group))
  const pairs = [...new Set(cells.map(({ writer, reader }) => `${writer}\n${reader}`))]
  return [
    `| Writer | Reader | ${groups.join(' | ')} |`,
    `|---|---|${groups.map(() => '---').join('|')}|`,
    ...pairs.map((pair) => {
      const [writer = '', reader = ''] = pair.split('\n')
      const mine = cells.filter((cell) => cell.writer === writer && cell.reader === reader)
      return `| ${writer} | ${reader || '(writing)'} | ${groups
        .map((group) =>
          summary(
            mine.filter((cell) => cell.group === group),
            reasons,
          ),
        )
        .join(' | ')} |`
    }),
  ]
}

/** `7`, `6, 1 [2]` for one documented failure with reason 2, `1 FAILED`; empty for no case. */
function summary(cells: readonly CellResult[], reasons: readonly string[]): string {
  const passed = cells.filter(({ state }) => state === 'passed').length
  const documented = cells.filter(({ state }) => state === 'documented')
  const failed = cells.filter(({ state }) => state === 'failed').length
  const numbers = [...new Set(documented.map(({ detail }) => reasons.indexOf(detail) + 1))].sort(
    (a, b) => a - b,
  )
  return [
    ...(passed > 0 ? [String(passed)] : []),
    ...(documented.length > 0 ? [`${documented.length} [${numbers.join(', ')}]`] : []),
    ...(failed > 0 ? [`${failed} FAILED`] : []),
  ].join(', ')
}
