import type { AuditedObject, AuditSums } from '../../../../shared/contract/models-audit.ts'
import type { Language } from '../../../../shared/contract/sentences/sentences.ts'
import { auditReportHtml, type AuditReport } from '../../audit/report-html.ts'
import { saveSmall, type TakenNameRule } from '../../files/file-sink.ts'

/** The most objects that a report names. A person reads it. */
const MOST_NAMED = 1000

/** The facts of a report, and its objects while they are judged. */
interface ReportSource extends Pick<AuditReport, 'bucket' | 'prefix' | 'asOf' | 'keyNames'> {
  readonly pages: AsyncIterable<readonly AuditedObject[]>
  /** The sums of all objects, once the pages have ended. */
  sums(): AuditSums
}

/** Writes the report of an audit. Returns the path of the file. Errors: Failure of the file. */
export async function writeAuditReport(
  path: string,
  existing: Exclude<TakenNameRule, 'skip'>,
  language: Language,
  { pages, sums, ...facts }: ReportSource,
): Promise<string> {
  const named: AuditedObject[] = []
  let all = 0
  for await (const objects of pages) {
    all += objects.length
    named.push(...objects.slice(0, MOST_NAMED - named.length))
  }
  const made = new Date().toISOString()
  const report = { ...facts, made, sums: sums(), objects: named, unnamed: all - named.length }
  return saveSmall(path, auditReportHtml(report, language), existing)
}
