import { randomUUID } from 'node:crypto'
import { chmod, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { TransferId } from '../../../../shared/contract/models.ts'
import type { In } from '../../../../shared/contract/routes/routes.ts'
import { copyName, downloadCopy, type CopyOptions } from './copy-download.ts'

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

/** Opens the folder of the copies, and removes those of an earlier start. */
export async function openOpenedCopies(options: CopyOptions): Promise<OpenedCopies> {
  const { folder, openFile, problem } = options
  const sweep = () => rm(folder, { recursive: true, force: true }).catch(() => undefined)
  await sweep()

  const hand = async (path: string, name: string): Promise<void> => {
    // A program that changes the copy would lose the change when the copy is removed.
    await chmod(path, 0o400)
    const reason = await openFile(path)
    if (reason !== '') problem({ code: 'not-opened', name })
  }
  return {
    async open(input) {
      const name = copyName(input.key)
      const path = join(folder, randomUUID(), name)
      return downloadCopy(options, input, {
        path,
        whole: () => void hand(path, name).catch(() => problem({ code: 'not-opened', name })),
        failed: () => void rm(dirname(path), { recursive: true, force: true }),
      })
    },
    close: () => sweep(),
  }
}
