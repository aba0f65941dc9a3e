import { fromBase64 } from '../base64.ts'
import { utf8Text } from '../bytes.ts'
import { headerOf, type MessageHeader, type Pair } from './message-header.ts'

/** The first number of a stream: no DER begins like this. */
const STREAM_VERSION = 1

/** What stands before the ciphertext of a stream. */
export interface StreamStart {
  readonly header: MessageHeader
  readonly iv: Uint8Array
  /** Offset of the ciphertext. */
  readonly contentAt: number
}

/**
 * Reads the form that the Java SDK's stream calls write: counted fields, highest byte first, but
 * for the length of the initial vector. Read and never written by us.
 *
 * Shape  `limit`: the header ends here or before. 'more': it goes on behind `bytes`; null: this is
 * none.
 * Source CipherHeader.java serialize, DefaultEncryptHandler.java writeIv.
 */
export function streamAt(bytes: Uint8Array, limit: number): StreamStart | 'more' | null {
  const fields = new Fields(bytes, limit)
  const version = fields.number()
  const algorithm = fields.number()
  if (fields.state === 'fine' && version !== STREAM_VERSION) return null
  const context = contextOf(fields.counted())
  const keys: Pair[] = []
  // A count can be anything; fields that are not there end the loop.
  for (let left = fields.number(); left > 0 && fields.state === 'fine'; left--) {
    const name = fields.counted()
    const wrapped = fromBase64(utf8Text(fields.counted()) ?? undefined)
    if (wrapped === null) return null
    keys.push([name, wrapped])
  }
  const [headerIv, headerTag] = [fields.counted(), fields.counted()]
  const iv = fields.take(fields.numberFromLowest())
  if (fields.state !== 'fine') return fields.state === 'more' ? 'more' : null
  const header =
    context === null ? null : headerOf({ version, algorithm, keys, context, headerIv, headerTag })
  return header === null ? null : { header, iv, contentAt: fields.at }
}

/** Nothing at all, or a count and as many pairs. */
function contextOf(bytes: Uint8Array): readonly Pair[] | null {
  if (bytes.length === 0) return []
  const fields = new Fields(bytes, bytes.length)
  const pairs: Pair[] = []
  const count = fields.number()
  while (pairs.length < count && fields.state === 'fine')
    pairs.push([fields.counted(), fields.counted()])
  return fields.state === 'fine' && fields.at === bytes.length && count > 0 ? pairs : null
}

/**
 * Fields one after the other. Once one is not there, all that follow are empty and `state` says
 * why.
 */
class Fields {
  at = 0
  state: 'fine' | 'more' | 'none' = 'fine'
  readonly #bytes: Uint8Array
  readonly #limit: number

  constructor(bytes: Uint8Array, limit: number) {
    this.#bytes = bytes
    this.#limit = limit
  }

  take(length: number): Uint8Array {
    const end = this.at + length
    if (this.state === 'fine' && end > Math.min(this.#bytes.length, this.#limit))
      this.state = end > this.#limit ? 'none' : 'more'
    if (this.state !== 'fine') return new Uint8Array()
    const taken = this.#bytes.slice(this.at, end)
    this.at = end
    return taken
  }

  number(): number {
    return this.take(4).reduce((sum, byte) => sum * 256 + byte, 0)
  }

  numberFromLowest(): number {
    return this.take(4).reduceRight((sum, byte) => sum * 256 + byte, 0)
  }

  counted(): Uint8Array {
    return this.take(this.number())
  }
}
