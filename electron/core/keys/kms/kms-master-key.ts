import { Failure, type AppError } from '../../../../shared/contract/errors.ts'
import type { MasterKeyId, WriteFormat } from '../../../../shared/contract/models.ts'
import { fromBase64, toBase64 } from '../../../../shared/format/base64.ts'
import { KMS_WRAP } from '../../../../shared/format/envelope/envelope.ts'
import { fromKmsBlob, kmsBlobs } from '../../../../shared/format/message/kms-wrap.ts'
import { DATA_KEY_BYTES } from '../../cipher/data-key.ts'
import { allowsCmk, isAlias, readCmkArn } from './kms-arn.ts'
import type { KmsClient } from './kms-client.ts'
import type { KmsContext } from './kms-context.ts'
import { NOT_KMS } from './kms-errors.ts'
import { sameAlgorithm } from '../key-order.ts'
import type { MasterKeyHandle, MessageKeys, Wrapping } from '../master-key.ts'
import { kmsForm } from '../write-formats.ts'

export interface KmsKeyParts {
  readonly id: MasterKeyId
  readonly name: string
  readonly description: string
  readonly writes: WriteFormat
  /** Id, alias or ARN; '' for a key that only decrypts. */
  readonly cmkId: string
  /** The ARN; '' until KMS answered with it. */
  readonly arn: string
  readonly region: string
  /**
   * The context of every wrap and unwrap. oss2's passphrase is `passphraseContext(…)`. New messages
   * are bound to a map too, and carry it in their header.
   */
  readonly context: KmsContext
  readonly client: KmsClient
  /** True: messages under any CMK of `region` are opened, not only those under this one. */
  readonly allowAnyKey?: boolean
}

/** The Java SDK draws as often. */
const DRAWS = 9

/**
 * Makes a master key of a CMK in KMS. The blob itself names its CMK, so any handle with the right
 * credentials and context opens an envelope. For messages, `messages` also checks that the user
 * allowed the CMK.
 *
 * Source  formats 1.4, 4.1, 5.6.
 */
export function kmsMasterKey(parts: KmsKeyParts): MasterKeyHandle {
  const { id, name, description, writes, cmkId, context } = parts
  let client: KmsClient | null = parts.client
  const open = () => {
    if (client === null) throw new Error('master key used after it was closed')
    return client
  }
  const form = kmsForm(writes)
  const wrapped = (blob: string) =>
    fromBase64(blob) === null ? garbage() : fromKmsBlob(blob, form)

  let ownId: string | null = null
  /** Asks KMS for a value in both forms that it may have. */
  const decrypted = async (bytes: Uint8Array, signal: AbortSignal) => {
    const [blob, other] = kmsBlobs(bytes)
    try {
      return await open().decrypt(blob, context, signal)
    } catch (cause) {
      if (other === undefined || !isOfTheBlob(cause)) throw cause
      return await open()
        .decrypt(other, context, signal)
        .catch((again: unknown) => notOf(again, cause))
    }
  }

  return {
    id,
    name,
    kind: 'kms',
    writes,
    wrapAlgorithm: KMS_WRAP,
    description,
    canWrap: cmkId !== '',
    canUnwrap: true,
    fits: (algorithm) => sameAlgorithm(algorithm, KMS_WRAP),

    wrap: (bytes, how, signal) =>
      named(name, async () => {
        const plaintext =
          how.payload === 'digits' ? Buffer.from(bytes).toString('latin1') : toBase64(bytes)
        return wrapped(await open().encrypt(cmkId, plaintext, context, signal))
      }),

    unwrap: (bytes, how, signal) =>
      named(name, async () => plainOf(await decrypted(bytes, signal), how.payload)),

    isOwn: (bytes, signal) =>
      named(name, async () => {
        if (cmkId === '') return false
        try {
          const { keyId } = await decrypted(bytes, signal)
          return (readCmkArn(keyId)?.id ?? keyId) === (ownId ??= await idOfCmk(parts, open, signal))
        } catch (cause) {
          if (isOfTheBlob(cause)) return false
          throw cause
        }
      }),

    newDataKey: (signal) =>
      named(name, async () => {
        for (let draw = 1; draw <= DRAWS; draw++) {
          const { plaintext, blob } = await open().generateDataKey(
            cmkId,
            DATA_KEY_BYTES,
            context,
            signal,
          )
          const made = { wrapped: wrapped(blob), plain: keyOf(plaintext, DATA_KEY_BYTES) }
          // The Java SDK never makes a key that begins with 0. Ours do not begin with 0 either.
          if (made.plain[0] !== 0) return made
          made.plain.fill(0)
        }
        return garbage()
      }),

    messages: messageKeys(parts, open),

    [Symbol.dispose]() {
      client = null
    },
  }
}

