import { join } from 'node:path'
import { caught, ok, valueOf } from '../../../shared/contract/errors.ts'
import { headObject } from '../oss/objects.ts'
import type { UploadJob } from '../transfer/jobs.ts'
import { freeKeys } from './free-keys.ts'
import type { BatchRecord, UploadChoices, UploadRecord } from './job-records.ts'
import { keyForWriting, openersFor } from './key-choice.ts'
import type { JobNeeds } from './job-needs.ts'
import { keyUnder } from './scan.ts'
import type { ListedFile } from '../store/file-list.ts'
import { ofSpool } from './spool-job.ts'

type OneFile = Pick<UploadRecord, 'key' | 'source' | 'size' | 'modified' | 'replace' | 'existing' | 'openWith'>

/** The job of one file. Everything that may change while it waits (account, keys, what is there) is asked when it runs. */
export function uploadJobOf(needs: JobNeeds, choices: UploadChoices, file: OneFile): UploadJob {
  const { connections, changes, afterUse } = needs
  const { profileId, bucket, keyId, keyName, allowWeak, format, multipartFrom, partSize, parallel } = choices
  const { key, source, size, replace, existing, openWith = [] } = file
  const place = { profileId, bucket }
  const shown = source === null ? key.slice(0, -1) : key
  return {
    kind: 'upload', profileId, bucket, key, source, size, replace, existing, keyName: keyName === '' ? null : keyName, format, multipartFrom, partSize, parallel,
    name: source === null ? `${nameOf(shown)}/` : nameOf(shown),
    target: targetOf(bucket, shown),
    oss: async () => {
      try {
        return ok(connections.bucket(profileId, bucket))
      } catch (cause) {
        return caught(cause)
      }
    },
    masterKey: (signal) => keyForWriting(needs, place, keyId, allowWeak, signal),
    openers: openersFor(needs, openWith, { ...place, key }),
    onExisting: (job, signal) => decideExisting(needs, place, job, signal),
    finished: () => {
      afterUse()
      changes.touch({ ...place, prefix: folderOf(shown) })
    },
  }
}

/** One of many files. What the user said of its name before the start counts more than the rule for all. */
export function childOf(needs: JobNeeds, record: BatchRecord, { root, path, size, modified }: ListedFile, later: UploadRecord['existing'] | null): UploadJob {
  const from = record.roots[root]
  const key = keyUnder(record.prefix, from, path)
  const marker = path.endsWith('/')
  const existing = later ?? record.decisions[key] ?? record.existing
  const job = uploadJobOf(needs, record, { key, source: marker ? null : join(from?.path ?? '', path), size, modified, replace: marker || existing === 'replace', existing })
  return record.spooled.length === 0 ? job : ofSpool(needs, job)
}

async function decideExisting({ connections }: JobNeeds, { profileId, bucket }: { readonly profileId: string; readonly bucket: string }, job: UploadJob, signal: AbortSignal): Promise<UploadJob | 'skip' | 'ask'> {
  const oss = connections.bucket(profileId, bucket)
  switch (job.existing ?? 'ask') {
    case 'ask':
      return 'ask'
    case 'skip':
      return 'skip'
    case 'replace':
      return { ...job, replace: true }
    case 'rename': {
      const free = await freeKeys(oss, bucket, [job.key], new Set(), signal)
      const key = free.get(job.key) ?? job.key
      return { ...job, key, name: nameOf(key) }
    }
    case 'same':
    case 'newer':
      valueOf(ok(await headObject(oss, bucket, job.key, signal)))
      return 'ask'
  }
}

export const folderOf = (key: string) => key.slice(0, key.lastIndexOf('/') + 1)
const nameOf = (key: string) => key.slice(key.lastIndexOf('/') + 1)
const targetOf = (bucket: string, key: string) => `${bucket}/${folderOf(key)}`.replace(/\/$/, '')
