import { randomUUID } from 'node:crypto'
import { Failure, valueOf } from '../../../../shared/contract/errors.ts'
import type { OldVersion, RewrapPlan } from '../../../../shared/contract/models-rewraps.ts'
import type { In } from '../../../../shared/contract/routes/routes.ts'
import { readHeaders, recognise } from '../../../../shared/format/recognise.ts'
import { isInShard } from '../../audit/shard.ts'
import { attempted } from '../../base/attempt.ts'
import { each } from '../../base/turns.ts'
import type { MasterKeyHandle } from '../../keys/master-key.ts'
import type { Oss } from '../../oss/client.ts'
import { versionIfThere } from '../../oss/objects.ts'
import { pagesOf } from '../../oss/selection.ts'
import { listVersions, versioningOf, type VersionRow } from '../../oss/versions.ts'
import { judgeEnvelope } from '../../transfer/copy/judge-rewrap.ts'
import type { RewrapKeys } from '../../transfer/copy/rewrap-job.ts'
import { createObjectList } from '../bulk/object-list.ts'
import { selectionName } from '../bulk/selection-name.ts'
import { rewrapKeys } from '../jobs/rewrap-keys.ts'
import { rewrapJobOf } from '../kinds/rewrap.ts'
import { RECORD_VERSION } from '../kinds/record-shapes.ts'
import type { HandlersOf, Parts } from '../parts.ts'

/** Pages of a listing in one step of a plan. */
const PAGES = 20
/** Versions in one step. */
const VERSIONS = 200
const HEADS_AT_ONCE = 8
const ARCHIVED = /Archive/
const INFREQUENT = 'IA'

/** Changes of master keys. */
export function rewrapHandlers(parts: Parts): HandlersOf<'rewraps'> {
  const { connections, queue, needs, settings } = parts
  return {
    'rewraps.plan': ({ profileId, bucket, prefix, shard, cursor }, signal) =>
      attempted(async (): Promise<RewrapPlan> => {
        const plan = { objects: 0, bytes: 0, archived: 0, archivedBytes: 0, infrequent: 0 }
        const oss = connections.bucket(profileId, bucket)
        const tree = { prefix, marker: false, except: [] }
        let [pages, last] = [0, cursor ?? '']
        for await (const rows of pagesOf(oss, bucket, tree, last, signal)) {
          for (const { key, size, storageClass } of rows) {
            last = key
            if (shard !== null && !isInShard(key, shard)) continue
            const isArchived = ARCHIVED.test(storageClass)
            plan.objects += 1
            plan.bytes += size
            plan.archived += isArchived ? 1 : 0
            plan.archivedBytes += isArchived ? size : 0
            plan.infrequent += storageClass === INFREQUENT ? 1 : 0
          }
          pages += 1
          if (pages === PAGES) return { ...plan, cursor: last }
        }
        return { ...plan, cursor: null }
      }),
    'rewraps.start': ({ profileId, bucket, prefix, ...given }, signal) =>
      attempted(async () => {
        await checkKeys(parts, given)
        // The new key is proven before anything is listed.
        const place = { profileId, bucket, ...given }
        valueOf(await rewrapKeys(needs, place).target(signal))[Symbol.dispose]()
        const selection = { keys: [], under: { prefix, except: [] } }
        const list = createObjectList(needs, { listId: randomUUID(), profileId, bucket }, selection)
        return queue.add([
          rewrapJobOf(needs, {
            version: RECORD_VERSION,
            kind: 'rewrap',
            ...list,
            ...given,
            name: selectionName(selection, bucket),
            prefix,
            partSize: settings.current().partSize,
          }),
        ])
      }),
    'rewraps.versions': (input, signal) =>
      attempted(async () => {
        const { profileId, bucket, prefix, cursor, shard } = input
        await checkKeys(parts, input)
        const oss = connections.bucket(profileId, bucket)
        if ((await versioningOf(oss, bucket, signal)) === 'never')
          return { versions: [], looked: 0, cursor: null }
        const wanted = { bucket, prefix, delimiter: '', cursor, max: VERSIONS }
        const page = await listVersions(oss, wanted, signal)
        const old = page.rows.filter(
          ({ kind, isLatest, key }) =>
            kind === 'version' && !isLatest && (shard === null || isInShard(key, shard)),
        )
        const keys = rewrapKeys(needs, { ...input, mode: 'relay' })
        using target = valueOf(await keys.target(signal))
        const versions = await underOldKeys({ oss, bucket, keys, target, signal }, old)
        return { versions, looked: old.length, cursor: page.cursor }
      }),
  }
}

/**
 * Throws Failure 'bad-request' where the new key is one of the old ones. A key that was added twice
 * has two names and one public half.
 */
async function checkKeys(
  { catalog }: Parts,
  { toKey, fromKeys }: Pick<In<'rewraps.start'>, 'toKey' | 'fromKeys'>,
): Promise<void> {
  const publicOf = async (id: string): Promise<string | null> => {
    const pem = await catalog.publicPem(id)
    return pem.ok ? pem.value : null
  }
  const target = await publicOf(toKey)
  for (const id of fromKeys)
    if (id === toKey || (target !== null && (await publicOf(id)) === target))
      throw new Failure({ code: 'bad-request', detail: 'rewraps: the new key is an old key' })
}

interface Looking {
  readonly oss: Oss
  readonly bucket: string
  readonly keys: RewrapKeys
  readonly target: MasterKeyHandle
  readonly signal: AbortSignal
}

/** Returns the versions that an old key opens. One HEAD each, and one for each current object. */
async function underOldKeys(
  looking: Looking,
  rows: readonly VersionRow[],
): Promise<readonly OldVersion[]> {
  const current = new Map<string, Promise<boolean>>()
  const isReplaced = (key: string): Promise<boolean> => {
    const known =
      current.get(key) ?? judged(looking, key, null).then((found) => found?.kind === 'already')
    current.set(key, known)
    return known
  }
  const found = new Map<VersionRow, OldVersion>()
  await each(
    rows.values(),
    HEADS_AT_ONCE,
    async (row) => {
      const { key, versionId, size, modified } = row
      const verdict = await judged(looking, key, versionId)
      if (verdict?.kind !== 'rewrap') return
      const { keyName } = verdict
      const one = { key, versionId, size, modified, keyName, isReplaced: await isReplaced(key) }
      found.set(row, one)
    },
    looking.signal,
  )
  return rows.flatMap((row) => found.get(row) ?? [])
}

/** Judges the envelope of one version; null for an object that has none. */
async function judged(
  { oss, bucket, keys, target, signal }: Looking,
  key: string,
  versionId: string | null,
): Promise<{ readonly kind: 'already' | 'left' } | { kind: 'rewrap'; keyName: string } | null> {
  const head = await versionIfThere(oss, { bucket, key, versionId }, signal)
  const found = head === null ? null : recognise(readHeaders(head.headers))
  if (found?.kind !== 'encrypted') return null
  const verdict = await judgeEnvelope({ keys }, target, found.envelope, signal)
  if (verdict.kind !== 'rewrap') return { kind: verdict.kind }
  verdict.opened.dataKey[Symbol.dispose]()
  return { kind: 'rewrap', keyName: verdict.opened.keyName }
}
