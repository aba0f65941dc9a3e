import { Failure, fail } from '../../../../shared/contract/errors.ts'
import type {
  DrillObject,
  DrillReport,
  DrillSum,
} from '../../../../shared/contract/models-drills.ts'
import { each } from '../../base/turns.ts'
import { open } from '../../keys/keyring.ts'
import { bitsOf, fingerprintOf } from '../../keys/public-key.ts'
import { rsaMasterKey } from '../../keys/rsa-master-key.ts'
import type { RangeReader } from '../../transfer/download/read-range.ts'
import type { Openers } from '../../transfer/run/jobs.ts'
import type { SealRules } from '../../transfer/run/stored-seal.ts'
import type { CopiedKey } from './drill-copy.ts'
import { drillObject } from './drill-object.ts'
import { sampleObjects } from './sample-objects.ts'

/** Objects that are read at the same time. */
const PARALLEL = 4

/** The objects of one drill, and the copy of the key. */
export interface Drill {
  readonly bucket: string
  readonly prefix: string
  readonly sample: number
  readonly copy: CopiedKey
  /** Returns the name that the key list has for a fingerprint, '' for none. */
  nameOf(fingerprint: string): string
  readonly rules: SealRules
}

/**
 * Draws objects and opens each with the copy of the key alone: no key of this computer is asked.
 * Throws Failure of the listing, 'cancelled', and 'bad-credentials'.
 */
export async function runDrill(
  reader: RangeReader,
  drill: Drill,
  signal: AbortSignal,
): Promise<DrillReport> {
  const { bucket, prefix, sample, copy, nameOf, rules } = drill
  const fingerprint = fingerprintOf(copy.publicKey)
  const name = nameOf(fingerprint)
  const { keys, listed } = await sampleObjects(reader.oss, { bucket, prefix }, sample, signal)
  const started = performance.now()
  using key = rsaMasterKey({
    id: 'drill',
    name: name === '' ? fingerprint.slice(0, 16) : name,
    description: '',
    writes: 'v2',
    publicKey: copy.publicKey,
    privateKey: copy.privateKey,
  })
  const openers: Openers = {
    envelope: (envelope, stop) => open(envelope, [key], stop),
    message: async () => fail({ code: 'wrong-master-key', tried: [key.name] }),
  }
  const done = new Map<string, DrillObject>()
  await each(
    keys.values(),
    PARALLEL,
    async (object) => {
      if (signal.aborted) throw new Failure({ code: 'cancelled' })
      const place = { bucket, key: object }
      done.set(object, await drillObject(reader, place, { openers, rules }, signal))
    },
    signal,
  )
  const objects = keys.toSorted().flatMap((one) => done.get(one) ?? [])
  return {
    format: 'cipherbucket-drill-1',
    made: new Date().toISOString(),
    bucket,
    prefix,
    key: { name, fingerprint, bits: bitsOf(copy.publicKey), source: copy.source },
    listed,
    opened: sumOf(objects, 'opened'),
    failed: sumOf(objects, 'failed'),
    plain: sumOf(objects, 'plain'),
    ms: Math.round(performance.now() - started),
    objects,
  }
}

function sumOf(objects: readonly DrillObject[], state: DrillObject['state']): DrillSum {
  const some = objects.filter((one) => one.state === state)
  return { objects: some.length, bytes: some.reduce((sum, { size }) => sum + size, 0) }
}
