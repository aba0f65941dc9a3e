import { createPublicKey } from 'node:crypto'
import { Failure, valueOf } from '../../../../shared/contract/errors.ts'
import type { In } from '../../../../shared/contract/routes/routes.ts'
import { attempted } from '../../base/attempt.ts'
import { saveSmall } from '../../files/file-sink.ts'
import { readSmallFile } from '../../store/small-file.ts'
import { openCopy, type CopyFile } from '../drills/drill-copy.ts'
import { drillPage } from '../drills/drill-page.ts'
import {
  isSignedBy,
  readReport,
  signReport,
  writeReport,
  type SignedReport,
} from '../drills/drill-report.ts'
import { openDrillStore } from '../drills/drill-store.ts'
import { runDrill } from '../drills/run-drill.ts'
import { sealRulesOf } from '../jobs/seal-rules.ts'
import { pathInFolder } from '../local/path-grants.ts'
import type { HandlersOf, Parts } from '../parts.ts'

const MOST_PICTURE_BYTES = 64 * 1024 * 1024
const MOST_REPORT_BYTES = 64 * 1024 * 1024

/** Drills: random objects are opened with the copy of a key alone. */
export function drillHandlers(parts: Parts): HandlersOf<'drills'> {
  const { grants, catalog, connections, reading, needs, texts, listKeys } = parts
  const drills = openDrillStore(texts)

  const copyOf = async ({ copy, passphrase }: In<'drills.run'>) => {
    const files: CopyFile[] = []
    try {
      for (const id of copy) {
        const { path, name } = valueOf(grants.readable(id))
        files.push({ name, bytes: await readSmallFile(path, MOST_PICTURE_BYTES) })
      }
      return await openCopy(files, passphrase)
    } finally {
      for (const { bytes } of files) bytes.fill(0)
    }
  }
  const save = async (
    signed: SignedReport,
    report: NonNullable<In<'drills.run'>['report']>,
    path: string,
  ): Promise<string> =>
    saveSmall(
      path,
      report.form === 'json' ? writeReport(signed) : drillPage(signed, report.language),
      report.existing,
    )

  return {
    'drills.list': () => attempted(() => drills.list()),
    'drills.run': (input, signal) =>
      attempted(async () => {
        const { profileId, bucket, prefix, sample, report } = input
        // The place of the report is looked at before the drill, which may take long.
        const path =
          report === null
            ? null
            : valueOf(pathInFolder(valueOf(grants.writable(report.target)), report.fileName))
        const copy = await copyOf(input)
        const keys = await listKeys()
        const nameOf = (fingerprint: string): string =>
          keys.find((key) => key.fingerprint === fingerprint && key.origin !== 'session')?.name ??
          ''
        const rules = sealRulesOf(needs, profileId, bucket)
        const reader = { ...reading, oss: connections.bucket(profileId, bucket) }
        const drill = { bucket, prefix, sample, copy, nameOf, rules }
        const signed = signReport(await runDrill(reader, drill, signal), copy.privateKey)
        await drills.add(signed.report)
        const savedAs = report === null || path === null ? null : await save(signed, report, path)
        return { ...signed, savedAs }
      }),
    'drills.check': ({ report, keyId }) =>
      attempted(async () => {
        const { path } = valueOf(grants.readable(report))
        const text = (await readSmallFile(path, MOST_REPORT_BYTES)).toString('utf8')
        const signed = readReport(text)
        const key = createPublicKey(valueOf(await catalog.publicPem(keyId)))
        if (!isSignedBy(signed, key))
          throw new Failure({ code: 'drill-report', problem: 'not-signed' })
        return signed.report
      }),
  }
}
