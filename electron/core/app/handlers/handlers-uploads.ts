import { headIfThere } from '../../oss/objects.ts'
import { join } from 'node:path'
import { caught, fail, ok, type AppError, type Result } from '../../../../shared/contract/errors.ts'
import type { TransferId } from '../../../../shared/contract/models.ts'
import type { In } from '../../../../shared/contract/routes/routes.ts'
import { attemptedResult } from '../../base/attempt.ts'
import { mayWrite } from '../../keys/write-formats.ts'
import { freeKeys } from '../../oss/free-keys.ts'
import { RECORD_VERSION, type UploadChoices } from '../kinds/record-shapes.ts'
import { batchJobOf } from '../kinds/upload-many.ts'
import { uploadKind, type UploadRecord } from '../kinds/upload.ts'
import { keyForWriting } from '../jobs/key-choice.ts'
import type { HandlersOf, Parts } from '../parts.ts'
import { keyUnder, missingError } from '../local/scan.ts'
import { mayShareKeys } from '../jobs/shared-keys.ts'
import { filesOf, type CountedPlan } from '../jobs/upload-plans.ts'

type Start = In<'uploads.start'>
type Chosen = Omit<UploadRecord, keyof UploadChoices | 'version' | 'kind' | 'spooled'>

/** An upload of more files is one batch. Nobody would read so many rows. */
const MOST_ROWS = 200

export function uploadHandlers(parts: Parts): HandlersOf<'uploads'> {
  const { plans } = parts
  return {
    'uploads.plan': async ({ profileId, bucket, prefix, grants: ids }) => {
      const profile = parts.profiles.get(profileId)
      if (!profile.ok) return profile
      // The plan compares names with the bucket later. A locked secret is reported at once, and not
      // after the counting.
      const secret = await parts.profiles.credentials(profileId)
      if (!secret.ok) return secret
      return attemptedResult(async () => plans.start({ profileId, bucket, prefix }, ids))
    },
    'uploads.forget': async ({ planId }) => {
      plans.forget(planId)
      return ok(null)
    },
    'uploads.start': async (input, signal) => {
      const found = plans.look(input.planId)
      if (!found.ok) return found
      const { profileId, bucket } = found.value
      const handle = await keyForWriting(
        parts,
        { profileId, bucket },
        input.keyId,
        input.allowWeak,
        signal,
      )
      if (!handle.ok) return handle
      using key = handle.value
      const format = input.format ?? key.writes
      if (!mayWrite(key.kind, format))
        return fail({ code: 'format-not-for-key', format, kind: key.kind })
      const { multipartFrom, partSize } = parts.settings.current()
      const choices: UploadChoices = {
        profileId,
        bucket,
        keyId: key.id,
        keyName: key.name,
        allowWeak: input.allowWeak,
        format,
        parallel: input.parallel,
        multipartFrom: Math.min(multipartFrom, input.partSize ?? multipartFrom),
        partSize: input.partSize ?? partSize,
        seals: input.seal !== false,
      }
      try {
        // A few single files are counted in a moment, and each has a row of its own. As a batch,
        // one name would be there twice.
        if (isFewFiles(found.value)) await found.value.ready
        // Two files with one key are found before anything is sent. When the roots may share keys,
        // all files are counted first.
        if (mayShareKeys(found.value.roots)) await countedOr(found.value, signal)
        // The plan may have been forgotten while its files were counted.
        const plan = plans.look(input.planId)
        if (!plan.ok) return plan
        const shared = sharedError(plan.value, input)
        if (shared !== null) return fail(shared)
        return await begin(parts, plan.value, input, choices, signal)
      } catch (cause) {
        return caught(cause)
      }
    },
  }
}

const isFewFiles = ({ roots, arriving }: CountedPlan): boolean =>
  !arriving && roots.length <= MOST_ROWS && roots.every(({ kind }) => kind === 'file')

/** Resolves when all files are counted or the signal aborts. */
function countedOr({ count }: CountedPlan, signal: AbortSignal): Promise<void> {
  return Promise.race([
    count.done,
    new Promise<void>((resolve) =>
      signal.addEventListener('abort', () => resolve(), { once: true }),
    ),
  ])
}

/** Returns the error for two files with one key; null when the user chose two names for them. */
function sharedError(
  { count: { shared } }: CountedPlan,
  { existing, decisions }: Start,
): AppError | null {
  if (existing === 'rename') return null
  const one =
    existing === 'ask'
      ? shared.found.find(({ key }) => decisions[key] !== 'rename')
      : shared.found[0]
  const unnamed = shared.count() > shared.found.length
  const first = one ?? (unnamed ? shared.found[0] : undefined)
  return first === undefined ? null : { code: 'one-key-for-two', ...first, count: shared.count() }
}

