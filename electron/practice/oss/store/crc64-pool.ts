import { createCRC64, type IHasher } from 'hash-wasm'

/** A running CRC-64/XZ from a pool. Making one costs more than the sum of a small object. */
export interface PooledCrc64 {
  update(bytes: Uint8Array): void
  digest(): bigint
  release(): void
}

const idle: IHasher[] = []

export async function takePooledCrc64(): Promise<PooledCrc64> {
  const hasher = idle.pop() ?? (await createCRC64())
  hasher.init()
  return {
    update: (bytes) => void hasher.update(bytes),
    digest: () => BigInt(`0x${hasher.digest('hex')}`),
    release: () => void idle.push(hasher),
  }
}
