import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { ListedFile } from '../../store/file-list.ts'
import type { BatchJob, ExistingName, UploadJob } from '../../transfer/run/jobs.ts'
import type { Takes } from '../../transfer/run/stored-schema.ts'
import type { JobNeeds } from '../jobs/job-needs.ts'
import { mayReplace } from '../jobs/name-look.ts'
import { ofSpool } from '../jobs/spool-job.ts'
import { listPath, reopenUploadList, type OpenBatch } from '../jobs/upload-list.ts'
import { keyUnder, type Root } from '../local/scan.ts'
import { PRACTICE_PROFILE } from '../profiles/profiles.ts'
import type { RecordKind } from './kind.ts'
import {
  existingName,
  listId,
  type RECORD_VERSION,
  text,
  texts,
  uploadChoices,
  version,
  type UploadChoices,
} from './record-shapes.ts'
import { uploadJobOf, type UploadRecord } from './upload.ts'

/** The record of a batch of files of this computer. Each file becomes an object. */
export interface BatchRecord extends UploadChoices {
  readonly version: typeof RECORD_VERSION
  readonly kind: 'batch'
  /** The name of the list of its files. */
  readonly listId: string
  readonly prefix: string
  readonly name: string
  readonly roots: readonly Root[]
  readonly existing: ExistingName
  /** The user's decisions for single names before the start. */
  readonly decisions: Readonly<Record<string, 'skip' | 'rename' | 'replace'>>
  /**
   * The names that were taken before the start. Earlier versions of the app left the field out, and
   * an upload with too many names leaves it out.
   */
  readonly taken?: Readonly<Record<string, true>>
  readonly spooled: readonly string[]
  /**
   * Set when the files were still being copied in at the start. A list without an end then holds
   * all files that arrived.
   */
  readonly arriving?: true
}

const record = z.object({
  version,
  kind: z.literal('batch'),
  ...uploadChoices,
  listId,
  prefix: text,
  name: text,
  roots: z
    .array(z.object({ path: text, name: text, kind: z.enum(['file', 'folder', 'files']) }))
    .readonly(),
  existing: existingName,
  decisions: z.record(text, z.enum(['skip', 'rename', 'replace'])),
  taken: z.record(text, z.literal(true)).exactOptional(),
  spooled: texts,
  arriving: z.literal(true).exactOptional(),
}) satisfies z.ZodType<BatchRecord>

true satisfies Takes<BatchRecord, typeof record>

/** The kind of a batch of uploads. Jobs of its files are of kind 'upload'. */
export const uploadManyKind = {
  kind: 'batch',
  record,
  make: (needs, one, done) => batchJobOf(needs, one, null, done),
  listOf: (one) => one.listId,
} satisfies RecordKind<BatchRecord>

/**
 * Makes the batch of files. `done` files ended well before. `open` null: after a restart. An
 * interrupted count then runs again, without the listed files.
 */
export function batchJobOf(
  needs: JobNeeds,
  record: BatchRecord,
  open: OpenBatch | null,
  done = 0,
): BatchJob<UploadJob> {
  const batch = open ?? reopenUploadList(needs, record, done)
  const reader = batch.list.reader()
  const release = needs.spool.hold(record.spooled)
  let later: UploadRecord['existing'] | null = null
  return {
    kind: 'batch',
    name: record.name,
    target: `${record.bucket}/${record.prefix}`.replace(/\/$/, ''),
    profileId: record.profileId,
    keyName: record.keyName,
    shown: { kind: 'upload', bucket: record.bucket, key: record.prefix },
    bucket: record.bucket,
    size: batch.scan.bytes,
    record,
    isOneFile: record.roots.length === 1 && record.roots[0]?.kind === 'file',
    next(skip) {
      const found = reader.next(skip)
      return found === null
        ? null
        : {
            index: found.index,
            count: 1,
            size: found.file.size,
            job: () => childOf(needs, record, found.file, later),
          }
    },
    those(indices) {
      const again = batch.list.reader()
      const found: ReturnType<BatchJob<UploadJob>['those']>[number][] = []
      for (
        let one = again.next((index) => !indices.has(index));
        one !== null && found.length < indices.size;
        one = again.next((index) => !indices.has(index))
      ) {
        found.push({ index: one.index, job: childOf(needs, record, one.file, null) })
      }
      return found
    },
    found: () => ({
      files: Math.max(batch.scan.found, batch.listed?.files ?? 0),
      bytes: Math.max(batch.scan.bytes, batch.listed?.bytes ?? 0),
      counting: batch.counting(),
      error: batch.failure() ?? batch.list.damage() ?? batch.missing(),
    }),
    onFound: (more) => batch.onFound(more),
    decide: (existing) => void (later = existing),
    released() {
      batch.stop()
      release()
      rmSync(listPath(needs, record.listId), { force: true })
    },
  }
}

/**
 * Makes the job of one file of a batch. The user's decision for the name before the start overrides
 * the rule for all.
 */
function childOf(
  needs: JobNeeds,
  record: BatchRecord,
  { root, path, size, modified }: ListedFile,
  later: UploadRecord['existing'] | null,
): UploadJob {
  const from = record.roots[root]
  const key = keyUnder(record.prefix, from, path)
  const marker = path.endsWith('/')
  const existing = later ?? record.decisions[key] ?? record.existing
  const job = uploadJobOf(needs, record, {
    key,
    source: marker ? null : join(from?.path ?? '', path),
    size,
    modified,
    replace: marker || existing === 'replace',
    existing,
    taken: !marker && existing !== 'replace' && takenOf(needs, record, key),
  })
  return record.spooled.length === 0 ? job : ofSpool(needs, job)
}

/**
 * Returns whether the file's name is taken. When names were not compared before the start, the
 * upload looks the name up when its turn comes. The app's own practice server follows OSS's rule,
 * so it needs no request.
 */
function takenOf(
  { connections }: JobNeeds,
  { profileId, bucket, taken }: BatchRecord,
  key: string,
): UploadJob['taken'] & {} {
  if (taken !== undefined) return Object.hasOwn(taken, key)
  return (
    profileId !== PRACTICE_PROFILE &&
    (async (signal) => mayReplace(connections.bucket(profileId, bucket), bucket, key, signal))
  )
}