/** Returns the id of the CMK. KMS is asked for that of an alias, which may name another one now. */
async function idOfCmk(
  { cmkId, arn }: KmsKeyParts,
  open: () => KmsClient,
  signal: AbortSignal,
): Promise<string> {
  if (isAlias(cmkId)) return (await open().describeKey(cmkId, signal)).id
  return readCmkArn(cmkId)?.id ?? readCmkArn(arn)?.id ?? cmkId
}

function messageKeys(
  { name, cmkId, arn: known, region, context, allowAnyKey = false }: KmsKeyParts,
  open: () => KmsClient,
): MessageKeys {
  let arn = known === '' && readCmkArn(cmkId) !== null ? cmkId : known
  /** Returns the CMK. KMS is asked once if the ARN is not known yet. */
  const learnt = async (signal: AbortSignal) => {
    if (arn === '') ({ arn } = await open().describeKey(cmkId, signal))
    return readCmkArn(arn) ?? garbage()
  }
  const isAllowed = (keyId: string) =>
    (cmkId !== '' || allowAnyKey) && allowsCmk(keyId, { cmkId, arn, region })
  return {
    // A text is oss2's passphrase, and anybody can read the context of a message.
    ...(context !== null && typeof context !== 'string' && { context }),

    allows: isAllowed,

    generate: (bytes, bound, signal) =>
      named(name, async () => {
        // The key is named by its id, as the SDKs do. An alias can stand for another CMK by now,
        // and the header would then name the wrong one.
        const { id } = await learnt(signal)
        const { plaintext, blob } = await open().generateDataKey(id, bytes, bound, signal)
        return {
          keyId: arn,
          wrapped: fromBase64(blob) ?? garbage(),
          plain: keyOf(plaintext, bytes),
        }
      }),

    decrypt: ({ keyId, wrapped }, bound, signal) =>
      named(name, async () => {
        if (arn === '' && isAlias(cmkId)) await learnt(signal)
        if (!isAllowed(keyId)) return closed()
        const answer = await open().decrypt(toBase64(wrapped), bound, signal)
        // The header can name one CMK and hold a blob of another. Its author then need not have
        // access to the allowed CMK.
        const [used, cmk] = [
          readCmkArn(answer.keyId)?.id ?? answer.keyId,
          readCmkArn(arn)?.id ?? cmkId,
        ]
        if (!allowAnyKey && used !== '' && used !== cmk) return closed()
        return plainOf(answer, 'bytes')
      }),
  }
}

/** KMS returns the text that it was given. */
function plainOf(
  { plaintext }: { readonly plaintext: string },
  payload: Wrapping['payload'],
): Uint8Array {
  return payload === 'digits'
    ? new TextEncoder().encode(plaintext)
    : (fromBase64(plaintext) ?? closed())
}

function keyOf(plaintext: string, length: number): Uint8Array {
  const bytes = fromBase64(plaintext)
  return bytes?.length === length ? bytes : garbage()
}

function closed(): never {
  throw new Failure({ code: 'kms-key', name: '', problem: 'cannot-open', requestId: '' })
}

function garbage(): never {
  throw new Failure(NOT_KMS)
}

/**
 * Tells whether another blob may open. A malformed blob can look like a blob of a key that does not
 * exist.
 */
const isOfTheBlob = (cause: unknown): boolean =>
  cause instanceof Failure &&
  cause.error.code === 'kms-key' &&
  ['cannot-open', 'not-found', 'wrong-use'].includes(cause.error.problem)

/** The first of two guesses is nearly always right, and so is KMS's error for it. */
function notOf(again: unknown, first: unknown): never {
  throw isOfTheBlob(again) ? first : again
}

/** Replaces the id of the CMK in an error with the name of the master key, which people know. */
async function named<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof Failure && cause.error.code === 'kms-key')
      throw new Failure({ ...cause.error, name } satisfies AppError)
    throw cause
  }
}
