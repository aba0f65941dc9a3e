import { LeafSum } from '../seals/leaves.ts'
import { deriveSealKeys } from '../seals/seal-keys.ts'
import type { JobLeaves } from './job.ts'

/** Sums the stored bytes of one job into leaves. Disposing of it wipes its keys. */
export interface JobLeafSum extends Disposable {
  /** Takes the next stored bytes. They are not kept. */
  update(bytes: Uint8Array): void
  /** Returns the leaves of all bytes, joined. Called once. */
  end(): Uint8Array
}

/** Opens the leaves of one job. The data key is copied into keys of their own. */
export function openLeaves({ dataKey, ...plan }: JobLeaves): JobLeafSum {
  const keys = deriveSealKeys(dataKey)
  const sum = new LeafSum(keys, plan)
  return {
    update: (bytes) => sum.update(bytes),
    end: () => sum.leaves(),
    [Symbol.dispose]: () => keys[Symbol.dispose](),
  }
}
