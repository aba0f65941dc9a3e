import type { Saved } from '../../electron/core/transfer/saved.ts'
import type { Checkpoint } from '../../shared/format/checkpoint.ts'

/** What a transfer notes, for as long as a test lives. */
export function memorySaved(start: Checkpoint | null = null): Saved {
  let kept = start
  return {
    last: () => kept,
    async note(checkpoint) {
      kept = checkpoint
    },
    part(part) {
      // A part that is noted again was sent again.
      if (kept !== null && 'parts' in kept) kept = { ...kept, parts: [...kept.parts.filter(({ number }) => number !== part.number), part] }
    },
    drop() {
      kept = null
    },
  }
}
