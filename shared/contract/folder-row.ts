import type { ObjectRow } from './models.ts'

/** Returns the row of a folder. `key` ends in '/'. OSS gives a folder no size, time or class. */
export const folderRow = (key: string): ObjectRow => ({
  key,
  kind: 'folder',
  size: 0,
  modified: '',
  etag: '',
  storageClass: '',
})
