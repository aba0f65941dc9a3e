import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { Saved } from '../../electron/core/transfer/run/saved.ts'
import type { Checkpoint } from '../../electron/core/transfer/run/checkpoint.ts'

/** Of one run of the tests. */
export const PRINTS = mkdtempSync(join(tmpdir(), 'cb-prints-'))
afterAll(() => rmSync(PRINTS, { recursive: true, force: true }))

/** Stores the notes of a transfer for as long as a test lives. */
export function memorySaved(start: Checkpoint | null = null, prints = PRINTS): Saved {
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
      if (kept !== null && 'parts' in kept)
        kept = {
          ...kept,
          parts: [...kept.parts.filter(({ number }) => number !== part.number), part],
        }
    },
    drop() {
      kept = null
    },
  }
}
