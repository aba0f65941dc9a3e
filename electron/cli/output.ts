import type { AppError } from '../../shared/contract/errors.ts'
import { sentence } from '../../shared/contract/sentences.ts'
import { visibleName } from '../../shared/contract/sentences-words.ts'

/** Where results and remarks go: results to stdout, everything else to stderr. */
export interface Output {
  /** One result: `record` as a line of JSON with --json, else `text`. */
  result(record: object, text: string): void
  /** Several results that belong in columns; the first column that is a number of bytes is aligned right. */
  table(records: readonly object[], rows: readonly (readonly string[])[]): void
  remark(text: string): void
  /** A remark that a program may want too: `record` on stdout with --json, and `text` on stderr always. */
  note(record: object, text: string): void
  /** A failure: sentence, code and request id on stderr, and a record with --json. */
  failure(error: AppError, about?: object): void
  /** A name as it may be shown: on a terminal no name can move the cursor; in a pipe it is what it is. */
  name(text: string): string
}

/** What helps only on a command line. */
const HINTS: Partial<Record<AppError['code'], string>> = {
  'target-exists': 'Use --force to replace it.',
  'object-exists': 'Use --force to replace it.',
  'bad-endpoint': 'Use --endpoint and --region.',
  'one-key-for-two': 'Use --existing rename to keep both.',
  'no-master-key': 'Name one with --key or --kms-key.',
  'name-not-local': 'Name the file with --out.',
  'passphrase-needed': 'Use --secrets-passphrase-file.',
}

export function openOutput(json: boolean): Output {
  const terminal = process.stdout.isTTY === true
  const line = (text: string) => void process.stdout.write(`${text}\n`)
  const remark = (text: string) => void process.stderr.write(`${text}\n`)
  const record = (value: object) => line(JSON.stringify(value))
  return {
    result: (value, text) => (json ? record(value) : line(text)),
    table(records, rows) {
      if (json) return records.forEach(record)
      const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
      for (const row of rows) line(row.map((cell, column) => aligned(cell, column === row.length - 1 ? 0 : (widths[column] ?? 0))).join('  '))
    },
    remark,
    note(value, text) {
      if (json) record(value)
      remark(text)
    },
    failure(error, about = {}) {
      if (json) record({ ...about, error })
      const hint = HINTS[error.code]
      remark(`cipherbucket: ${sentence(error, 'en')}${hint === undefined ? '' : ` ${hint}`} ${technicalPart(error)}`)
    },
    name: (text) => (terminal ? visibleName(text) : text),
  }
}

function aligned(cell: string, width: number): string {
  return /^[\d.]+ (B|kB|MB|GB|TB|PB)$/.test(cell) ? cell.padStart(width) : cell.padEnd(width)
}

function technicalPart(error: AppError): string {
  const request = 'requestId' in error && error.requestId !== '' ? `, request ${error.requestId}` : ''
  return `[${error.code}${request}]`
}
