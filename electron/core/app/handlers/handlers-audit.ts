import { Failure, valueOf } from '../../../../shared/contract/errors.ts'
import { mergedSums, NO_SUMS } from '../../../../shared/contract/audit-sums.ts'
import type { AuditedObject, AuditSums } from '../../../../shared/contract/models-audit.ts'
import type { In } from '../../../../shared/contract/routes/routes.ts'
import { attempted } from '../../base/attempt.ts'
import { IndexReset } from '../../index/indexes.ts'
import { judgeStep, lookAtStep } from '../audit/audit-steps.ts'
import { writeAuditCsv } from '../audit/export-audit.ts'
import { writeAuditReport } from '../audit/export-report.ts'
import { pathInFolder } from '../local/path-grants.ts'
import type { HandlersOf, Parts } from '../parts.ts'

/** Objects of one step of an export. */
const AT_ONCE = 1000

/** The facts of a report that its objects do not give. */
async function reportFacts(
  { localIndex, listKeys }: Parts,
  { profileId, bucket, prefix }: In<'audit.export'>,
) {
  const index = await localIndex.indexes.of(profileId)
  const { asOf } = await index.opened({ bucket, prefix, depth: 'below' })
  const keys = await listKeys()
  const listed = asOf === null ? null : new Date(asOf).toISOString()
  return { bucket, prefix, asOf: listed, keyNames: new Map(keys.map(({ id, name }) => [id, name])) }
}

/** Audits of the objects that the local index lists. */
export function auditHandlers(parts: Parts): HandlersOf<'audit'> {
  /** An index that was opened again is empty. A step of it would say that nothing is there. */
  const work = <T>(once: () => Promise<T>) =>
    attempted(() =>
      once().catch((cause: unknown) => {
        if (cause instanceof IndexReset) throw new Failure({ code: 'index', problem: 'damaged' })
        throw cause
      }),
    )
  /** Judges all objects step by step. `add` hears of the sums of each step. */
  async function* pagesOf(
    { profileId, bucket, prefix, shard, acl }: In<'audit.export'>,
    add: (sums: AuditSums) => void,
    signal: AbortSignal,
  ): AsyncGenerator<readonly AuditedObject[]> {
    for (let after: string | null = ''; after !== null;) {
      const step = { profileId, bucket, prefix, shard, acl, after, count: AT_ONCE }
      const page = await judgeStep(parts, step, signal)
      add(page.sums)
      yield page.objects
      after = page.after
    }
  }
  return {
    'audit.look': (step, signal) => work(() => lookAtStep(parts, step, signal)),
    'audit.page': (step, signal) => work(() => judgeStep(parts, step, signal)),
    'audit.export': (input, signal) =>
      work(async () => {
        const { target, fileName, existing = 'rename', language } = input
        const path = valueOf(pathInFolder(valueOf(parts.grants.writable(target)), fileName))
        let sums = NO_SUMS
        const add = (some: AuditSums): void => {
          sums = mergedSums(sums, some)
        }
        const pages = pagesOf(input, add, signal)
        const savedAs =
          input.form === 'csv'
            ? await writeAuditCsv(path, existing, language, pages)
            : await writeAuditReport(path, existing, language, {
                ...(await reportFacts(parts, input)),
                pages,
                sums: () => sums,
              })
        return { savedAs, sums }
      }),
  }
}
