import type { ChildJob } from '../../transfer/run/jobs.ts'
import type { JobKind } from '../../transfer/queue/job-kind.ts'
import { ensureFolder } from '../../files/target-path.ts'

/** The marker of a folder, which becomes a folder of this computer; one row of many. */
export interface FolderJob extends ChildJob {
  readonly kind: 'folder'
  readonly bucket: string
  readonly key: string
  /** The folder, and the folder that the user chose: between the two no link is followed. */
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
