import { randomUUID } from 'node:crypto'
import { chmod, mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Failure, valueOf, type AppError } from '../../../../shared/contract/errors.ts'
import type { TransferId } from '../../../../shared/contract/models.ts'
import type { In } from '../../../../shared/contract/routes/routes.ts'
import { localName } from '../../../../shared/format/object-names.ts'
import { makePrivate } from '../../store/private-folder.ts'
import type { DownloadJob } from '../../transfer/run/jobs.ts'
import type { TransferQueue } from '../../transfer/queue/transfer-queue.ts'
import { damageLimit } from '../jobs/damage-limit.ts'
import type { JobNeeds } from '../jobs/job-needs.ts'
import { downloadJobOf } from '../kinds/download.ts'
import { RECORD_VERSION } from '../kinds/record-shapes.ts'
import { FILE_SYSTEM } from '../local/file-system.ts'
import { wouldRun } from './would-run.ts'

/** Decrypted copies of objects, each in a folder of its own, that programs of the system open. */
export interface OpenedCopies {
  /**
   * Starts the download of a copy that nobody can write to. When the copy is whole, the system
   * opens it. Throws Failure 'would-run', 'name-not-local', 'target-unwritable', 'disk-full'.
   */
  open(input: In<'files.open'>): Promise<TransferId>
  /** Removes all copies. A copy that a program holds is removed at the next start. */
  close(): Promise<void>
}

interface OpenedCopiesOptions {
  /** The private folder of the copies. Copies of a start that crashed are removed from it. */
  readonly folder: string
  /** Opens a file with the program of the system, and returns why it did not; '' if it did. */
  readonly openFile: (path: string) => Promise<string>
  readonly needs: JobNeeds
  readonly queue: () => Pick<TransferQueue, 'add'>
  /** Bytes of one request. */
  readonly partSize: () => number
  /** Hears of a copy that no program opened. */
  readonly problem: (error: AppError) => void
}

/** Opens the folder of the copies, and removes those of an earlier start. */
export async function openOpenedCopies(options: OpenedCopiesOptions): Promise<OpenedCopies> {
  const { folder, openFile, needs, queue, partSize, problem } = options
  const sweep = () => rm(folder, { recursive: true, force: true }).catch(() => undefined)
  await sweep()

  const hand = async (path: string, name: string): Promise<void> => {
    // A program that changes the copy would lose the change when the copy is removed.
    await chmod(path, 0o400)
    const reason = await openFile(path)
    if (reason !== '') problem({ code: 'not-opened', name })
  }
  return {
    async open({ profileId, bucket, key, versionId = null, keyIds, plain = 'unless-seen' }) {
      const name = valueOf(localName(key, FILE_SYSTEM))
      if (wouldRun(name, process.platform)) throw new Failure({ code: 'would-run', name })
      makePrivate(folder)
      const path = join(folder, randomUUID(), name)
      await mkdir(dirname(path), { mode: 0o700 })
      const { record: _notStored, ...job } = downloadJobOf(
        needs,
        {
          version: RECORD_VERSION,
          kind: 'download',
          profileId,
          bucket,
          key,
          versionId,
          size: null,
          path,
          root: dirname(path),
          target: name,
          existing: 'fail',
          raw: false,
          range: null,
          message: false,
          repair: false,
          partSize: partSize(),
          keyIds,
          unnameable: null,
          plain,
        },
        damageLimit(),
      )
      let isOpened = false
      // Without a record, the transfer ends with the app, and so does its copy.
      const opening: DownloadJob = {
        ...job,
        finished(id, outcome) {
          job.finished?.(id, outcome)
          isOpened = true
          hand(path, name).catch(() => problem({ code: 'not-opened', name }))
        },
        released(id) {
          job.released?.(id)
          if (!isOpened) void rm(dirname(path), { recursive: true, force: true })
        },
      }
      const [id] = queue().add([opening])
      if (id === undefined) throw new Error('a copy without a transfer')
      return id
    },
    close: () => sweep(),
  }
}
