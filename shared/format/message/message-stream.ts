import { fromBase64 } from '../base64.ts'
import { utf8Text } from '../bytes.ts'
import { headerOf, type MessageHeader, type Pair } from './message-header.ts'

/** The first number of a stream. No DER begins with it. */
const STREAM_VERSION = 1

/** The part of a stream before the ciphertext. */
export interface StreamStart {
  readonly header: MessageHeader
  readonly iv: Uint8Array
  /** The offset of the ciphertext. */
  readonly contentAt: number
}

/**
 * Reads the form that the stream calls of the Java SDK write. Its fields are counted, with the
 * highest byte first; only the length of the initial vector has the lowest byte first. This program
 * never writes the form.
 *
 * `limit`: the header ends here or before. Returns 'more' when the header continues behind `bytes`,
 * and null for anything else.
 * Source  CipherHeader.java serialize, DefaultEncryptHandler.java writeIv.
 */
export function streamAt(bytes: Uint8Array, limit: number): StreamStart | 'more' | null {
  const fields = new Fields(bytes, limit)
  const version = fields.number()
  const algorithm = fields.number()
  if (fields.state === 'fine' && version !== STREAM_VERSION) return null
  const context = contextOf(fields.counted())
  const keys: Pair[] = []
  // A count can be any number. A missing field ends the loop.
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

/** Reads nothing at all, or a count and as many pairs. */
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
 * Reads fields one after the other. After a missing field all further fields are empty, and `state`
 * says why.
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
