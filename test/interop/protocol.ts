/**
 * The lines between the runner and a driver: one JSON object each way, as the drivers' sources have
 * it.
 */

export interface At {
  readonly endpoint: string
  readonly region: string
  readonly bucket: string
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly signature: Signature
}

export type Signature = 'v1' | 'v4'
export type Description = Readonly<Record<string, string>> | null

export interface RsaMaster {
  readonly kind: 'rsa'
  /** '' for a key that the driver is to make in `files`. */
  readonly publicPem: string
  readonly privatePem: string
  readonly padding: 'pkcs1' | 'oaep'
  /** Folder of oss2's local key files, for LocalRsaProvider. */
  readonly files: string | null
  readonly passphrase: string | null
  readonly description: Description
  /** How ours writes the description; each SDK has its one way. */
  readonly style?: 'python'
}

export interface KmsMaster {
  readonly kind: 'kms'
  readonly endpoint: string
  readonly httpsEndpoint: string
  readonly ca: string
  readonly region: string
  readonly cmkId: string
  readonly cmkArn: string
  readonly accessKeyId: string
  readonly accessKeySecret: string
  /** oss2's: goes to KMS as the context `x-passphrase`. */
  readonly passphrase: string | null
  readonly description: Description
}

export interface CustomMaster {
  readonly kind: 'custom'
  readonly wrapAlgorithm: string
  /** 64 hex digits. */
  readonly secret: string
  readonly description: Description
}

export type Master = RsaMaster | KmsMaster | CustomMaster

export type Op =
  | 'put'
  | 'multipart'
  | 'resumable'
  | 'get'
  | 'range'
  | 'download'
  | 'head'
  | 'meta'
  | 'listParts'
  | 'initiate'
  | 'abort'
  /** A walk through versioning in a bucket of its own, which `key` names. */
  | 'versions'
  /** Of ours alone: fetch raw, then decrypt without the network. */
  | 'offline'
  /** Of the peers in test/bench alone: all files of a folder, in parallel; a listing to its end. */
  | 'putAll'
  | 'putAllAndLook'
  | 'list'

/** The fields of an operation. Sizes in bytes. */
export interface Fields {
  readonly master: Master | null
  readonly others?: readonly Master[]
  readonly signature: Signature
  readonly key: string
  readonly file?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly partSize?: number
  readonly threads?: number
  readonly order?: readonly number[]
  readonly offset?: number
  readonly length?: number
  readonly dataSize?: number
  readonly uploadId?: string
  /** Which format is meant, where a key can write several. */
  readonly format?: Format
  /** Of Encryption SDK messages: algorithm 1 to 8, ARNs, encryption context. */
  readonly form?: 'message' | 'split' | 'stream'
  readonly algorithm?: number
  readonly keys?: readonly string[]
  readonly context?: Readonly<Record<string, string>>
}

export type Format =
  | 'v2-rsa'
  | 'v2-oaep'
  | 'v2-kms-a'
  | 'v2-kms-b'
  | 'v2-custom'
  | 'v1-rsa'
  | 'v1-kms'
  | 'sdk-message'
  | 'sdk-split'
  | 'sdk-stream'
  | 'plain'

export type Answer =
  | ({ readonly ok: true } & Readonly<Record<string, unknown>>)
  /** `unsupported`: the SDK has no such call. */
  | { readonly ok: false; readonly unsupported?: boolean; readonly error: string }

export interface Hello {
  readonly name: string
  readonly sdk: string
  readonly version: string
  readonly runtime: string
  readonly ops: readonly string[]
  readonly signatures: readonly Signature[]
}

/** A writer and reader of objects: an SDK behind its driver, or Cipherbucket itself. */
export interface Peer {
  readonly hello: Hello
  /** Operations it takes at the same time. */
  readonly parallel: number
  /** Never rejects for what the peer cannot do; rejects when the peer is gone. */
  run(op: Op, fields: Fields): Promise<Answer>
  close(): Promise<void>
}
