import { Failure } from '../../../../shared/contract/errors.ts'
import type { Checkpoint, SavedPart } from './checkpoint.ts'
import type { Control } from './control.ts'

/** Where a transfer keeps its checkpoint, so that it can go on after a failure or a restart. */
export interface CheckpointStore {
  /** Returns the checkpoint with all parts that are done; null without a checkpoint. */
  last(): Checkpoint | null
  /** Replaces the checkpoint. Resolves when it is on the disk. Throws Failure 'disk-full'. */
  note(checkpoint: Checkpoint): Promise<void>
  /** Adds one part, which is on the disk soon. */
  part(part: SavedPart): void
  /** Removes the checkpoint: there is nothing to go on with. */
  drop(): void
  /** False: only a killed app leaves a checkpoint, and a transfer that fails removes its own. */
  readonly outlives: boolean
  /** Folder of the prints of what was sent; null: none are kept, and no upload goes on. */
  readonly prints: string | null
}

/**
 * Tells whether a transfer that failed may go on later. A transfer that the user cancelled does
 * not, and neither does one that can never become the object.
 */
export function mayGoOn(
  { saved, control }: { readonly saved: CheckpointStore | null; readonly control: Control },
  cause: unknown,
): boolean {
  if (saved?.outlives !== true || (control.cancelled.aborted && !control.isSuspended()))
    return false
  return !(cause instanceof Failure) || !LOST.has(cause.error.code)
}

/** Failures after which nothing can go on. 'not-found': the bucket, the upload, the master key. */
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
