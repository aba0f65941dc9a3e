import { createHash } from 'node:crypto'
import type { Shard } from '../../../shared/contract/models-audit.ts'

/**
 * Tells whether an object belongs to a shard. The first four bytes of the SHA-256 of its key,
 * modulo the number of shards, choose the shard. So all computers agree, also on new objects.
 */
export function isInShard(key: string, { index, of }: Shard): boolean {
  return createHash('sha256').update(key).digest().readUInt32BE() % of === index - 1
}
