import { fail, ok } from '../../../../shared/contract/errors.ts'
import type { HandlersOf } from '../parts.ts'

const missing = async () => fail({ code: 'index', problem: 'not-available' } as const)

/** Listings and the local index. */
export function indexHandlers(): HandlersOf<'listing' | 'index'> {
  return {
    'listing.open': missing,
    'listing.stop': missing,
    'index.rows': missing,
    'index.position': missing,
    'index.keys': missing,
    'index.sync': missing,
    'index.stopSync': missing,
    'index.sizes': missing,
    'index.states': missing,
    'index.stopStates': missing,
    'index.info': async () =>
      ok({ storage: 'memory', reason: 'not-available', bytes: 0, objects: 0 }),
    'index.clear': missing,
  }
}
