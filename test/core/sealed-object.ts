import { createCipheriv, randomBytes } from 'node:crypto'
import type { MasterKeyHandle } from '../../electron/core/keys/master-key.ts'
import type { Oss } from '../../electron/core/oss/client.ts'
import { putSmall } from '../../electron/core/oss/objects.ts'
import { exponentOf } from '../../electron/core/seals/chunks.ts'
import { LeafSum } from '../../electron/core/seals/leaves.ts'
import { makeSeal } from '../../electron/core/seals/make-seal.ts'
import { promisedCounter } from '../../electron/core/seals/promise.ts'
import { deriveSealKeys } from '../../electron/core/seals/seal-keys.ts'
import {
  SEAL_HEADER,
  SEAL_TAG,
  writeSealText,
  type Seal,
} from '../../electron/core/seals/seal-text.ts'
import {
  CONTENT_ALGORITHM,
  RSA_WRAP,
  serializeEnvelope,
} from '../../shared/format/envelope/envelope.ts'
import { never } from './oss-practice.ts'

/** A sealed object, made with the library alone. Nothing of it is in a bucket yet. */
export interface SealedObject {
  readonly key: string
  readonly plain: Buffer
  /** The ciphertext. */
  readonly stored: Buffer
  /** The envelope. */
  readonly envelope: Readonly<Record<string, string>>
  readonly seal: Seal
  readonly text: string
}

/** The facts of a new object that differ from the usual ones. */
export interface SealedChange {
  readonly bucket: string
  readonly key: string
  readonly plain: Buffer
  /** False: the counter promises no seal. */
  readonly promised?: boolean
  readonly time?: number
  readonly byWriter?: boolean
  readonly exponent?: number
}

/** Encrypts and seals a text under a master key. */
export async function sealedObject(
  master: MasterKeyHandle,
  { bucket, key, plain, promised = true, time = Date.now(), byWriter = true, exponent }: SealedChange,
): Promise<SealedObject> {
  const dataKey = randomBytes(32)
  using keys = deriveSealKeys(dataKey)
  const counter = promised ? promisedCounter(keys) : randomBytes(16).fill(0, 8, 12)
  const how = { algorithm: RSA_WRAP, payload: 'bytes' } as const
  const envelope = serializeEnvelope({
    format: 'v2',
    wrappedDataKey: await master.wrap(dataKey, how, never),
    wrappedCounter: await master.wrap(counter, how, never),
    contentAlgorithm: CONTENT_ALGORITHM,
    wrapAlgorithm: RSA_WRAP,
    keyDescription: master.description,
    dataSize: null,
    partSize: null,
  })
  const stored = createCipheriv('aes-256-ctr', dataKey, counter).update(plain)
  const facts = {
    sealId: randomBytes(16),
    exponent: exponent ?? exponentOf(stored.length),
    length: stored.length,
  }
  const sum = new LeafSum(keys, { ...facts, firstIndex: 0 })
  sum.update(stored)
  const leaves = sum.leaves()
  const at = { bucket, key, time, counter, byWriter, writer: null }
  const seal = makeSeal(keys, { ...facts, leaves, ...at })
  return { key, plain, stored, envelope, seal, text: writeSealText(seal) }
}

/** Where the text of a seal is put: in the metadata, in a tag, in both or nowhere. */
export interface SealTextsAt {
  readonly metadata?: string
  readonly tag?: string
  readonly envelope?: Readonly<Record<string, string>>
  readonly key?: string
  readonly body?: Buffer
}

/** Puts an object, as changed by `change`, into a bucket. */
export async function putSealed(
  oss: Oss,
  bucket: string,
  object: SealedObject,
  change: SealTextsAt = { metadata: object.text },
): Promise<void> {
  const { metadata, tag, envelope = object.envelope, key = object.key, body = object.stored } = change
  const headers = {
    ...envelope,
    ...(metadata !== undefined && { [SEAL_HEADER]: metadata }),
    ...(tag !== undefined && {
      'x-oss-tagging': `user=1&${encodeURIComponent(SEAL_TAG)}=${encodeURIComponent(tag)}`,
    }),
  }
  await putSmall(oss, { bucket, key, headers, body, forbidOverwrite: false }, never)
}
