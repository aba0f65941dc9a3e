import { Failure } from '../../../../shared/contract/errors.ts'
import type { Checkpoint, SavedPart } from './checkpoint.ts'
import type { Control } from './control.ts'

/**
 * What a transfer notes of itself, so that it can go on after a failure or another start of the
 * app.
 */
export interface Saved {
  /** As it was when this try began; null when nothing was noted. */
  last(): Checkpoint | null
  /** In place of all that was noted. On the disk when it resolves. Throws Failure 'disk-full'. */
  note(checkpoint: Checkpoint): Promise<void>
  /** One more part; soon on the disk. */
  part(part: SavedPart): void
  /** There is nothing left to go on with. */
  drop(): void
  /** False: only the death of the app leaves anything behind, and what fails is removed at once. */
  readonly outlives: boolean
  /**
   * Folder for the prints of what was sent; null: none are kept, and what was sent in parts never
   * goes on.
   */
  readonly prints: string | null
}

/**
 * Is what was sent worth keeping? Not when the user wants none of it, and not when it can never
 * become the object.
 */
export function mayGoOn(
  { saved, control }: { readonly saved: Saved | null; readonly control: Control },
  cause: unknown,
): boolean {
  if (saved?.outlives !== true || (control.cancelled.aborted && !control.isSuspended()))
    return false
  return !(cause instanceof Failure) || !LOST.has(cause.error.code)
}

/** 'not-found': the bucket, the upload or the master key. */
const LOST: ReadonlySet<string> = new Set([
  'source-changed',
  'source-longer',
  'source-unreadable',
  'object-changed',
  'checksum',
  'envelope-lost',
  'not-found',
  'too-large',
])
