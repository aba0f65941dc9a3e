import {
  startPractice as startWithHooks,
  type Practice as Shipped,
  type PracticeOptions,
} from '../../electron/practice/start.ts'
import type { PracticeKms as ShippedKms } from '../../electron/practice/kms-server.ts'
import { KmsFaults } from './kms-faults.ts'
import { Faults } from './oss-faults.ts'

/** A practice KMS with faults. */
export interface PracticeKms extends ShippedKms {
  readonly faults: KmsFaults
}

/** A practice server with faults. `reset` also removes the faults. */
export interface Practice extends Shipped {
  readonly faults: Faults
  readonly kms: PracticeKms
  openKms(region: string): Promise<PracticeKms>
}

/**
 * Starts the practice server of the app and gives its OSS and each KMS a set of faults.
 * Errors: as `startPractice` of the app.
 */
export async function startPractice(
  options: Omit<PracticeOptions, 'interference'>,
): Promise<Practice> {
  const faults = new Faults()
  const kmsFaults = new Map<string, KmsFaults>()
  const faultsOf = (region: string): KmsFaults => {
    const found = kmsFaults.get(region) ?? new KmsFaults()
    kmsFaults.set(region, found)
    return found
  }
  const practice = await startWithHooks({
    ...options,
    interference: {
      oss: (target) => faults.interfere(target),
      kms: (region, action) => faultsOf(region).interfere(action),
    },
  })
  const services = new Map<string, PracticeKms>()
  const withFaults = (kms: ShippedKms): PracticeKms => {
    const found = services.get(kms.region)
    if (found !== undefined) return found
    const own = faultsOf(kms.region)
    const reset = () => {
      kms.reset()
      own.clear()
    }
    const service = { ...kms, faults: own, reset }
    services.set(kms.region, service)
    return service
  }
  return {
    ...practice,
    faults,
    kms: withFaults(practice.kms),
    openKms: async (region) => withFaults(await practice.openKms(region)),
    reset: async () => {
      await practice.reset()
      faults.clear()
      for (const own of kmsFaults.values()) own.clear()
    },
  }
}
