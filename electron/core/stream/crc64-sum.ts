import { createCRC64, type IHasher } from 'hash-wasm'
import { crc64FromHex } from '../../../shared/format/crc64.ts'

/** A running CRC-64 as OSS computes it. `value` may be asked once; `release` gives its memory to the next user. */
export interface Crc64 {
  update(bytes: Uint8Array): void
  value(): bigint
  release(): void
}

/** Each instance owns WebAssembly memory, so they are used again rather than made anew for every part. */
const idle: IHasher[] = []

/** A sum that starts at nothing. Source: hash-wasm's CRC-64/XZ, check value 995DC9BBDF1939FA for "123456789". */
export async function takeCrc64(): Promise<Crc64> {
  let hasher: IHasher | null = idle.pop() ?? (await createCRC64())
  hasher.init()
  const held = (): IHasher => {
    if (hasher === null) throw new Error('checksum used after it was released')
    return hasher
  }
  return {
    update: (bytes) => void held().update(bytes),
    value: () => crc64FromHex(held().digest('hex')),
    release() {
      if (hasher !== null) idle.push(hasher)
      hasher = null
    },
  }
}
