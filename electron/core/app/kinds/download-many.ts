import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { MasterKeyId } from '../../../../shared/contract/models.ts'
import type { SealChoices } from '../../../../shared/contract/models-seals.ts'
import type { BatchJob, ChildJob, DownloadJob, MayBeMessage } from '../../transfer/run/jobs.ts'
import type { Takes } from '../../transfer/run/stored-schema.ts'
import { bulkJob } from '../bulk/bulk-job.ts'
import { localPathOf, newPathsFile, readNewPaths, writeNewPaths } from '../bulk/local-paths.ts'
import type { ListedObject, ObjectListRecord } from '../bulk/object-list.ts'
import { damageLimit } from '../jobs/damage-limit.ts'
import type { JobNeeds } from '../jobs/job-needs.ts'
import type { PlainRule } from '../jobs/plain-refusal.ts'
import { NO_SEAL_CHOICES, sealChoices } from '../jobs/seal-rules.ts'
import { newPathsOf, type PlannedPath } from '../local/name-clashes.ts'
import { nameOf } from '../objects/key-names.ts'
import { downloadJobOf } from './download.ts'
import type { FolderJob } from './folder.ts'
import type { RecordKind } from './kind.ts'
import {
  bucketPlace,
  count,
  existing,
  listId,
  type RECORD_VERSION,
  text,
  texts,
  treeList,
  version,
} from './record-shapes.ts'

/** The record of a selection that is downloaded into one folder. */
export interface DownloadManyRecord
  extends ObjectListRecord, Pick<DownloadJob, 'existing' | 'raw' | 'repair' | 'partSize'> {
  readonly version: typeof RECORD_VERSION
  readonly kind: 'download-many'
  /** The folder or object that names the row. */
  readonly name: string
  readonly prefix: string
  /** Name and absolute path of the target folder. */
  readonly target: string
  readonly root: string
  readonly keyIds: readonly MasterKeyId[]
  readonly message: MayBeMessage
  readonly plain: PlainRule
  readonly seals: SealChoices
}

const record = z.object({
  version,
  kind: z.literal('download-many'),
  ...bucketPlace,
  listId,
  trees: treeList,
  name: text,
  prefix: text,
  target: text,
  root: text,
  existing,
  raw: z.boolean(),
  repair: z.boolean(),
  partSize: count,
  keyIds: texts,
  message: z.union([z.boolean(), z.literal('maybe')]),
  plain: z.enum(['allow', 'refuse', 'unless-seen']),
  seals: sealChoices.default(NO_SEAL_CHOICES),
}) satisfies z.ZodType<DownloadManyRecord>

true satisfies Takes<DownloadManyRecord, typeof record>

/**
 * The kind of a batch of downloads. Jobs of its objects are of kind 'download', jobs of folder
 * markers of kind 'folder'.
 */
export const downloadManyKind = {
  kind: 'download-many',
  record,
  make: downloadManyJobOf,
  listOf: (one) => one.listId,
} satisfies RecordKind<DownloadManyRecord>

/** Makes the transfer that downloads a selection. */
export function downloadManyJobOf(needs: JobNeeds, one: DownloadManyRecord, done = 0): BatchJob {
  const { profileId, bucket, prefix, name, target, root, raw, trees } = one
  const limit = damageLimit()
  const file = newPathsFile(needs.listFolder, one.listId)
  let newPaths: ReadonlyMap<number, string> | null = null
  let later: DownloadJob['existing'] | null = null

  const jobOf = ([row]: readonly ListedObject[], index: number): ChildJob => {
    if (row === undefined) throw new Error('a unit without a row')
    newPaths ??= readNewPaths(file)
    const { path: named, isFolder } = localPathOf(row, trees)
    const path = join(root, newPaths?.get(index) ?? (named.ok ? named.value : ''))
    if (isFolder && named.ok) return folderJobOf(one, row.path, path)
    const { version: ofRecord, existing: rule, repair, partSize, keyIds, message, plain } = one
    const download = downloadJobOf(
      needs,
      {
        version: ofRecord,
        kind: 'download',
        profileId,
        bucket,
        key: row.path,
        size: row.modified === 0 ? null : row.size,
        path,
        root,
        target,
        existing: later ?? rule,
        raw,
        repair,
        partSize,
        keyIds,
        message,
        plain,
        seals: one.seals,
        range: null,
        versionId: null,
        unnameable: null,
        ...(!named.ok && { refused: named.error }),
      },
      limit,
    )
    return download
  }
  return bulkJob(
    needs,
    {
      name,
      target,
      profileId,
      shown: { kind: raw ? 'download-raw' : 'download', bucket, key: prefix },
      bucket,
      record: one,
      list: one,
      unit: 'row',
      jobOf,
      async prepare(reader) {
        newPaths = readNewPaths(file)
        if (newPaths !== null) return
        function* rows(): Generator<PlannedPath> {
          const all = reader()
          for (let next = all.next(); next !== null; next = all.next()) {
            const { path, changed, isFolder } = localPathOf(next.file, trees)
            if (path.ok)
              yield { index: next.index, key: next.file.path, path: path.value, changed, isFolder }
          }
        }
        newPaths = await newPathsOf({
          rows,
          folder: root,
          raw,
          arePlain: (keys) => needs.arePlain({ profileId, bucket }, keys),
        })
        writeNewPaths(file, newPaths)
      },
      decide: (rule) => void (later = rule),
      released: () => rmSync(file, { force: true }),
    },
    done,
  )
}

function folderJobOf(
  { profileId, bucket, target, root }: DownloadManyRecord,
  key: string,
  path: string,
): FolderJob {
  const name = nameOf(key)
  return {
    kind: 'folder',
    name,
    target,
    profileId,
    keyName: null,
    size: 0,
    parallel: null,
    bucket,
    key,
    path,
    root,
  }
}
