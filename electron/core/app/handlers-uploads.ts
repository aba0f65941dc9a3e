import { fail, ok, type Result } from '../../../shared/contract/errors.ts'
import type { In } from '../../../shared/contract/routes.ts'
import { MAX_KEY_BYTES, keyBytes } from '../../../shared/format/object-names.ts'
import { mayWrite } from '../keys/write-formats.ts'
import { freeKeys } from '../oss/free-keys.ts'
import type { UploadJob } from '../transfer/jobs.ts'
import { keyForWriting } from './key-choice.ts'
import type { HandlersOf, Parts } from './parts.ts'
import type { FoundFile } from './scan.ts'
import type { ReadyPlan } from './upload-plans.ts'

type Start = In<'uploads.start'>
interface Chosen {
  readonly file: FoundFile
  readonly key: string
  readonly replace: boolean
}

export function uploadHandlers(parts: Parts): HandlersOf<'uploads'> {
  const { plans, queue, grants, connections, settings, emitter } = parts

  return {
    'uploads.plan': async ({ profileId, bucket, prefix, grants: ids }) => {
      const profile = parts.profiles.get(profileId)
      return profile.ok ? plans.start({ profileId, bucket, prefix }, ids) : profile
    },
    'uploads.forget': async ({ planId }) => {
      plans.forget(planId)
      return ok(null)
    },
    'uploads.start': async (input, signal) => {
      const taken = plans.take(input.planId)
      if (!taken.ok) return taken
      const plan = taken.value
      const place = { profileId: plan.profileId, bucket: plan.bucket }
      const handle = await keyForWriting(parts, place, input.keyId, input.allowWeak, signal)
      if (!handle.ok) return handle
      using key = handle.value
      const format = input.format ?? key.writes
      if (!mayWrite(key.kind, format)) return fail({ code: 'format-not-for-key', format, kind: key.kind })
      const chosen = await choose(plan, input, connections, signal)
      if (!chosen.ok) return chosen

      const keyId = key.id
      const { multipartFrom, partSize } = settings.current()
      const common = {
        kind: 'upload' as const,
        profileId: plan.profileId,
        keyName: key.name,
        format,
        bucket: plan.bucket,
        oss: async () => ok(connections.bucket(plan.profileId, plan.bucket)),
        masterKey: (stop: AbortSignal) => keyForWriting(parts, place, keyId, input.allowWeak, stop),
        multipartFrom: Math.min(multipartFrom, input.partSize ?? multipartFrom),
        partSize: input.partSize ?? partSize,
        parallel: input.parallel,
      }
      const release = sharedHold(plan.grants, grants.hold, chosen.value.length + plan.scan.emptyFolders.length)
      const finished = (key: string) => () => {
        parts.afterUse()
        emitter.emit('objects.changed', { ...place, prefix: folderOf(key) })
      }
      const files = chosen.value.map(({ file, key, replace }): UploadJob => ({
        ...common, key, replace, source: file.path, size: file.size, name: nameOf(key), target: targetOf(plan.bucket, key), finished: finished(key), released: release,
      }))
      const folders = plan.scan.emptyFolders.map((key): UploadJob => ({
        ...common, key, replace: true, source: null, size: 0, name: `${nameOf(key.slice(0, -1))}/`, target: targetOf(plan.bucket, key.slice(0, -1)), finished: finished(key.slice(0, -1)), released: release,
      }))
      const ids = queue.add([...files, ...folders])
      plans.forget(input.planId)
      return ok(ids)
    },
  }
}

/** Which files go up under which key, after the rule for existing names and the user's decisions. */
async function choose(plan: ReadyPlan, input: Start, connections: Parts['connections'], signal: AbortSignal): Promise<Result<readonly Chosen[]>> {
  const [only] = plan.scan.files
  if (input.toKey !== null) {
    if (plan.scan.files.length !== 1 || only === undefined || keyBytes(input.toKey) > MAX_KEY_BYTES) return fail({ code: 'bad-request', detail: 'uploads.start: toKey' })
    return ok([{ file: only, key: input.toKey, replace: input.existing === 'replace' }])
  }
  const conflicting = new Set(plan.conflicts.map((conflict) => conflict.key))
  const rule = (key: string) => (input.existing === 'ask' ? input.decisions[key] : input.existing)
  const undecided = [...conflicting].find((key) => rule(key) === undefined)
  if (undecided !== undefined) return fail({ code: 'object-exists', key: undecided })

  const renames = plan.scan.files.filter((file) => conflicting.has(file.key) && rule(file.key) === 'rename').map((file) => file.key)
  const taken = new Set(plan.scan.files.map((file) => file.key))
  const free = renames.length === 0 ? new Map<string, string>() : await freeKeys(connections.bucket(plan.profileId, plan.bucket), plan.bucket, renames, taken, signal)
  return ok(
    plan.scan.files.flatMap((file) => {
      if (!conflicting.has(file.key)) return [{ file, key: file.key, replace: false }]
      if (rule(file.key) === 'skip') return []
      return [{ file, key: free.get(file.key) ?? file.key, replace: rule(file.key) === 'replace' }]
    }),
  )
}

/** One release for all jobs of a plan: the grants are held until the last of them needs its source no more. */
function sharedHold(ids: readonly string[], hold: (id: string) => () => void, jobs: number): () => void {
  const releases = ids.map(hold)
  let left = jobs
  if (left === 0) for (const release of releases) release()
  return () => {
    left -= 1
    if (left === 0) for (const release of releases) release()
  }
}

const folderOf = (key: string) => key.slice(0, key.lastIndexOf('/') + 1)
const nameOf = (key: string) => key.slice(key.lastIndexOf('/') + 1)
const targetOf = (bucket: string, key: string) => `${bucket}/${folderOf(key)}`.replace(/\/$/, '')
