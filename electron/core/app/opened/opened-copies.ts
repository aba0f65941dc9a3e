import { randomUUID } from 'node:crypto'
import { chmod, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { TransferId } from '../../../../shared/contract/models.ts'
import type { In } from '../../../../shared/contract/routes/routes.ts'
import type { DragCopies } from '../core.ts'
import { copyName, downloadCopy, type CopyOptions } from './copy-download.ts'

/** Decrypted copies of objects, each in a folder of its own, for programs of the system. */
export interface OpenedCopies extends DragCopies {
  /**
   * Starts the download of a copy that nobody can write to. When the copy is whole, the system
   * opens it. Throws Failure 'would-run', 'name-not-local', 'target-unwritable', 'disk-full'.
   */
  open(input: In<'files.open'>): Promise<TransferId>
  /**
   * Starts the download of a copy that the user drags out of the window. Nobody can write to the
   * copy. Throws as `open`.
   */
  copy(input: In<'files.copy'>): Promise<TransferId>
  /** Removes all copies. A copy that a program holds is removed at the next start. */
  close(): Promise<void>
}

/** A program that changed the copy would lose the change when the copy is removed. */
const protect = (path: string): Promise<void> => chmod(path, 0o400)

/** Opens the folder of the copies, and removes those of an earlier start. */
export async function openOpenedCopies(options: CopyOptions): Promise<OpenedCopies> {
  const { folder, openFile, problem } = options
  const sweep = () => rm(folder, { recursive: true, force: true }).catch(() => undefined)
  await sweep()

  const handOver = async (path: string, name: string): Promise<void> => {
    await protect(path)
    const reason = await openFile(path)
    if (reason !== '') problem({ code: 'not-opened', name })
  }
  /** The paths of copies to drag, by their transfers; null until the copy is whole. */
  const toDrag = new Map<TransferId, { path: Promise<string> | null }>()
  const start = (
    input: In<'files.open'>,
    whole: (path: string, name: string) => void,
  ): Promise<TransferId> => {
    const name = copyName(input.key)
    const path = join(folder, randomUUID(), name)
    return downloadCopy(options, input, {
      path,
      whole: () => whole(path, name),
      failed: () => void rm(dirname(path), { recursive: true, force: true }),
    })
  }
  return {
    open: async (input) =>
      start(input, (path, name) => {
        handOver(path, name).catch(() => problem({ code: 'not-opened', name }))
      }),
    async copy(input) {
      const copy: { path: Promise<string> | null } = { path: null }
      const id = await start(input, (path) => {
        copy.path = protect(path).then(() => path)
        copy.path.catch(() => undefined)
      })
      toDrag.set(id, copy)
      return id
    },
    async pathsOf(ids) {
      const paths = ids.flatMap((id) => toDrag.get(id)?.path ?? [])
      if (ids.length === 0 || paths.length < ids.length) return null
      return Promise.all(paths).catch(() => null)
    },
    close: () => sweep(),
  }
}
