import { join } from 'node:path'
import { setAsideUnlessFile, type ReportDamage } from '../store/set-aside.ts'
import { fileTexts } from '../store/text-store.ts'
import { openEncryptedNames } from './encrypted-names.ts'
import { openSealHistory, type SealHistory } from './seal-memory.ts'
import { openSeenObjects, type SeenObjects } from './seen-objects.ts'
import { openUploadHistory, type UploadHistory } from './upload-history.ts'

/**
 * The uploads of this computer, the objects seen encrypted, and the seals. It survives the local
 * index.
 */
export interface History {
  readonly uploaded: UploadHistory
  readonly seen: SeenObjects
  readonly seals: SealHistory
  close(): Promise<void>
}

/**
 * Opens the history in the folder `state`. `report`: hears of files that are set aside. `changed`:
 * hears of new counts of seen objects.
 */
export async function openHistory(
  folder: string,
  report: ReportDamage,
  changed?: () => void,
): Promise<History> {
  const pathOf = (name: string): string => {
    const path = join(folder, `${name}-1.index`)
    const wrong = setAsideUnlessFile(path)
    if (wrong !== null) report(wrong)
    return path
  }
  const uploaded = openUploadHistory(pathOf('uploaded'))
  const names = openEncryptedNames(pathOf('encrypted'))
  const seen = await openSeenObjects({ texts: fileTexts(folder, report), names, changed })
  const seals = openSealHistory(pathOf('sealed'))
  return {
    uploaded,
    seen,
    seals,
    async close() {
      await Promise.all([seen.close(), uploaded.close(), seals.close()])
    },
  }
}
