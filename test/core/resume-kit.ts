import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { listUploads } from '../../electron/core/oss/multipart.ts'
import { openControl } from '../../electron/core/transfer/run/control.ts'
import type { UploadJob } from '../../electron/core/transfer/run/jobs.ts'
import type { Saved } from '../../electron/core/transfer/run/saved.ts'
import type { PartsCheckpoint } from '../../electron/core/transfer/run/checkpoint.ts'
import { errorOf, never } from './oss-practice.ts'
import { kit, openIndependently } from './transfer-kit.ts'

export const KEY = 'source.bin'

/** Returns the notes of an upload in parts. */
export const checkpointIn = (saved: Saved): PartsCheckpoint => {
  const last = saved.last()
  if (last?.kind !== 'parts') throw new Error('nothing was noted')
  return last
}

/** One file that goes up as `KEY`, and stops on the way; for the tests of one file. */
export function resumeKit() {
  const k = kit()
  const withSaved = (
    saved: Saved,
    control = openControl(),
    onPart?: () => void,
  ): ReturnType<typeof k.running> => ({
    ...k.running(control, ({ t }) => void (t === 'part-done' && onPart?.())),
    saved,
    parallel: () => 1,
  })
  return {
    k,
    withSaved,
    async file(bytes: Buffer): Promise<string> {
      const path = join(k.dir, KEY)
      await writeFile(path, bytes)
      return path
    },
    opens: async (plain: Buffer): Promise<void> =>
      expect(openIndependently(await k.head(KEY), await k.stored(KEY)).equals(plain)).toBe(true),
    uploads: () => listUploads(k.oss, { bucket: k.bucket, prefix: '' }, never),
    /** Stops the upload as the end of the app does, after so many parts. */
    async stopAfter(
      parts: number,
      path: string,
      saved: Saved,
      change: Partial<UploadJob> = {},
    ): Promise<void> {
      const control = openControl()
      let done = 0
      const error = await errorOf(
        k.up(
          path,
          change,
          withSaved(saved, control, () => ++done === parts && control.cancel('suspend')),
        ),
      )
      expect(error).toEqual({ code: 'cancelled' })
    },
  }
}
