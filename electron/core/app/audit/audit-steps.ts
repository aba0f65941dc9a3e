import { createPublicKey } from 'node:crypto'
import { Failure } from '../../../../shared/contract/errors.ts'
import { sumsOf } from '../../../../shared/contract/audit-sums.ts'
import type {
  AuditedObject,
  AuditLook,
  AuditPage,
  Shard,
} from '../../../../shared/contract/models-audit.ts'
import type { MasterKeyId, ProfileId } from '../../../../shared/contract/models.ts'
import { judgeObject } from '../../audit/judge-object.ts'
import { isInShard } from '../../audit/shard.ts'
import { each } from '../../base/turns.ts'
import type { AuditRow } from '../../index/port.ts'
import type { RemoteIndex } from '../../index/index-thread.ts'
import type { KeyCatalog } from '../../keys/catalog/key-catalog.ts'
import { isSoundModulus } from '../../keys/files/sound-modulus.ts'
import { aclOf, bucketAclOf } from '../../oss/acl.ts'
import { readHead } from '../objects/head-text.ts'
import type { Parts } from '../parts.ts'

/** The most requests for ACLs at the same time. */
const PARALLEL = 8
/** Objects of one list of HEADs. All lists of a step run at the same time. */
const LIST = 250

/** The objects of one step of an audit. */
export interface AuditStep {
  readonly profileId: ProfileId
  readonly bucket: string
  readonly prefix: string
  readonly shard: Shard | null
  /** '' for the first step. */
  readonly after: string
  readonly count: number
}

type Needs = Pick<Parts, 'localIndex' | 'states' | 'catalog' | 'connections'>

/** Returns the objects of a step in its shard, and the key behind which the next step begins. */
async function rowsOf(
  index: RemoteIndex,
  { bucket, prefix, shard, after, count }: AuditStep,
): Promise<{ readonly rows: readonly AuditRow[]; readonly next: string | null }> {
  const rows = await index.audited(bucket, prefix, after, count)
  const last = rows.at(-1)
  return {
    rows: shard === null ? rows : rows.filter(({ key }) => isInShard(key, shard)),
    next: rows.length < count || last === undefined ? null : last.key,
  }
}

/**
 * Brings the states of one step into the index. Known objects cost no request. The step ends before
 * the first object that needs more than `requests`.
 */
export async function lookAtStep(
  { localIndex, states }: Needs,
  step: AuditStep & { readonly requests: number },
  signal: AbortSignal,
): Promise<AuditLook> {
  const index = await localIndex.indexes.of(step.profileId)
  const { rows: found, next } = await rowsOf(index, step)
  const heads = await index.heads(step.bucket, found)
  let left = step.requests
  const beyond = found.findIndex((_, at) => {
    const head = heads[at] ?? null
    return (head === null || readHead(head) === null) && left-- <= 0
  })
  const rows = beyond < 0 ? found : found.slice(0, beyond)
  const turns = Array.from({ length: Math.ceil(rows.length / LIST) }, (_, turn) =>
    rows.slice(turn * LIST, (turn + 1) * LIST),
  )
  const looks = await Promise.all(
    turns.map(async (some) => {
      const found = await states.states(step, some, signal)
      // An object that was replaced after the listing is the one that the HEAD showed.
      const replaced = found.flatMap(({ row }, at) =>
        row !== null && row.etag !== some[at]?.etag ? [row] : [],
      )
      await index.upsert(
        step.bucket,
        replaced,
        found.flatMap((one) => one.found ?? []),
      )
      return found
    }),
  )
  const all = looks.flat()
  return {
    objects: all.length,
    requests: all.filter(({ isAsked }) => isAsked).length,
    unread: all.filter(({ encryption }) => encryption === null).length,
    isLimited: beyond >= 0,
    after: beyond < 0 ? next : (rows.at(-1)?.key ?? step.after),
  }
}

/** Judges the objects of one step by what the index knows. */
export async function judgeStep(
  needs: Needs,
  step: AuditStep & { readonly acl: boolean },
  signal: AbortSignal,
): Promise<AuditPage> {
  const { localIndex, states, catalog } = needs
  const index = await localIndex.indexes.of(step.profileId)
  const { rows, next } = await rowsOf(index, step)
  const described = await Promise.all(
    rows.map(({ key, head }) =>
      head === null ? null : states.describeKnown(step.bucket, key, head),
    ),
  )
  const plain = rows.filter(
    (_, at) => described[at]?.encryption.state === 'plain' && described[at]?.isMessage === false,
  )
  const acls = step.acl ? await aclsOf(needs, step, plain, signal) : new Map<string, null>()
  const brokenKeys = await brokenKeysOf(catalog)
  const objects = rows.map((row, at): AuditedObject => {
    const { key, size, modified, storageClass, sharedWith } = row
    const verdict = judgeObject({
      size,
      encryption: described[at]?.encryption ?? null,
      isMessage: described[at]?.isMessage ?? false,
      sharedWith,
      acl: acls.has(key) ? (acls.get(key) ?? null) : 'not-asked',
      brokenKeys,
    })
    return { key, size, modified, storageClass, ...verdict }
  })
  return {
    objects: objects.filter(({ findings }) => findings.length > 0),
    sums: sumsOf(objects),
    after: next,
  }
}

/** Asks for the ACL that counts for each object; null where it could not be read. */
async function aclsOf(
  { connections }: Needs,
  { profileId, bucket }: AuditStep,
  rows: readonly AuditRow[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string | null>> {
  const acls = new Map<string, string | null>()
  if (rows.length === 0) return acls
  const oss = connections.bucket(profileId, bucket)
  const orNull = (acl: Promise<string>): Promise<string | null> =>
    acl.catch((cause: unknown) => {
      // The ACL of one object may be forbidden. Any other failure concerns all of them.
      const code = cause instanceof Failure ? cause.error.code : null
      if (code === 'access-denied' || code === 'not-found') return null
      throw cause
    })
  const ofBucket = await orNull(bucketAclOf(oss, bucket, signal))
  await each(
    rows.values(),
    PARALLEL,
    async ({ key }) => {
      const own = await orNull(aclOf(oss, { bucket, key, versionId: null }, signal))
      acls.set(key, own === 'default' ? ofBucket : own)
    },
    signal,
  )
  return acls
}

/** Returns the RSA keys whose private half anybody can compute. */
async function brokenKeysOf(catalog: KeyCatalog): Promise<ReadonlySet<MasterKeyId>> {
  const broken = new Set<MasterKeyId>()
  for (const { id, kind } of await catalog.list()) {
    if (kind !== 'rsa') continue
    const pem = await catalog.publicPem(id)
    if (pem.ok && !(await isSoundModulus(createPublicKey(pem.value)))) broken.add(id)
  }
  return broken
}
