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

/** Decrypted copies of objects, each in a folder of its own, for programs of the system. */
export interface OpenedCopies {
  /**
   * Starts the download of a copy that nobody can write to. When the copy is whole, the system
   * opens it. Throws Failure 'would-run', 'name-not-local', 'target-unwritable', 'disk-full'.
   */
  open(input: In<'files.open'>): Promise<TransferId>
  /**
   * Starts the download of a copy that the user drags out of the window. Nobody can write to the
   * copy. Throws as `open`, but takes files that the system would run.
   */
  copy(input: In<'files.copy'>): Promise<TransferId>
  /** Returns the paths of copies to drag. Null: one of them is not whole, or is no such copy. */
  pathsOf(ids: readonly TransferId[]): Promise<readonly string[] | null>
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

/** A program that changed the copy would lose the change when the copy is removed. */
const protect = (path: string): Promise<void> => chmod(path, 0o400)

/** Opens the folder of the copies, and removes those of an earlier start. */
export async function openOpenedCopies(options: OpenedCopiesOptions): Promise<OpenedCopies> {
  const { folder, openFile, needs, queue, partSize, problem } = options
  const sweep = () => rm(folder, { recursive: true, force: true }).catch(() => undefined)
  await sweep()

  const handOver = async (path: string, name: string): Promise<void> => {
    await protect(path)
    const reason = await openFile(path)
    if (reason !== '') problem({ code: 'not-opened', name })
  }
  /** The paths of whole copies to drag, by their transfers. */
  const toDrag = new Map<TransferId, Promise<string>>()
  /** `whole`: called once, when the copy is whole and verified as every download is. */
  const start = async (
    { profileId, bucket, key, versionId = null, keyIds, plain = 'unless-seen' }: In<'files.open'>,
    name: string,
    whole: (id: TransferId, path: string) => void,
  ): Promise<TransferId> => {
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
    let isWhole = false
    // Without a record, the transfer ends with the app, and so does its copy.
    const copying: DownloadJob = {
      ...job,
      finished(id, outcome) {
        job.finished?.(id, outcome)
        isWhole = true
        whole(id, path)
      },
      released(id) {
        job.released?.(id)
        if (!isWhole) void rm(dirname(path), { recursive: true, force: true })
      },
    }
    const [id] = queue().add([copying])
    if (id === undefined) throw new Error('a copy without a transfer')
    return id
  }
  return {
    async open(input) {
      const name = valueOf(localName(input.key, FILE_SYSTEM))
      if (wouldRun(name, process.platform)) throw new Failure({ code: 'would-run', name })
      return start(input, name, (_id, path) => {
        handOver(path, name).catch(() => problem({ code: 'not-opened', name }))
      })
    },
    async copy(input) {
      const name = valueOf(localName(input.key, FILE_SYSTEM))
      return start(input, name, (id, path) => {
        const readable = protect(path).then(() => path)
        toDrag.set(id, readable)
        readable.catch(() => toDrag.delete(id))
      })
    },
    async pathsOf(ids) {
      const paths = ids.flatMap((id) => toDrag.get(id) ?? [])
      if (ids.length === 0 || paths.length < ids.length) return null
      return Promise.all(paths).catch(() => null)
    },
    close: () => sweep(),
  }
}
