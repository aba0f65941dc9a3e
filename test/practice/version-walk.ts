/**
 * The steps of a walk through versioning, as a client of OSS sees them. In a new bucket the client
 * enables versioning, puts twice, lists in pages of one, and reads. Then it deletes, undeletes,
 * copies, suspends, and deletes several versions at once. Ids of versions are v1, v2, … in the
 * order in which the client met them. Rows of a listing are sorted.
 */
export const VERSION_WALK: readonly string[] = [
  'versioning: none',
  'versioning: Enabled',
  'put: v1',
  'put: v2',
  'put other: v3',
  'list in 3 pages: k v1 | k v2 latest | other v3 latest',
  'get v1: one',
  'head v1: 3 bytes',
  'head: v2',
  'delete: marker v4',
  'get: 404 NoSuchKey',
  'get v4: 405 MethodNotAllowed',
  'delete v4: marker v4',
  'get: second',
  'copy of v1: v5 of v1',
  'get copy: one',
  'delete v2: v2',
  'get: one',
  'versioning: Suspended',
  'put: null',
  'put: null',
  'delete: marker null',
  'list in 4 pages: copy v5 latest | k null marker latest | k v1 | other v3 latest',
  'delete several: copy v5 | k null marker | k v1 | other v3',
  'list in 1 pages: ',
  'delete the bucket: 204',
]
