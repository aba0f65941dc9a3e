import { join } from 'node:path'
import { attempted } from '../../base/attempt.ts'
import { freeKeys } from '../../oss/free-keys.ts'
import { headObject } from '../../oss/objects.ts'
import type { UploadJob } from '../../transfer/run/jobs.ts'
import { identify } from '../../files/file-source.ts'
import { decideExisting } from './existing-rule.ts'
import type { BatchRecord, UploadChoices, UploadRecord } from './job-records.ts'
import { keyForWriting, openersFor } from './key-choice.ts'
import { folderOf, nameOf, targetOf } from '../objects/key-names.ts'
import type { JobNeeds } from './job-needs.ts'
import { mayReplace } from './name-look.ts'
import { PRACTICE_PROFILE } from '../profiles/profiles.ts'
import { keyUnder } from '../local/scan.ts'
import type { ListedFile } from '../../store/file-list.ts'
import { ofSpool } from './spool-job.ts'

type OneFile = Pick<
  UploadRecord,
  'key' | 'source' | 'size' | 'modified' | 'replace' | 'existing' | 'openWith'
> &
  Pick<UploadJob, 'taken'>

/**
 * The job of one file. Everything that may change while it waits (account, keys, what is there) is
 * asked when it runs.
 */
export function uploadJobOf(needs: JobNeeds, choices: UploadChoices, file: OneFile): UploadJob {
  const { connections, changes, uploaded, afterUse } = needs
  const { profileId, bucket, keyName, format, multipartFrom, partSize, parallel } = choices
  const { key, source, size, replace, existing, openWith = [], taken = false } = file
  const place = { profileId, bucket }
  return {
    kind: 'upload',
    profileId,
    bucket,
    key,
    source,
    size,
    replace,
    existing,
    taken,
    keyName: keyName === '' ? null : keyName,
    format,
    multipartFrom,
    partSize,
    parallel,
    name: nameOf(key),
    target: targetOf(bucket, key),
    oss: () => attempted(async () => connections.bucket(profileId, bucket)),
    masterKey: writerOf(needs, choices),
    openers: openersFor(needs, openWith, { ...place, key }),
    onExisting: (job, signal) => onTaken(needs, place, job, signal),
    stored: (facts) => uploaded.record(bucket, facts.key, facts),
    finished: () => {
      afterUse()
      changes.touch({ ...place, prefix: folderOf(key) })
    },
  }
}

/** One function for all jobs of one key and place. */
function writerOf(
  needs: JobNeeds,
  { profileId, bucket, keyId, allowWeak }: UploadChoices,
): UploadJob['masterKey'] {
  const name = JSON.stringify([profileId, bucket, keyId, allowWeak])
  const known = needs.writers.get(name)
  if (known !== undefined) return known
  const writer: UploadJob['masterKey'] = (signal) =>
    keyForWriting(needs, { profileId, bucket }, keyId, allowWeak, signal)
  needs.writers.set(name, writer)
  return writer
}

/**
 * One of many files. What the user said of its name before the start counts more than the rule for
 * all.
 */
export function childOf(
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
 * What is known of the name; where names were not compared before the start it is looked for when
 * its turn comes. Our own practice server keeps OSS's rule.
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

/** The rule for a name that turned out to be taken. */
async function onTaken(
  { connections, uploaded }: JobNeeds,
  { profileId, bucket }: { readonly profileId: string; readonly bucket: string },
  job: UploadJob,
  signal: AbortSignal,
): Promise<UploadJob | 'skip' | 'ask'> {
  const rule = job.existing ?? 'ask'
  if (rule === 'ask' || rule === 'skip' || job.source === null)
    return rule === 'skip' ? 'skip' : 'ask'
  const oss = connections.bucket(profileId, bucket)
  const head = await headObject(oss, bucket, job.key, signal)
  const { size, mtimeNs } = await identify(job.source)
  const file = {
    size,
    mtimeMs: Number(mtimeNs / 1_000_000n),
    recorded: await uploaded.find(bucket, job.key),
  }
  const decided = decideExisting(rule, file, {
    size: head.size,
    modifiedMs: Date.parse(head.modified) - oss.clockOffsetMs(),
    crc64: head.crc64,
    etag: head.etag,
  })
  if (decided === 'replace') return { ...job, replace: true }
  if (decided !== 'rename') return decided
  const free = await freeKeys(oss, bucket, [job.key], new Set(), signal)
  const key = free.get(job.key) ?? job.key
  return { ...job, key, name: nameOf(key) }
}
