import type { ChildJob } from '../../transfer/run/jobs.ts'
import type { JobKind } from '../../transfer/queue/job-kind.ts'
import { ensureFolder } from '../../files/target-path.ts'

/**
 * The job of a folder marker, which becomes a folder of this computer. It is one row of a batch.
 */
export interface FolderJob extends ChildJob {
  readonly kind: 'folder'
  readonly bucket: string
  readonly key: string
  /**
   * The new folder. `root`: the folder that the user chose. No link between the two is followed.
   */
  readonly path: string
  readonly root: string
}

export const folderKind = {
  kind: 'folder',
  async run({ path, root }) {
    await ensureFolder(path, root)
    return { encrypted: false, checksum: 'matches', tag: 'none', savedAs: path, skipped: false }
  },
  async tidy() {
    // A folder stays.
  },
  shown: ({ bucket, key }) => ({ kind: 'download', bucket, key }),
  sharesPlace: true,
} satisfies JobKind<FolderJob>
