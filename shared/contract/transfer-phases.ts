import type { TransferPhase } from './models-transfers.ts'

/** Phases in which a transfer waits for help. The error of such a transfer says which help. */
export const TROUBLE: ReadonlySet<TransferPhase> = new Set([
  'failed',
  'needs-user',
  'needs-network',
  'needs-credentials',
  'needs-master-key',
])

/** 'done', and the phases in which a transfer waits for help. 'paused' is not among them. */
export const ENDED: ReadonlySet<TransferPhase> = new Set(['done', ...TROUBLE])
