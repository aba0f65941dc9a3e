import type { ObjectRef } from '../../../shared/contract/models.ts'
import type { Query } from './sign-v4.ts'

/** Names the object that is current now, whatever its version. */
export const currentObject = (bucket: string, key: string): ObjectRef => ({
  bucket,
  key,
  versionId: null,
})

/** Returns OSS's name of the permission to read the current object or, by its id, a version. */
export const readAction = (versionId: string | null): string =>
  versionId === null ? 'oss:GetObject' : 'oss:GetObjectVersion'

/** Returns the query parameter that asks for one version; none for the current one. */
export const versionQuery = (versionId: string | null): Query =>
  versionId === null ? {} : { versionId }
