import { createPrivateKey, generateKeyPair, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { Failure, valueOf } from '../../../../shared/contract/errors.ts'
import type { MasterKeyId } from '../../../../shared/contract/models.ts'
import {
  ENVELOPE_PREFIX,
  RSA_WRAP,
  serializeEnvelope,
} from '../../../../shared/format/envelope/envelope.ts'
import { newEnvelope } from '../../keys/keyring.ts'
import type { KeyCatalog } from '../../keys/catalog/key-catalog.ts'
import type { MasterKeyHandle } from '../../keys/master-key.ts'
import type { Oss } from '../../oss/client.ts'
import { headObject, putSmall } from '../../oss/objects.ts'
import { ctrCipher } from '../../cipher/ctr.ts'
import { loadSound } from '../../store/sound-text.ts'
import type { TextStore } from '../../store/text-store.ts'
import type { Connections } from '../profiles/connections.ts'
import type { PracticeAccess } from '../core.ts'
import type { DefaultKeys } from '../profiles/default-keys.ts'
import { HARBOUR, LETTER, LOST_KEY_TEXT, PLAIN, TORN, WELCOME } from './practice-texts.ts'
import { PRACTICE_PROFILE } from '../profiles/profiles.ts'

const PRACTICE_KEY: MasterKeyId = 'practice-key'

/** The signal of work that nobody can cancel. */
const never = new AbortController().signal

interface Needs {
  readonly texts: TextStore
  readonly catalog: KeyCatalog
  readonly defaults: DefaultKeys
  readonly connections: Connections
  readonly practice: PracticeAccess | null
}

interface PracticeSamples {
  readonly keyId: MasterKeyId | null
  /** Puts the samples into the bucket, over objects with their names. */
  seed(): Promise<void>
  /**
   * Returns the unchanged samples. A sample has the key and the ETag with which it was put there.
   */
  all(): readonly Sample[]
}

/** The `etag` as OSS lists it, without quotes. */
interface Sample {
  readonly key: string
  readonly etag: string
}

/**
 * Opens the samples of the practice bucket, one for each state that a user meets: encrypted, not
 * encrypted, key missing, damaged.
 *
 * The practice key belongs to the practice bucket alone. It lies beside the bucket as a plain PEM
 * file of the app's folder. A first start must work without a keychain, and the key protects
 * nothing but the samples.
 */
export async function openPracticeSamples({
  texts,
  catalog,
  defaults,
  connections,
  practice,
}: Needs): Promise<PracticeSamples> {
  if (practice === null) return { keyId: null, seed: async () => undefined, all: () => [] }
  const { keyId, isNew } = await practiceKey(texts, catalog)
  await defaults.set({ profileId: PRACTICE_PROFILE, bucket: null }, keyId)

  let samples: readonly Sample[] = []
  const put = async (
    key: string,
    headers: Record<string, string>,
    body: Uint8Array,
  ): Promise<void> => {
    const oss = connections.bucket(PRACTICE_PROFILE, practice.bucket)
    const { etag } = await putSmall(
      oss,
      {
        bucket: practice.bucket,
        key,
        headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
        body,
        forbidOverwrite: false,
      },
      never,
    )
    samples = [...samples, { key, etag }]
  }
  const putSealed = async (
    handle: MasterKeyHandle,
    key: string,
    text: string,
    change: Record<string, string> = {},
  ): Promise<void> => {
    const { dataKey, counter, envelope } = valueOf(await newEnvelope(handle, 'v2', never))
    using owned = dataKey
    const body = ctrCipher(owned.bytes, counter, 0).update(new TextEncoder().encode(text))
    await put(key, { ...serializeEnvelope(envelope), ...change }, body)
  }

  const seed = async (): Promise<void> => {
    samples = []
    const handle = valueOf(await catalog.forWriting(keyId, false, never))
    await putSealed(handle, 'welcome (encrypted).txt', WELCOME)
    await putSealed(handle, 'harbour-at-dawn.svg', HARBOUR, { 'content-type': 'image/svg+xml' })
    await putSealed(handle, 'letters/to-yourself.txt', LETTER)
    await put('anyone-can-read-this.txt', {}, new TextEncoder().encode(PLAIN))
    // This object's key never existed. It shows the state of an object whose key is lost.
    await putSealed(lostKey(), 'key-went-missing.txt', LOST_KEY_TEXT)
    await putSealed(handle, 'torn-envelope.txt', TORN, { [`${ENVELOPE_PREFIX}start`]: 'torn' })
    await texts.save('practice-samples', JSON.stringify({ version: 1, samples }))
    await texts.save('practice-seeded', new Date().toISOString())
  }
  const seeded = await loadSound(texts, 'practice-seeded', (text) => text)
  // Samples under a lost key would not open.
  if (isNew || seeded === null) await seed()
  else
    samples =
      (await loadSound(texts, 'practice-samples', kept)) ??
      (await untouched(
        connections.bucket(PRACTICE_PROFILE, practice.bucket),
        practice.bucket,
        seeded,
      ))
  return { keyId, seed, all: () => samples }
}

/** Parses the list of samples. Returns null for a text of another form. */
function kept(text: string): readonly Sample[] | null {
  const { version, samples } = JSON.parse(text) as {
    readonly version?: number
    readonly samples?: readonly Sample[]
  }
  return version === 1 &&
    Array.isArray(samples) &&
    samples.every(({ key, etag }) => typeof key === 'string' && typeof etag === 'string')
    ? samples
    : null
}

/**
 * Finds the samples of a bucket that was filled before samples were recorded. A sample has a
 * sample's name and its age. `seeded`: ISO 8601.
 */
async function untouched(oss: Oss, bucket: string, seeded: string): Promise<readonly Sample[]> {
  const found: Sample[] = []
  for (const key of SAMPLE_KEYS) {
    try {
      const { etag, modified } = await headObject(oss, bucket, key, never)
      if (Date.parse(modified) <= Date.parse(seeded)) found.push({ key, etag })
    } catch (cause) {
      // A missing object is not a sample.
      if (!(cause instanceof Failure)) throw cause
    }
  }
  return found
}

/** Source: `seed`, before samples were recorded. */
const SAMPLE_KEYS = [
  'welcome (encrypted).txt',
  'harbour-at-dawn.svg',
  'letters/to-yourself.txt',
  'anyone-can-read-this.txt',
  'key-went-missing.txt',
  'torn-envelope.txt',
] as const

/**
 * Returns the practice key. The very first start generates it. Later starts use the same key and
 * id, since transfers continue after a restart. A damaged key file is set aside.
 */
async function practiceKey(
  texts: TextStore,
  catalog: KeyCatalog,
): Promise<{ readonly keyId: MasterKeyId; readonly isNew: boolean }> {
  const kept = await loadSound(texts, 'practice-key', (text) =>
    createPrivateKey(text).asymmetricKeyType === 'rsa' ? text : null,
  )
  const pem = kept ?? (await generatePem())
  if (kept === null) await texts.save('practice-key', pem)
  const key = await catalog.session({
    bytes: new TextEncoder().encode(pem),
    passphrase: null,
    name: 'Practice key',
    description: '{"use":"practice"}',
    origin: 'sample',
    id: PRACTICE_KEY,
  })
  return { keyId: valueOf(key).id, isNew: kept === null }
}

async function generatePem(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** Returns a key that wraps to random bytes, so that nothing can unwrap them. */
function lostKey(): MasterKeyHandle {
  return {
    id: 'lost',
    name: 'lost-2019',
    kind: 'rsa',
    writes: 'v2',
    wrapAlgorithm: RSA_WRAP,
    description: '{"use":"lost-2019"}',
    canWrap: true,
    canUnwrap: false,
    messages: null,
    fits: (algorithm) => algorithm === RSA_WRAP,
    wrap: async () => randomBytes(256),
    unwrap: () => Promise.reject(new Error('the lost key opens nothing')),
    [Symbol.dispose]: () => undefined,
  }
}
