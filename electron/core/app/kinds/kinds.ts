import type { BatchJob, ChildJob } from '../../transfer/run/jobs.ts'
import type { JobKind } from '../../transfer/queue/job-kind.ts'
import type { JobNeeds } from '../jobs/job-needs.ts'
import { copyKind } from './copy.ts'
import { copyManyKind } from './copy-many.ts'
import { countKind } from './count.ts'
import { decryptKind } from './decrypt.ts'
import { deleteKind } from './delete.ts'
import { downloadManyKind } from './download-many.ts'
import { downloadKind } from './download.ts'
import { folderKind } from './folder.ts'
import type { AnyRecord, RecordKind } from './kind.ts'
import { rewrapKind } from './rewrap.ts'
import { uploadManyKind } from './upload-many.ts'
import { uploadKind } from './upload.ts'

/** Every kind of job. A new kind is one file in this folder and one line here. */
const KINDS: readonly (RecordKind | JobKind | (RecordKind & JobKind))[] = [
  uploadKind,
  uploadManyKind,
  downloadKind,
  downloadManyKind,
  folderKind,
  decryptKind,
  copyKind,
  copyManyKind,
  deleteKind,
  countKind,
  rewrapKind,
]

const jobKinds = new Map<string, JobKind>()
const recordKinds = new Map<string, RecordKind>()
for (const kind of KINDS) {
  if ('run' in kind) jobKinds.set(kind.kind, kind)
  if ('record' in kind) recordKinds.set(kind.kind, kind)
}

/** Finds the kind of a job. Throws for a kind that the table does not have: a bug. */
export function kindOf(kind: string): JobKind {
  const found = jobKinds.get(kind)
  if (found === undefined) throw new Error(`no kind of job is called ${kind}`)
  return found
}

/**
 * Reads a record of the journal. Returns null for a record that this version makes no job from. Its
 * checksum was right, so a version of the app wrote it, perhaps a later one.
 */
export function jobRecordOf(
  value: unknown,
): { readonly record: AnyRecord; readonly listId: string | null } | null {
  const kind = recordKinds.get(String(Object(value).kind))
  const read = kind?.record.safeParse(value)
  if (kind === undefined || read?.success !== true) return null
  return { record: read.data, listId: kind.listOf?.(read.data) ?? null }
}

/**
 * Makes a job from its record after a restart. Returns null for a record that no version of the app
 * wrote. `done`: the number behind the last row of a batch that ended well before.
 */
export function reviveJob(needs: JobNeeds, value: unknown, done = 0): ChildJob | BatchJob | null {
  const known = jobRecordOf(value)
  if (known === null) return null
  return recordKinds.get(known.record.kind)?.make(needs, known.record, done) ?? null
}
