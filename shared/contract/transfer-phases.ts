import type { TransferPhase } from './models-transfers.ts'

/**
 * Phases in which a transfer stands still until somebody or something helps: each has an error that
 * says what.
 */
export const TROUBLE: ReadonlySet<TransferPhase> = new Set([
  'failed',
  'needs-user',
  'needs-network',
  'needs-credentials',
  'needs-master-key',
])

/** Phases that a transfer does not leave while nobody does anything, 'paused' apart. */
export const ENDED: ReadonlySet<TransferPhase> = new Set(['done', ...TROUBLE])
