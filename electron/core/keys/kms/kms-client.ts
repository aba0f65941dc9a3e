import type Sdk from '@alicloud/kms20160120'
import type * as Requests from '@alicloud/kms20160120'
import type { Config as RpcConfig } from '@alicloud/rpc-client'
import type RpcUtil from '@alicloud/rpc-util'
import { Failure, valueOf, type Result } from '../../../../shared/contract/errors.ts'
import type { KmsListedKey } from '../../../../shared/contract/models-keys.ts'
import type { Credentials } from '../../net/credentials.ts'
import type { HttpClient } from '../../net/http-client.ts'
import { KMS_PATIENCE, retryKms, unlessLate, type KmsPatience } from './kms-call.ts'
import { contextText, type KmsContext } from './kms-context.ts'
import { readKmsEndpoint } from './kms-endpoint.ts'
import { kmsFailure, NOT_KMS } from './kms-errors.ts'
import { useTransport } from './kms-transport.ts'

export interface KmsAccess {
  /** URL or host; '' for `https://kms.<region>.aliyuncs.com`. */
  readonly endpoint: string
  readonly region: string
  /**
   * Returns the credentials. Called at every request, so that the client stores no secret and a new
   * token counts at once.
   */
  credentials(): Promise<Result<Credentials>>
}

/**
 * The calls of KMS, API version 2016-01-20. `plaintext` is base64, except for the digits of format
 * V1. It is a string because the package uses strings, and a string cannot be wiped. The caller
 * decodes it and drops it.
 *
 * Errors of all calls  Failure 'kms-key' (`name`: the id of the key), 'kms', 'access-denied'
 * (`kms:Decrypt`), 'bad-credentials', 'clock', 'unreachable', 'cancelled', and those of
 * `credentials`.
 */
export interface KmsClient {
  /**
   * Encrypts a text and returns the CiphertextBlob in base64. The plaintext travels in the URL, so
   * a data key comes from `generateDataKey` instead.
   */
  encrypt(
    keyId: string,
    plaintext: string,
    context: KmsContext,
    signal: AbortSignal,
  ): Promise<string>
  /** Decrypts a CiphertextBlob, which names its key itself. `keyId` returns that key. */
  decrypt(
    blob: string,
    context: KmsContext,
    signal: AbortSignal,
  ): Promise<{ readonly plaintext: string; readonly keyId: string }>
  generateDataKey(
    keyId: string,
    bytes: 16 | 32,
    context: KmsContext,
    signal: AbortSignal,
  ): Promise<{ readonly plaintext: string; readonly blob: string; readonly keyId: string }>
  /** Describes a key. `state` and `usage` are in KMS's spelling: `Enabled`, `ENCRYPT/DECRYPT`. */
  describeKey(
    keyId: string,
    signal: AbortSignal,
  ): Promise<{
    readonly id: string
    readonly arn: string
    readonly state: string
    readonly usage: string
  }>
  /** Lists at most 2,000 keys. The aliases are missing where the account may not list them. */
  listKeys(signal: AbortSignal): Promise<readonly KmsListedKey[]>
}

const PAGE_SIZE = 100
const MOST_PAGES = 20

type Kms = typeof Requests
interface Package {
  readonly kms: Kms
  readonly Client: typeof Sdk
  readonly Config: typeof RpcConfig
  readonly util: typeof RpcUtil
}

let loaded: Promise<Package> | null = null

/**
 * Loads the package with the first call. Loading takes a tenth of a second, and most users have no
 * key in KMS.
 */
async function load(): Promise<Package> {
  const [kms, { Config }, util] = await Promise.all([
    import('@alicloud/kms20160120'),
    import('@alicloud/rpc-client'),
    import('@alicloud/rpc-util'),
  ])
  // CommonJS: Node puts all exports under `default`, a bundler only what was exported by that name.
  const { default: Client } =
    typeof kms.default === 'function' ? kms : (kms.default as unknown as Kms)
  const { default: Util } =
    typeof util.default === 'function' ? util : (util.default as unknown as typeof util)
  return { kms, Client, Config, util: Util }
}

/**
 * Opens KMS at `access`: the official package, over our HTTP client, with our retries and times.
 * Dedicated instances have a TLS root of their own; NODE_EXTRA_CA_CERTS can name it.
 * Throws Failure 'bad-endpoint', 'insecure-endpoint'.
 */
