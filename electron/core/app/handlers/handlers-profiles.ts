import { Failure, caught, ok, valueOf, type Result } from '../../../../shared/contract/errors.ts'
import { listBuckets } from '../../oss/buckets.ts'
import { openOss, type Oss } from '../../oss/client.ts'
import { listObjects } from '../../oss/objects.ts'
import { readEndpoint } from '../../oss/endpoint.ts'
import { endpointOf } from '../profiles/connections.ts'
import type { HandlersOf, Parts } from '../parts.ts'
import type { ProfileFields } from '../profiles/profiles.ts'

export function profileHandlers({
  profiles,
  connections,
  defaults,
  emitter,
  findAccounts,
  listKeys,
  catalog,
  queue,
  http,
  localIndex,
}: Parts): HandlersOf<'profiles' | 'buckets'> {
  const tell = () => emitter.emit('profiles.changed', profiles.list())
  const told = <T>(result: Result<T>): Result<T> => {
    if (result.ok) tell()
    return result
  }

  return {
    'profiles.list': async () => {
      await profiles.refresh()
      return ok(profiles.list())
    },
    'profiles.find': async () =>
      ok(
        (await findAccounts()).map(
          ({ source, label, endpoint, region, accessKeyId, securityToken }) => ({
            source,
            label,
            endpoint,
            region,
            accessKeyId,
            hasToken: securityToken !== '',
          }),
        ),
      ),
    'profiles.add': async (fields) => {
      const placed = withRegion(fields)
      return placed.ok ? told(await profiles.add(placed.value, 'stored')) : placed
    },
    'profiles.session': async (fields) => {
      const placed = withRegion(fields)
      return placed.ok ? told(await profiles.add(placed.value, 'session')) : placed
    },
    'profiles.update': async ({ id, ...fields }) => {
      const placed = withRegion(fields)
      if (!placed.ok) return placed
      connections.forget(id)
      // Another account may see other objects.
      await localIndex.forget(id)
      return told(await profiles.update(id, placed.value))
    },
    'profiles.remove': async ({ id }) => {
      // The transfers are cancelled while the profile's credentials are here. Without credentials,
      // the parts in the bucket could not be removed.
      await queue.cancel(
        queue
          .list()
          .filter(({ profileId, phase }) => profileId === id && phase !== 'done')
          .map((transfer) => transfer.id),
      )
      connections.forget(id)
      await localIndex.forget(id)
      return told(await profiles.remove(id))
    },
    'profiles.test': async ({ id, bucket, ...fields }, signal) => {
      try {
        const credentials = await profiles.draftCredentials(fields, id)
        if (!credentials.ok) return credentials
        const endpoint = valueOf(endpointOf(fields.endpoint, fields.region))
        const oss = openOss(
          { endpoint, region: fields.region, credentials: async () => credentials },
          http,
        )
        return ok({
          buckets: await reach(
            oss,
            bucket === null ? fields.buckets : [bucket, ...fields.buckets],
            signal,
          ),
        })
      } catch (cause) {
        return caught(cause)
      }
    },
    'profiles.setDefaultKey': async ({ profileId, bucket, keyId }, signal) => {
      const profile = profiles.get(profileId)
      if (!profile.ok) return profile
      if (keyId !== null) {
        const handle = await catalog.forWriting(keyId, false, signal)
        if (!handle.ok) return handle
        handle.value[Symbol.dispose]()
      }
      await defaults.set({ profileId, bucket }, keyId)
      tell()
      emitter.emit('keys.changed', await listKeys())
      return ok(null)
    },
    'buckets.list': async ({ profileId }, signal) => {
      try {
        const profile = valueOf(profiles.get(profileId))
        const buckets = await listed(
          connections.account(profileId),
          profile.buckets.length > 0,
          signal,
        )
        connections.learn(profileId, buckets)
        const named = profile.buckets.filter((name) =>
          buckets.every((bucket) => bucket.name !== name),
        )
        return ok([
          ...buckets,
          ...named.map((name) => ({ name, region: profile.region, created: '' })),
        ])
      } catch (cause) {
        return caught(cause)
      }
    },
  }
}

/** Adds the endpoint's region to a profile without a region. Every shell uses this one rule. */
function withRegion(fields: ProfileFields): Result<ProfileFields> {
  const endpoint = endpointOf(fields.endpoint, fields.region)
  if (!endpoint.ok || fields.region.trim() !== '') return endpoint.ok ? ok(fields) : endpoint
  const read = readEndpoint(endpoint.value, '')
  return read.ok ? ok({ ...fields, region: read.value.region }) : read
}

/**
 * Lists the buckets of the account. The list is empty when the account may not list them and the
 * user named some.
 */
async function listed(oss: Oss, othersNamed: boolean, signal: AbortSignal) {
  try {
    return await listBuckets(oss, signal)
  } catch (cause) {
    if (othersNamed && cause instanceof Failure && cause.error.code === 'access-denied') return []
    throw cause
  }
}

/**
 * Returns the number of buckets reached: all of the account's, or the named ones when the account
 * may not list.
 */
async function reach(oss: Oss, named: readonly string[], signal: AbortSignal): Promise<number> {
  const buckets = await listed(oss, named.length > 0, signal)
  if (buckets.length > 0) return buckets.length
  for (const bucket of named)
    await listObjects(oss, { bucket, prefix: '', delimiter: '/', cursor: null, max: 1 }, signal)
  return named.length
}
