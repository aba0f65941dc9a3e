import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { UploadJob } from '../../electron/core/transfer/run/jobs.ts'
import type { Running } from '../../electron/core/transfer/run/running.ts'
import { uploadSmall } from '../../electron/core/transfer/upload/small-upload.ts'
import type { FaultMatch } from '../tools/oss-faults.ts'
import type { TransferOutcome } from '../../shared/contract/models-transfers.ts'
import { kit, leaks, openIndependently } from './transfer-kit.ts'

export const META = 'x-oss-meta-client-side-encryption-'
export const GOOD: TransferOutcome = {
  encrypted: true,
  checksum: 'matches',
  tag: 'none',
  savedAs: null,
  skipped: false,
}
export const PUT: FaultMatch = { method: 'PUT' }

/** Uploads of small files, for the tests of one test file. */
export function smallKit() {
  const k = kit()
  return {
    k,
    async file(bytes: Buffer, name = 'source.bin'): Promise<string> {
      const path = join(k.dir, name)
      await writeFile(path, bytes)
      return path
    },
    small: (
      path: string | null,
      change: Partial<UploadJob> = {},
      running: Running = k.running(),
    ): Promise<TransferOutcome | null> =>
      uploadSmall(
        k.uploadJob(path, { size: 0, multipartFrom: 32 * 1024 ** 2, ...change }),
        running,
      ),
    /**
     * The object opens with its envelope and the private half alone, and shows nothing of the file.
     */
    async opens(key: string, plain: Buffer): Promise<void> {
      const [head, stored] = [await k.head(key), await k.stored(key)]
      expect(openIndependently(head, stored).equals(plain)).toBe(true)
      expect(leaks(plain, stored)).toBe(false)
    },
    puts: () => k.practice.log.entries().filter(({ method }) => method === 'PUT'),
  }
}
