import { open } from 'node:fs/promises'
import type { AuditedObject } from '../../../../shared/contract/models-audit.ts'
import {
  findingSentence,
  formWords,
  severityWord,
} from '../../../../shared/contract/sentences/finding-sentences.ts'
import type { Language } from '../../../../shared/contract/sentences/sentences.ts'
import { CSV_START, csvRow } from '../../audit/csv.ts'
import { fileFailure } from '../../base/system-failure.ts'
import { openSink, type TakenNameRule } from '../../files/file-sink.ts'

/** The columns of the CSV file. */
const COLUMNS = {
  en: [
    'Name',
    'Bytes',
    'Modified',
    'Storage class',
    'Format',
    'Master key',
    'Severity',
    'Finding',
    'Description',
  ],
  'zh-CN': ['名称', '字节数', '修改时间', '存储类型', '格式', '主密钥', '级别', '问题', '说明'],
} as const

/**
 * Writes audited objects into a CSV file, one row for each finding. The file gets its name when it
 * is whole. Returns its path. Errors: Failure of the file.
 */
export async function writeAuditCsv(
  path: string,
  existing: Exclude<TakenNameRule, 'skip'>,
  language: Language,
  pages: AsyncIterable<readonly AuditedObject[]>,
): Promise<string> {
  const sink = await openSink(path, 0, { mode: 0o600 })
  try {
    const file = await open(sink.temporary, 'r+').catch((cause: unknown) => {
      throw fileFailure(cause, path, 0)
    })
    try {
      await file.appendFile(CSV_START + csvRow(COLUMNS[language]))
      for await (const objects of pages)
        await file
          .appendFile(objects.map((one) => rowsOf(one, language)).join(''))
          .catch((cause: unknown) => {
            throw fileFailure(cause, path, 0)
          })
    } finally {
      await file.close()
    }
    return (await sink.place(existing)) ?? path
  } finally {
    await sink.abort()
  }
}

function rowsOf(object: AuditedObject, language: Language): string {
  const { key, size, modified, storageClass, form, keyName, findings } = object
  return findings
    .map((finding) =>
      csvRow([
        key,
        size,
        modified,
        storageClass,
        formWords(form, language),
        keyName ?? '',
        severityWord(finding.name, language),
        finding.name,
        findingSentence(finding, language),
      ]),
    )
    .join('')
}
