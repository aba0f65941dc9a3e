import { fail, ok, valueOf, type Result } from '../../../../shared/contract/errors.ts'
import type { ProfileId } from '../../../../shared/contract/models.ts'
import type { HttpClient } from '../../net/http-client.ts'
import { openOss, type Oss } from '../../oss/client.ts'
import type { ObjectListener } from '../../oss/object-listener.ts'
import { plainRegion } from '../../../../shared/contract/regions.ts'
import type { Profiles } from './profiles.ts'

export interface Connections {
  /**
   * Returns a client for calls without a bucket. Throws a Failure for an unknown profile or a bad
   * endpoint.
   */
  account(profileId: ProfileId): Oss
  /** Returns a client for this bucket, in the bucket's own region when that is known. */
  bucket(profileId: ProfileId, bucket: string): Oss
  /** Returns the region of this bucket, or '' when it is unknown. */
  region(profileId: ProfileId, bucket: string): string
  /** Stores the regions that ListBuckets gave. */
  learn(
    profileId: ProfileId,
    buckets: readonly { readonly name: string; readonly region: string }[],
  ): void
  /** Closes the clients of a profile that changed. */
  forget(profileId: ProfileId): void
}

/** Opens OSS clients on first use, one per profile and endpoint. */
export function openConnections(
  profiles: Profiles,
  http: HttpClient,
  listener?: ObjectListener,
): Connections {
  const clients = new Map<string, Oss>()
  const regions = new Map<string, string>()

  const client = (profileId: ProfileId, endpoint: string, region: string): Oss => {
    const name = `${profileId} ${endpoint} ${region}`
    const known = clients.get(name)
    if (known !== undefined) return known
    const made = openOss(
      { endpoint, region, credentials: () => profiles.credentials(profileId) },
      http,
      { listener },
    )
    clients.set(name, made)
    return made
  }

  return {
    account(profileId) {
      const { endpoint, region } = valueOf(profiles.get(profileId))
      return client(profileId, valueOf(endpointOf(endpoint, region)), region)
    },
    bucket(profileId, bucket) {
      const { endpoint, region } = valueOf(profiles.get(profileId))
      const home = regions.get(`${profileId} ${bucket}`) ?? region
      const reached = valueOf(endpointOf(endpoint, region))
      return client(
        profileId,
        region === '' || home === region ? reached : inRegion(reached, home),
        home,
      )
    },
    region: (profileId, bucket) => plainRegion(regions.get(`${profileId} ${bucket}`) ?? ''),
    learn(profileId, buckets) {
      for (const { name, region } of buckets)
        if (region !== '') regions.set(`${profileId} ${name}`, region)
    },
    forget(profileId) {
      for (const map of [clients, regions])
        for (const name of map.keys()) if (name.startsWith(`${profileId} `)) map.delete(name)
    },
  }
}

/** Returns the endpoint as typed, or the public one of the region for an empty text. */
export function endpointOf(endpoint: string, region: string): Result<string> {
  if (endpoint.trim() !== '') return ok(endpoint.trim())
  if (!/^[a-z0-9-]+$/.test(region)) return fail({ code: 'bad-endpoint', endpoint: region })
  return ok(`https://oss-${region}.aliyuncs.com`)
}

/**
 * Returns the same kind of endpoint (public or internal) in another region. An endpoint that is not
 * of Alibaba's pattern stays.
 */
export function inRegion(endpoint: string, region: string): string {
  return endpoint.replace(
    /^((?:https?:\/\/)?)oss-[a-z0-9-]+?(-internal)?\.aliyuncs\.com/,
    `$1oss-${region}$2.aliyuncs.com`,
  )
}
