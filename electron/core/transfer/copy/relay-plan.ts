import { Failure } from '../../../../shared/contract/errors.ts'
import { BLOCK_BYTES } from '../../../../shared/format/counter.ts'
import { ENVELOPE_PREFIX } from '../../../../shared/format/envelope/envelope.ts'
import {
  choosePartSize,
  MAX_PART_BYTES,
  MAX_PARTS,
  MIN_PART_BYTES,
  planParts,
  type Part,
} from '../../../../shared/format/part-plan.ts'

/** The headers and parts of an object that passes through this computer. */
export interface RelayPlan {
  /**
   * Headers of the new object: those of the source, and the part sizes where its format has them.
   */
  readonly headers: Readonly<Record<string, string>>
  /** Headers among them that OSS wants with every part. */
  readonly repeated: Readonly<Record<string, string>>
  readonly parts: readonly Part[]
  /** False: the object goes in one request. */
  readonly inParts: boolean
}

const DATA_SIZE = `${ENVELOPE_PREFIX}data-size`
const PART_SIZE = `${ENVELOPE_PREFIX}part-size`
/**
 * OSS takes an upload with one of these headers for an encrypted one. Source: server-side rules
 * 0005-00000401 to 407.
 */
const CLAIMS = ['key', 'start', 'cek-alg', 'wrap-alg', 'data-size', 'part-size'].map(
  (name) => ENVELOPE_PREFIX + name,
)

/**
 * Plans the parts of an object that is relayed. `headers`: those of the source. An object that
 * declares parts is sent in the very same parts, so that no header changes. A file that a Java SDK
 * split again (FORMAT.md 2.7) can be read only by the declared part size. Parts that OSS does not
 * take go in one request, which declares nothing. An object that is shorter than it says must not
 * pass for whole. A large object that declares no parts gets new part sizes, in fewer parts than
 * such a file has. Throws Failure 'too-large' for an object that fits neither way.
 */
export function relayPlan(
  size: number,
  headers: Readonly<Record<string, string>>,
  preferred: { readonly multipartFrom: number; readonly partSize: number },
): RelayPlan {
  const whole = {
    headers,
    repeated: {},
    parts: [{ number: 1, offset: 0, length: size }],
    inParts: false,
  }
  const split = (partSize: number, declared = headers): RelayPlan => {
    const repeated = Object.fromEntries(
      Object.entries(declared).filter(([name]) => name.startsWith(ENVELOPE_PREFIX)),
    )
    return { headers: declared, repeated, parts: planParts(size, partSize), inParts: true }
  }
  const large = size > 0 && size >= preferred.multipartFrom
  if (!CLAIMS.some((name) => headers[name] !== undefined))
    return large ? split(choosePartSize(size, preferred.partSize)) : whole
  const [dataSize, partSize] = [headers[DATA_SIZE], headers[PART_SIZE]]
  if (dataSize === undefined && partSize === undefined) {
    if (!large) return whole
    const chosen = choosePartSize(
      size,
      Math.max(preferred.partSize, Math.ceil(size / (MAX_PARTS - 1))),
    )
    return split(chosen, { ...headers, [DATA_SIZE]: String(size), [PART_SIZE]: String(chosen) })
  }
  if (dataSize === String(size) && isRepeatable(size, partSize)) return split(Number(partSize))
  if (size > MAX_PART_BYTES) throw new Failure({ code: 'too-large', limit: MAX_PART_BYTES })
  return whole
}

/** Tells whether OSS takes parts of this declared size. */
function isRepeatable(size: number, declared: string | undefined): boolean {
  const partSize = Number(declared)
  if (
    size === 0 ||
    String(partSize) !== declared ||
    !Number.isSafeInteger(partSize) ||
    partSize < 1 ||
    partSize % BLOCK_BYTES !== 0
  )
    return false
  return (
    partSize <= MAX_PART_BYTES &&
    size / partSize <= MAX_PARTS &&
    (size <= partSize || partSize >= MIN_PART_BYTES)
  )
}

/** Finds the headers that an earlier copy must have. It may declare part sizes of its own. */
export function withSizesOf(
  made: ReadonlyMap<string, string>,
  headers: Readonly<Record<string, string>>,
  size: number,
): Readonly<Record<string, string>> {
  const partSize = made.get(PART_SIZE)
  if (
    headers[DATA_SIZE] !== undefined ||
    headers[PART_SIZE] !== undefined ||
    partSize === undefined
  )
    return headers
  return { ...headers, [DATA_SIZE]: String(size), [PART_SIZE]: partSize }
}
