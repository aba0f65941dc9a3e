import type { AppError } from '../../shared/contract/errors.ts'
import { sentence, type Language } from '../../shared/contract/sentences/sentences.ts'
import { shown, visibleName } from '../../shared/contract/sentences/sentences-words.ts'

/** Prints results to stdout, and everything else to stderr. */
export interface Output {
  /** The language of sentences that describe errors and findings. */
  readonly language: Language
  /** Prints one result: `record` as a line of JSON with --json, else `text`. */
  result(record: object, text: string): void
  /**
   * Prints several results in columns. The first column with a number of bytes is aligned right.
   */
  table(records: readonly object[], rows: readonly (readonly string[])[]): void
  remark(text: string): void
  /**
   * Prints a remark that a program may want too: `record` on stdout with --json, and `text`, if
   * any, on stderr always.
   */
  note(record: object, text: string | null): void
  /**
   * Prints a failure: sentence, code and request id on stderr unless `said`, and a record with
   * --json.
   */
  failure(error: AppError, about?: object, said?: boolean): void
  /**
   * Returns a name as it may be shown. On a terminal no name can move the cursor. In a pipe the
   * name is unchanged.
   */
  name(text: string): string
}

/** Hints that help only on a command line, in English and in Chinese. */
const HINTS: Partial<Record<AppError['code'], readonly [english: string, chinese: string]>> = {
  'target-exists': ['Use --force to replace it.', '如需替换，请使用 --force。'],
  'object-exists': ['Use --force to replace it.', '如需替换，请使用 --force。'],
  'bad-endpoint': ['Use --endpoint and --region.', '请使用 --endpoint 和 --region。'],
  'one-key-for-two': [
    'Use --existing rename to keep both.',
    '如需两者都保留，请使用 --existing rename。',
  ],
  'no-master-key': ['Name one with --key or --kms-key.', '请用 --key 或 --kms-key 指定。'],
  'not-encrypted': [
    'Use --allow-plain to save it without decryption.',
    '如需不解密直接保存，请使用 --allow-plain。',
  ],
  'key-opens-objects': ['Use --objects for it.', '请使用 --objects。'],
  'name-not-local': ['Name the file with --out.', '请用 --out 指定文件名。'],
  'passphrase-needed': ['Use --secrets-passphrase-file.', '请使用 --secrets-passphrase-file。'],
}

function hintFor(error: AppError): readonly [english: string, chinese: string] | undefined {
  if (error.code !== 'seal-refused') return HINTS[error.code]
  if (error.state === 'moved') return ['The option is --allow-moved.', '对应选项为 --allow-moved。']
  return error.reason === 'not-read'
    ? [
        'Use --unverified to save the part without a check.',
        '如需直接读取该部分，请使用 --unverified。',
      ]
    : undefined
}

/**
 * Opens the output. `language`: of the sentences of errors and findings. Everything else on the
 * command line is English.
 */
export function openOutput(json: boolean, language: Language): Output {
  const chinese = language === 'zh-CN'
  const terminal = process.stdout.isTTY === true
  const line = (text: string) => void process.stdout.write(`${text}\n`)
  // A line of progress may be on the screen.
  const clear = process.stderr.isTTY === true ? '\r\u001b[K' : ''
  const remark = (text: string) => void process.stderr.write(`${clear}${text}\n`)
  const record = (value: object) => line(JSON.stringify(value))
  return {
    language,
    result: (value, text) => (json ? record(value) : line(text)),
    table(records, rows) {
      if (json) return records.forEach(record)
      const widths = (rows[0] ?? []).map((_, column) =>
        Math.max(...rows.map((row) => (row[column] ?? '').length)),
      )
      for (const row of rows)
        line(
          row
            .map((cell, column) =>
              aligned(cell, column === row.length - 1 ? 0 : (widths[column] ?? 0)),
            )
            .join('  '),
        )
    },
    remark,
    note(value, text) {
      if (json) record(value)
      if (text !== null) remark(text)
    },
    failure(error, about = {}, said = true) {
      if (json) record({ ...about, error })
      if (!said) return
      const hint = hintFor(error)?.[chinese ? 1 : 0]
      const key = 'key' in about && typeof about.key === 'string' ? about.key : ''
      const words = sentence(error, language)
      // Many sentences name the fault, and not which of several objects has it.
      const name = key === '' || words.includes(shown(key)) ? '' : `${shown(key)}: `
      remark(
        `cipherbucket: ${name}${words}${hint === undefined ? '' : `${chinese ? '' : ' '}${hint}`} ${technicalPart(error)}`,
      )
    },
    name: (text) => (terminal ? visibleName(text) : text),
  }
}

function aligned(cell: string, width: number): string {
  return /^[\d.]+ (B|kB|MB|GB|TB|PB)$/.test(cell) ? cell.padStart(width) : cell.padEnd(width)
}

function technicalPart(error: AppError): string {
  const request =
    'requestId' in error && error.requestId !== '' ? `, request ${error.requestId}` : ''
  return `[${error.code}${request}]`
}
