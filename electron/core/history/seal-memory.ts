import { oneAtATime } from '../base/turns.ts'
import { rememberedSeal, type SealMemory } from '../seals/memory.ts'
import type { Seal } from '../seals/seal-text.ts'
import { openHashedRecords } from './hashed-records.ts'
import { readSealRecord, sealNameOf, SEAL_RECORD, writeSealRecord } from './seal-record.ts'

/** The most names of which the seals are known: 61 MB in memory. The newest ones stay. */
const MOST_NAMES = 200_000

/** The seals of one server that this computer found intact, or made. */
export interface SealMemories {
  find(bucket: string, key: string): Promise<SealMemory | null>
  /**
   * Remembers a seal that was found intact at its name just now, or made there. Never one of a
   * version that was asked for by its id. The order of the calls of one name counts.
   */
  remember(bucket: string, key: string, seal: Seal): Promise<void>
  /** Brings the memory of a moved object to its new name. */
  move(from: ObjectName, to: ObjectName): Promise<void>
  /** Forgets a name, under which this computer put an object without a seal on purpose. */
  forget(bucket: string, key: string): Promise<void>
}

interface ObjectName {
  readonly bucket: string
  readonly key: string
}

/** The memory of seals, for all servers. It survives the local index. */
export interface SealHistory {
  /**
   * Returns the memories of one server. `origin`: scheme and host of its endpoint. Buckets of
   * Alibaba Cloud have one name for all regions and endpoints; other servers have their own names.
   */
  at(origin: string): SealMemories
  close(): Promise<void>
}

/**
 * Opens the memory at `path`. A deletion forgets nothing, so an object that comes back without its
 * seal is noticed. `now`: ms since 1970 by this computer's own clock.
 */
export function openSealHistory(path: string, now: () => number = Date.now): SealHistory {
  const records = openHashedRecords(path, SEAL_RECORD, MOST_NAMES)
  const inTurn = oneAtATime()
  const read = async (name: Buffer): Promise<SealMemory | null> => {
    const record = await records.find(name)
    return record === null ? null : readSealRecord(record)
  }
  const put = (name: Buffer, memory: SealMemory | null): void =>
    records.put(writeSealRecord(name, memory))
  const forget = async (name: Buffer): Promise<void> => {
    if ((await read(name)) !== null) put(name, null)
  }

  return {
    at(origin) {
      const server = serverOf(origin)
      const nameOf = (bucket: string, key: string) => sealNameOf(server, bucket, key)
      return {
        find: (bucket, key) => inTurn(() => read(nameOf(bucket, key))),
        remember: (bucket, key, seal) =>
          inTurn(async () => {
            const name = nameOf(bucket, key)
            const before = await read(name)
            const after = rememberedSeal(before, seal, now())
            if (after !== before && after !== null) put(name, after)
          }),
        move: (from, to) =>
          inTurn(async () => {
            const [old, next] = [nameOf(from.bucket, from.key), nameOf(to.bucket, to.key)]
            const memory = await read(old)
            if (memory === null || old.equals(next)) return
            const after = rememberedSeal(await read(next), memory.last, now())
            if (after !== null) put(next, after)
            put(old, null)
          }),
        forget: (bucket, key) => inTurn(() => forget(nameOf(bucket, key))),
      }
    },
    close: () => inTurn(() => records.close()),
  }
}

/** Returns '' for Alibaba Cloud, and the host with its port for any other server. */
function serverOf(origin: string): string {
  const { host } = new URL(origin)
  return /(?:^|\.)aliyuncs\.com$/.test(host) ? '' : host
}
