import type { Checkpoint, SavedPart } from '../../../shared/format/checkpoint.ts'

/** What a transfer notes of itself, so that it can go on after a failure or another start of the app. */
export interface Saved {
  /** As it was when this try began; null when nothing was noted. */
  last(): Checkpoint | null
  /** In place of all that was noted. On the disk when it resolves. Throws Failure 'disk-full'. */
  note(checkpoint: Checkpoint): Promise<void>
  /** One more part; soon on the disk. */
  part(part: SavedPart): void
  /** There is nothing left to go on with. */
  drop(): void
}
