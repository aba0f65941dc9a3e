import type { StoredObject } from '../store/bucket-files.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { readVersionId } from '../store/version-ids.ts'
import type { Exchange } from './exchange.ts'

/**
 * Returns the version that `?versionId=…` of a request names, or the current one without it.
 * Errors: InvalidArgument, NoSuchKey, NoSuchVersion, MethodNotAllowed.
 */
export function requestedVersion(
  store: ObjectStore,
  { bucket, key, query, method }: Exchange,
): StoredObject {
  return store.get(bucket, key, readVersionId(query.get('versionId')), method)
}

/**
 * Returns `x-oss-version-id`, and no header for a bucket that never had versioning. Source: the
 * integration tests of Go SDK V2.
 */
export function versionHeaders(
  store: ObjectStore,
  bucket: string,
  versionId: string,
): Readonly<Record<string, string>> {
  return store.bucket(bucket).versioning === null ? {} : { 'x-oss-version-id': versionId }
}