async function begin(
  { needs, queue, plans, connections }: Parts,
  plan: CountedPlan,
  input: Start,
  choices: UploadChoices,
  signal: AbortSignal,
): Promise<Result<readonly TransferId[]>> {
  const { count, listId, roots, prefix, spooled, conflicts, arriving } = plan
  const rule = input.existing
  const missing = missingError(count.scan)
  // A batch reports the left-out files. Rows of single files would each report success alone.
  if (
    input.toKey === null &&
    (count.counting() || conflicts === null || count.scan.found > MOST_ROWS || missing !== null)
  ) {
    const undecided =
      rule === 'ask' ? conflicts?.find(({ key }) => input.decisions[key] === undefined) : undefined
    if (undecided !== undefined) return fail({ code: 'object-exists', key: undecided.key })
    const name =
      roots.length === 1 ? (roots[0]?.name ?? '') : `${roots[0]?.name ?? ''} + ${roots.length - 1}`
    const ids = queue.add([
      batchJobOf(
        needs,
        {
          ...choices,
          version: RECORD_VERSION,
          kind: 'batch',
          listId,
          prefix,
          name,
          roots,
          existing: rule,
          decisions: input.decisions,
          ...(conflicts !== null && {
            taken: Object.fromEntries(conflicts.map(({ key }) => [key, true])),
          }),
          spooled,
          ...(arriving && { arriving }),
        },
        count,
      ),
    ])
    plans.handOver(input.planId)
    return ok(ids)
  }
  const chosen = await choose(plan, input, connections, signal)
  if (!chosen.ok) return chosen
  const ids = queue.add(
    chosen.value.map((one) =>
      uploadKind.make(needs, {
        version: RECORD_VERSION,
        ...choices,
        ...one,
        kind: 'upload',
        spooled,
      }),
    ),
  )
  plans.forget(input.planId)
  return ok(ids)
}

/**
 * Returns the files to upload and their keys, by the rule for existing names and the user's
 * decisions.
 */
async function choose(
  plan: CountedPlan,
  input: Start,
  connections: Parts['connections'],
  signal: AbortSignal,
): Promise<Result<readonly Chosen[]>> {
  const files = [...filesOf(plan)].map(({ root, path, size, modified }): Chosen => {
    const key = keyUnder(plan.prefix, plan.roots[root], path)
    const marker = path.endsWith('/')
    return {
      key,
      source: marker ? null : join(plan.roots[root]?.path ?? '', path),
      size,
      modified,
      replace: marker,
      existing: input.existing,
    }
  })
  const [only] = files
  if (input.toKey !== null) {
    const missing = missingError(plan.count.scan)
    if (missing !== null) return fail(missing)
    if (files.length !== 1 || only === undefined || only.source === null)
      return fail({ code: 'bad-request', detail: 'uploads.start: toKey' })
    const replace = input.existing === 'replace'
    // OSS itself refuses to replace, but not every compatible server does.
    const taken =
      !replace &&
      (await headIfThere(
        connections.bucket(plan.profileId, plan.bucket),
        plan.bucket,
        input.toKey,
        signal,
      )) !== null
    return ok([{ ...only, key: input.toKey, replace, taken }])
  }
  const conflicting = new Set(plan.conflicts?.map(({ key }) => key))
  const rule = (key: string) => (input.existing === 'ask' ? input.decisions[key] : input.existing)
  const undecided = [...conflicting].find((key) => rule(key) === undefined)
  if (undecided !== undefined) return fail({ code: 'object-exists', key: undecided })

  const renames = files
    .filter(({ key }) => conflicting.has(key) && rule(key) === 'rename')
    .map(({ key }) => key)
  const taken = new Set(files.map(({ key }) => key))
  const free =
    renames.length === 0
      ? new Map<string, string>()
      : await freeKeys(
          connections.bucket(plan.profileId, plan.bucket),
          plan.bucket,
          renames,
          taken,
          signal,
        )
  return ok(
    files.flatMap((file) => {
      if (!conflicting.has(file.key)) return [file]
      // A file that the rule for all skips has a row. A file that the user skipped by a decision
      // has no row.
      if (rule(file.key) === 'skip' && input.existing === 'ask') return []
      const renamed = free.get(file.key)
      return [
        {
          ...file,
          key: renamed ?? file.key,
          replace: rule(file.key) === 'replace',
          taken: renamed === undefined && rule(file.key) !== 'replace',
        },
      ]
    }),
  )
}