export function openKmsClient(
  access: KmsAccess,
  http: Pick<HttpClient, 'request'>,
  options: Partial<KmsPatience> = {},
): KmsClient {
  const { protocol, authority } = valueOf(readKmsEndpoint(access.endpoint, access.region))
  const patience = { ...KMS_PATIENCE, ...options }

  async function call<T>(
    action: string,
    keyId: string,
    signal: AbortSignal,
    work: (sdk: Sdk, kms: Kms) => Promise<T>,
  ): Promise<T> {
    const asked = { action, keyId, host: authority }
    return await retryKms(
      async () => {
        const credentials = checked(await unlessLate(() => access.credentials(), signal, null))
        const { kms, Client, Config, util } = await (loaded ??= load())
        const config = { ...credentials, protocol, endpoint: authority, regionId: access.region }
        const sdk = new Client(new Config(config))
        // Ends the request when nobody waits for it any more.
        const over = new AbortController()
        useTransport(sdk, util, {
          http,
          origin: `${protocol}://${authority}`,
          credentials,
          asked,
          silenceMs: patience.silenceMs,
          signal: over.signal,
        })
        try {
          return await unlessLate(() => work(sdk, kms), signal, {
            host: authority,
            ms: patience.answerMs,
          })
        } catch (cause) {
          throw kmsFailure(cause, asked)
        } finally {
          over.abort()
        }
      },
      patience,
      signal,
    )
  }

  /** Reads the pages of a list until one is not full. */
  async function pages<T>(
    page: (pageNumber: number) => Promise<readonly T[]>,
  ): Promise<readonly T[]> {
    const found: T[] = []
    for (let number = 1; number <= MOST_PAGES; number++) {
      const rows = await page(number)
      found.push(...rows)
      if (rows.length < PAGE_SIZE) break
    }
    return found
  }

  const aliasesOf = (signal: AbortSignal) =>
    pages((pageNumber) =>
      call('ListAliases', '', signal, async (sdk, kms) => {
        const { aliases } = await sdk.listAliases(
          new kms.ListAliasesRequest({ pageNumber, pageSize: PAGE_SIZE }),
        )
        return aliases?.alias ?? []
      }),
    )

  return {
    encrypt: (keyId, plaintext, context, signal) =>
      call('Encrypt', keyId, signal, async (sdk, kms) => {
        const answer = await sdk.encrypt(
          new kms.EncryptRequest({ keyId, plaintext, encryptionContext: contextText(context) }),
        )
        return present(answer.ciphertextBlob)
      }),

    decrypt: (ciphertextBlob, context, signal) =>
      call('Decrypt', '', signal, async (sdk, kms) => {
        const answer = await sdk.decrypt(
          new kms.DecryptRequest({ ciphertextBlob, encryptionContext: contextText(context) }),
        )
        return { plaintext: present(answer.plaintext), keyId: answer.keyId ?? '' }
      }),

    generateDataKey: (keyId, bytes, context, signal) =>
      call('GenerateDataKey', keyId, signal, async (sdk, kms) => {
        const answer = await sdk.generateDataKey(
          new kms.GenerateDataKeyRequest({
            keyId,
            keySpec: `AES_${bytes * 8}`,
            encryptionContext: contextText(context),
          }),
        )
        return {
          plaintext: present(answer.plaintext),
          blob: present(answer.ciphertextBlob),
          keyId: answer.keyId ?? '',
        }
      }),

    describeKey: (keyId, signal) =>
      call('DescribeKey', keyId, signal, async (sdk, kms) => {
        const { keyMetadata: key } = await sdk.describeKey(new kms.DescribeKeyRequest({ keyId }))
        return {
          id: present(key?.keyId),
          arn: key?.arn ?? '',
          state: key?.keyState ?? '',
          usage: key?.keyUsage ?? '',
        }
      }),

    async listKeys(signal) {
      const keys = await pages((pageNumber) =>
        call('ListKeys', '', signal, async (sdk, kms) => {
          const answer = await sdk.listKeys(
            new kms.ListKeysRequest({ pageNumber, pageSize: PAGE_SIZE }),
          )
          return answer.keys?.key ?? []
        }),
      )
      const aliases = keys.length === 0 ? [] : await aliasesOf(signal).catch(noneIfDenied)
      return keys.map(({ keyId: id, keyArn: arn }) => ({
        id,
        arn,
        aliases: aliases.filter(({ keyId }) => keyId === id).map(({ aliasName }) => aliasName),
      }))
    },
  }
}

/**
 * Refuses credentials without an id or a secret, for which the package throws a text of its own.
 */
function checked(credentials: Result<Credentials>): Credentials {
  const value = valueOf(credentials)
  const missing =
    value.accessKeyId === ''
      ? 'unknown-key-id'
      : value.accessKeySecret === ''
        ? 'wrong-secret'
        : null
  if (missing !== null)
    throw new Failure({ code: 'bad-credentials', reason: missing, requestId: '', service: 'kms' })
  return value
}

function present(text: string | undefined): string {
  if (typeof text !== 'string' || text === '') throw new Failure(NOT_KMS)
  return text
}

function noneIfDenied(cause: unknown): readonly [] {
  if (cause instanceof Failure && cause.error.code === 'access-denied') return []
  throw cause
}
