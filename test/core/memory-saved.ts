import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { CheckpointStore } from '../../electron/core/transfer/run/checkpoint-store.ts'
import type { Checkpoint, SavedPart } from '../../electron/core/transfer/run/checkpoint.ts'

/** Of one run of the tests. */
export const PRINTS = mkdtempSync(join(tmpdir(), 'cb-prints-'))
afterAll(() => rmSync(PRINTS, { recursive: true, force: true }))

/** Stores the notes of a transfer for as long as a test lives. */
export function memorySaved(start: Checkpoint | null = null, prints = PRINTS): CheckpointStore {
  let kept = start
  return {
    outlives: true,
    prints,
    last: () => kept,
    async note(checkpoint) {
      kept = checkpoint
    },
    part(part) {
      // A part that is noted again was sent again.
      if (kept === null) return
      const { bytes, done } = kept.pieces
      const others = done.filter(({ number }) => number !== part.number)
      kept = { ...kept, pieces: { bytes, done: [...others, part] } }
    },
    drop() {
      kept = null
    },
  }
}

/** The id of the upload that was noted. */
export function uploadIdOf({ started }: Checkpoint): string {
  if (started?.kind !== 'upload') throw new Error('no upload was started')
  return started.uploadId
}

/** The same note with other parts that are done. */
export const withDone = (noted: Checkpoint, done: readonly SavedPart[]): Checkpoint => ({
  ...noted,
  pieces: { ...noted.pieces, done },
})
