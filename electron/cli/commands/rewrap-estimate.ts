import type { RewrapMode, RewrapPlan } from '../../../shared/contract/models-rewraps.ts'
import { bytes } from '../../../shared/contract/sentences/sentences-words.ts'

/** The sums of the objects of a change, from a listing. */
export type PlanSums = Omit<RewrapPlan, 'cursor'>

/** The most that a change takes. An object that is done already takes one request. */
export interface Estimate {
  readonly requests: number
  /** Bytes read. As many are written, save for second keys. */
  readonly traffic: number
  /** At {@link BYTES_PER_SECOND} each way, and {@link OBJECTS_PER_SECOND}. */
  readonly seconds: number
  /** Yuan for the requests, and for the bytes read over the Internet. */
  readonly requestCost: number
  readonly trafficCost: number
}

/** HEAD, ACL, GET, HEAD, PUT, HEAD and ACL again. A second key: as many, for tags. */
const REQUESTS = 7
/** Bytes of a part, each of which takes a GET and a PUT. */
const PART = 8 * 1024 ** 2
const OBJECTS_PER_SECOND = 50
const BYTES_PER_SECOND = 10_000_000
/** Yuan for a request, and for a byte out of OSS. Source: list prices, Chinese mainland. */
const REQUEST_PRICE = 0.01 / 10_000
const BYTE_PRICE = 0.5 / 1024 ** 3

/** Estimates requests, time and cost. Archived objects are not read. */
export function estimateOf({ objects, bytes: all, archived, archivedBytes }: PlanSums): Estimate {
  const traffic = all - archivedBytes
  const requests =
    Math.ceil(objects / 1000) +
    (objects - archived) * REQUESTS +
    archived +
    2 * Math.ceil(traffic / PART)
  return {
    requests,
    traffic,
    seconds: Math.ceil(traffic / BYTES_PER_SECOND + (objects - archived) / OBJECTS_PER_SECOND),
    requestCost: requests * REQUEST_PRICE,
    trafficCost: traffic * BYTE_PRICE,
  }
}

/** Says the estimate, with what it leaves out. */
export const estimateText = (one: Estimate, mode: RewrapMode): string =>
  [
    `At most ${one.requests} requests, ${bytes(one.traffic)} read${mode === 'second' ? '' : ' and as much written'}.`,
    `At 10 MB/s: about ${duration(one.seconds)}.`,
    `Cost: ≈ ${yuan(one.requestCost)} for requests. Over the Internet ≈ ${yuan(one.trafficCost)} for reading; over the internal endpoint of the region nothing.`,
    'These are list prices of the Chinese mainland. Fees of KMS are not counted.',
  ].join('\n')

const yuan = (amount: number): string => `CNY ${amount.toFixed(2)}`

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`
}
