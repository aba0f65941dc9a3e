import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { Failure } from '../../../shared/contract/errors.ts'
import {
  CONTENT_ALGORITHM,
  OAEP_WRAP,
  RSA_WRAP,
  serializeEnvelope,
} from '../../../shared/format/envelope/envelope.ts'
import { digitsOf } from '../../../shared/format/message/kms-wrap.ts'
import { takeCrc64 } from '../cipher/crc64-sum.ts'
import { ctrCipher } from '../cipher/ctr.ts'
import { sourceFailure } from '../base/system-failure.ts'
import {
  identityOf,
  READING,
  REST_TRIES,
  sameSource,
  fileStateOf,
  untilAtRest,
  type SourceIdentity,
} from '../files/file-source.ts'
import { freshCounter, freshDataKey } from '../cipher/fresh-key.ts'
import { wrapRsa } from '../cipher/rsa-wrap.ts'
import { LeafSum } from '../seals/leaves.ts'
import { makeSeal } from '../seals/make-seal.ts'
import { planSeal } from '../seals/new-seal.ts'
import { promisedCounter } from '../seals/promise.ts'
import { deriveSealKeys, type SealKeys } from '../seals/seal-keys.ts'
import { SEAL_HEADER, writeSealText } from '../seals/seal-text.ts'
import type { HeaderList, RsaWrapping, HeldFacts, HeldSeal } from './job.ts'
import { headerList } from './message.ts'

/** A held file in its thread: bytes that never change, however often they are sent. */
export interface HeldContent {
  readonly path: string
  readonly identity: SourceIdentity
  readonly ciphertext: Uint8Array
  /** The envelope as object metadata, and the seal if there is one. */
  readonly headers: HeaderList
  /** The facts of the file that the main thread gets. */
  readonly facts: HeldFacts
}

/**
 * Reads a small file and encrypts it under a new data key, which nothing outside this call sees.
 * With `seal` the headers have a seal of the ciphertext. The caller wipes its writer secret. Null for a file of more than `most` bytes. File calls are synchronous: for a few KiB, a trip
 * through Node's thread pool costs more than the call.
 * Throws Failure 'source-unreadable', 'source-changed' when the file ends before its size, and
 * 'source-longer' when it goes on behind it.
 */
export async function encryptFile(
  path: string,
  most: number,
  wrapping: RsaWrapping,
  seal: HeldSeal | null,
): Promise<HeldContent | null> {
  const file = guarded(path, () => openSync(path, READING))
  try {
    const identity = await identifyAtRest(file, path)
    if (identity.size > most) return null
    const encrypted = readAndEncrypt(file, path, identity.size, wrapping, seal)
    const { ciphertext } = encrypted
    const headers = headerList(Object.entries(encrypted.headers))
    const crc = await takeCrc64()
    crc.update(ciphertext)
    const crc64 = crc.value()
    crc.release()
    const facts = {
      size: identity.size,
      modified: Number(identity.mtimeNs / 1_000_000n),
      state: fileStateOf(identity),
      headers,
      crc64,
    }
    return { path, identity, ciphertext, headers, facts }
  } finally {
    closeSync(file)
  }
}

/** Throws Failure 'source-changed' unless `path` still names the file in the state it was read. */
export function assertUnchanged({ path, identity }: HeldContent): void {
  const now = guarded(path, () => identityOf(statSync(path, { bigint: true }), path))
  if (!sameSource(now, identity)) throw new Failure({ code: 'source-changed', path })
}

/**
 * Identifies an open file. A file that was written a moment ago is identified again a little later.
 * A coarse clock does not show a second write within one tick.
 */
async function identifyAtRest(file: number, path: string): Promise<SourceIdentity> {
  for (let tries = 0; ; tries++) {
    const identity = guarded(path, () => identityOf(fstatSync(file, { bigint: true }), path))
    const wait = untilAtRest(identity, Date.now())
    if (wait === 0 || tries === REST_TRIES) return identity
    await new Promise((resolve) => setTimeout(resolve, wait))
  }
}

let scratch = new Uint8Array(0)

/**
 * The one place for plaintext, used for all files: nothing waits between the reading and the
 * wiping.
 */
function scratchOf(bytes: number): Uint8Array {
  if (scratch.length < bytes) scratch = new Uint8Array(bytes)
  return scratch.subarray(0, bytes)
}

function readAndEncrypt(
  file: number,
  path: string,
  size: number,
  wrapping: RsaWrapping,
  seal: HeldSeal | null,
): ReturnType<typeof encrypt> {
  const plain = scratchOf(size)
  try {
    readWhole(file, plain, path)
    return encrypt(plain, wrapping, seal)
  } finally {
    plain.fill(0)
  }
}

function readWhole(file: number, into: Uint8Array, path: string): void {
  for (let filled = 0; filled < into.length;) {
    const more = guarded(path, () => readSync(file, into, filled, into.length - filled, filled))
    if (more === 0) throw new Failure({ code: 'source-changed', path })
    filled += more
  }
  const behind = guarded(path, () => readSync(file, new Uint8Array(1), 0, 1, into.length))
  if (behind > 0) throw new Failure({ code: 'source-longer', path, size: into.length })
}

function encrypt(
  plain: Uint8Array,
  { publicHalf, format, description }: RsaWrapping,
  seal: HeldSeal | null,
): { readonly ciphertext: Uint8Array; readonly headers: Record<string, string> } {
  const padding = format === 'v2' ? 'pkcs1' : 'oaep'
  const dataKey = freshDataKey()
  using sealKeys = seal === null ? null : deriveSealKeys(dataKey)
  const isV1 = format === 'v1'
  const counter =
    sealKeys === null || isV1 ? freshCounter(isV1 ? 'v1' : 'v2') : promisedCounter(sealKeys)
  try {
    const envelope = serializeEnvelope({
      format: isV1 ? 'v1' : 'v2',
      wrappedDataKey: wrapRsa(publicHalf, padding, dataKey),
      wrappedCounter: wrapRsa(publicHalf, padding, isV1 ? digitsOf(counter) : counter),
      contentAlgorithm: CONTENT_ALGORITHM,
      wrapAlgorithm: format === 'v2' ? RSA_WRAP : OAEP_WRAP,
      keyDescription: isV1 ? '' : description,
      dataSize: null,
      partSize: null,
    })
    const ciphertext = ctrCipher(dataKey, counter, 0).update(plain)
    if (sealKeys === null || seal === null) return { ciphertext, headers: envelope }
    const text = sealOf(sealKeys, ciphertext, counter, seal)
    return { ciphertext, headers: { ...envelope, [SEAL_HEADER]: text } }
  } finally {
    dataKey.fill(0)
  }
}

/** Makes the text of the seal of a whole object. */
function sealOf(
  keys: SealKeys,
  ciphertext: Uint8Array,
  counter: Uint8Array,
  seal: HeldSeal,
): string {
  const { length } = ciphertext
  const plan = planSeal(length)
  const sum = new LeafSum(keys, { ...plan, firstIndex: 0 })
  sum.update(ciphertext)
  const facts = { ...seal, ...plan, length, leaves: sum.leaves(), counter, byWriter: true }
  return writeSealText(makeSeal(keys, facts))
}

function guarded<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    throw sourceFailure(cause, path)
  }
}
