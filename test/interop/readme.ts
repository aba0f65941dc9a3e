import type { Group } from './cases.ts'
import type { CellResult } from './cells.ts'
import { claimsOf, FORMAT_NAMES } from './claims.ts'
import type { Format, Hello } from './protocol.ts'

/** Cells in which nobody decrypts. */
const NO_READING: readonly Group[] = ['uploads and metadata', 'wrong key']
const OURS = ['cipherbucket', 'cipherbucket-cli']

/**
 * README's table: who else has a format, whether Cipherbucket reads and writes it, and what that
 * was tried with.
 */
export function compatibilityTable(cells: readonly CellResult[], hellos: readonly Hello[]): string {
  const others = hellos.filter(({ name }) => !OURS.includes(name))
  const rows = (Object.keys(FORMAT_NAMES) as Format[]).map((format) => {
    const passed = (test: (cell: CellResult) => boolean) =>
      cells.filter(
        (cell) =>
          cell.format === format &&
          cell.state === 'passed' &&
          !NO_READING.includes(cell.group) &&
          test(cell),
      )
    const read = passed(({ writer, reader }) => !OURS.includes(writer) && OURS.includes(reader))
    const written = passed(({ writer, reader }) => OURS.includes(writer) && !OURS.includes(reader))
    const named = (names: readonly string[]) =>
      others
        .filter(({ name }) => names.includes(name))
        .map(({ name, version }) => `${title(name)} ${version}`)
        .join(', ')
    const writers = named([...new Set(read.map(({ writer }) => writer))])
    const readers = named([...new Set(written.map(({ reader }) => reader))])
    const writes = claimsOf('cipherbucket').writes.includes(format)
    return `| ${FORMAT_NAMES[format]} | ${read.length > 0 ? `yes, of ${writers}` : 'yes'} | ${writes ? (readers === '' ? 'yes' : `yes, for ${readers}`) : 'no'} | ${read.length + written.length} |`
  })
  return [
    '| Format | Cipherbucket reads | Cipherbucket writes | Cases with the SDKs |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

const TITLES: Readonly<Record<string, string>> = {
  'go-v1': 'Go SDK',
  'go-v2': 'Go SDK v2',
  'java-v1': 'Java SDK',
  'java-v2': 'Java SDK v2',
  'java-encryption-sdk': 'Encryption SDK for Java',
  'python-oss2': '`oss2`',
  'python-oss2-old': '`oss2`',
  'python-v2': 'Python SDK v2',
}
const title = (name: string): string => TITLES[name] ?? name
