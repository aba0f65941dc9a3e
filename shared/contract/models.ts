import type { AppError, FormatName } from './errors.ts'
import type { WrittenSheets } from './models-keys.ts'
import type { SealPolicy, WithSecondKey } from './models-seals.ts'

/** The core makes ids, and an id has no meaning outside the core. */
export type ProfileId = string
export type MasterKeyId = string
export type TransferId = string
export type GrantId = string
export type PlanId = string

export type ProfileColour = 'jade' | 'blue' | 'plum' | 'clay' | 'gold' | 'ink'

/** An account and an endpoint for calls to OSS. A profile never holds a secret. */
export interface Profile extends SealPolicy {
  readonly id: ProfileId
  readonly name: string
  readonly colour: ProfileColour
  readonly endpoint: string
  readonly region: string
  readonly accessKeyId: string
  readonly hasToken: boolean
  /** 'practice': the built-in practice bucket. 'session': a profile that is not stored. */
  readonly kind: 'stored' | 'practice' | 'session'
  /** Buckets that the user named because the account cannot list them. The tree shows them. */
  readonly buckets: readonly string[]
  readonly defaultKey: MasterKeyId | null
  readonly bucketKeys: Readonly<Record<string, MasterKeyId>>
}

/** An account found in the environment or in another tool's file. The secret stays in the core. */
export interface FoundAccount {
  readonly source: string
  /** The place of the account in words that a user knows: `~/.ossutilconfig`. */
  readonly label: string
  readonly endpoint: string
  readonly region: string
  readonly accessKeyId: string
  readonly hasToken: boolean
}

/** An object in a bucket. `versionId`: OSS's id of one version; null for the current version. */
export interface ObjectRef {
  readonly bucket: string
  readonly key: string
  readonly versionId: string | null
}

export interface Bucket {
  readonly name: string
  readonly region: string
  /** ISO 8601, '' when unknown. */
  readonly created: string
}

export interface ObjectRow {
  /**
   * The full key. The key of a folder ends in '/'. An object with content may have such a key too;
   * its kind is 'file'.
   */
  readonly key: string
  readonly kind: 'file' | 'folder'
  /** Bytes; 0 for a folder. */
  readonly size: number
  /** ISO 8601, '' for a folder. */
  readonly modified: string
  readonly etag: string
  readonly storageClass: string
}

export interface ObjectPage {
  readonly rows: readonly ObjectRow[]
  /** The value that requests the next page; null when this page is the last. */
  readonly cursor: string | null
}

/**
 * The facts about an object's encryption that its headers alone give. 'encrypted': the right master
 * key is here. Only an unwrap proves that the key decrypts the object.
 */
export type Encryption =
  /**
   * `wasEncrypted`: an object of this name was encrypted when this computer last saw or uploaded
   * it. Somebody may have replaced the object.
   */
  | { readonly state: 'plain'; readonly wasEncrypted?: true }
  | {
      readonly state: 'encrypted'
      readonly keyId: MasterKeyId
      readonly keyName: string
      readonly keyKind: MasterKey['kind']
      readonly facts: EnvelopeFacts
    }
  | { readonly state: 'nokey'; readonly facts: EnvelopeFacts }
  | {
      readonly state: 'broken'
      readonly header: string
      readonly problem: 'missing' | 'invalid'
      readonly present: readonly string[]
    }
  /** This version recognises the format and does not read it. */
  | { readonly state: 'later'; readonly format: FormatName; readonly facts: EnvelopeFacts | null }

export interface EnvelopeFacts {
  readonly format: FormatName
  /** The key description as written, '' when absent. */
  readonly description: string
  /** The content algorithm as written; for messages of the Encryption SDK its name. */
  readonly contentAlgorithm: string
  /** '' for messages of the Encryption SDK: KMS wraps their data keys. */
  readonly wrapAlgorithm: string
  /** Length of the wrapped data key in bits: the modulus for RSA. 0 for messages. */
  readonly wrapBits: number
  /** CMK names (ARNs) of a message's data keys; empty for other formats. */
  readonly cmks: readonly string[]
  /** Encryption context that a message carries in the clear; empty for other formats. */
  readonly context: Readonly<Record<string, string>>
  /** The means that detects a change of the stored bytes: 'tag' for GCM messages. */
  readonly protection: 'none' | 'tag'
  /**
   * Set when a Java SDK split the file again. `declared`: bytes between the counters of
   * neighbouring parts. `actual`: bytes in a part.
   */
  readonly resplit: { readonly declared: number; readonly actual: number } | null
  readonly dataSize: number | null
  readonly partSize: number | null
  /** True when the object carries the MD5 of its plaintext in the clear, a reason to warn. */
  readonly plaintextMd5: boolean
}

export interface ObjectFacts extends WithSecondKey {
  readonly key: string
  /** Null when the bucket never had versioning. */
  readonly versionId: string | null
  readonly size: number
  readonly modified: string
  readonly etag: string
  readonly storageClass: string
  readonly contentType: string
  /** CRC-64 of the stored bytes as decimal text, '' when OSS has none. */
  readonly crc64: string
  /** User metadata without the envelope's headers; names without `x-oss-meta-`. */
  readonly metadata: Readonly<Record<string, string>>
  /**
   * The object's own values of Cache-Control, Content-Disposition, Content-Encoding,
   * Content-Language and Expires. The names are in lower case.
   */
  readonly headers: Readonly<Record<string, string>>
  readonly encryption: Encryption
}

export type KeyState = 'active' | 'decrypt-only'
export type DescriptionStyle = 'compact' | 'python'

/**
 * The format of new objects. RSA keys: 'v2', 'v2-oaep' (for oss2's LocalRsaProvider), 'v1' (for old
 * Python readers). KMS keys: 'v2' (form A), 'v2-kms-b' (oss2's double base64), 'v1', 'sdk-split',
 * 'sdk-message'. Programs: 'v2'.
 */
export type WriteFormat = 'v2' | 'v2-oaep' | 'v2-kms-b' | 'v1' | 'sdk-split' | 'sdk-message'

/** The facts about a master key in KMS, without a secret. */
export interface KmsKeyFacts {
  /** Id or alias, as the user gave it. */
  readonly cmkId: string
  /** `acs:kms:<region>:<account>:key/<id>`, '' until KMS returned it. */
  readonly arn: string
  readonly region: string
  /** '' for the public endpoint of the region. */
  readonly endpoint: string
  /** The profile whose credentials the key uses; null when the key has its own. */
  readonly profileId: ProfileId | null
  /** The key's own AccessKey ID; '' when the key uses a profile's. */
  readonly accessKeyId: string
  /**
   * The encryption context of every call; empty for none. oss2's passphrase is the context
   * `{"x-passphrase": …}` and is a secret, so only its name is here.
   */
  readonly context: Readonly<Record<string, string>>
  readonly hasPassphrase: boolean
}

/** The facts about a master key that is a program of the user's own. */
export interface CommandKeyFacts {
  /** Absolute path. */
  readonly program: string
  readonly args: readonly string[]
  readonly wrapAlgorithm: string
  readonly timeoutSeconds: number
}

export interface MasterKey {
  readonly id: MasterKeyId
  readonly name: string
  readonly kind: 'rsa' | 'kms' | 'command'
  readonly kms: KmsKeyFacts | null
  readonly command: CommandKeyFacts | null
  readonly writes: WriteFormat
  /** Modulus of an RSA key in bits; 0 for other kinds. */
  readonly bits: number
  /** False: only the public half is here, and the key cannot decrypt. True for other kinds. */
  readonly hasPrivate: boolean
  readonly state: KeyState
  /** Key description as JSON text, '' for none. */
  readonly description: string
  readonly style: DescriptionStyle
  /** SHA-256 of the SPKI, 64 hex digits; '' for keys that are not RSA. */
  readonly fingerprint: string
  readonly created: string
  readonly origin: 'generated' | 'imported' | 'sample' | 'session'
  /** ISO 8601 time of the last backup; null without a backup. */
  readonly backedUp: string | null
  /** ISO 8601 time when a recovery sheet was last read back and opened a test; null without. */
  readonly escrowed: string | null
  /** The recovery sheets that this computer wrote last; null where none is known. */
  readonly sheets: WrittenSheets | null
  /** ISO 8601 time of the last wrap/unwrap proof; null when not proven. */
  readonly proven: string | null
  /** The user allowed encryption with the key although it is shorter than 2048 bits. */
  readonly weakAllowed: boolean
  /** The reason why the private half cannot be read now; null when it can be read. */
  readonly unavailable:
    'keychain-locked' | 'keychain-missing' | 'secret-lost' | 'passphrase-needed' | null
  readonly defaultFor: readonly {
    readonly profileId: ProfileId
    readonly profileName: string
    readonly bucket: string | null
  }[]
  /**
   * Objects under this key in the folders that were opened on this computer. The real number may be
   * higher.
   */
  readonly seen: readonly {
    readonly bucket: string
    readonly objects: number
    readonly bytes: number
  }[]
}

/** The content of a key file, shown before the import. */
export interface KeyFileFacts {
  readonly container:
    | 'pkcs1'
    | 'pkcs8'
    | 'encrypted-pkcs8'
    | 'legacy-encrypted'
    | 'spki'
    | 'pkcs1-public'
    | 'pkcs12'
    | 'certificate'
    | 'openssh'
    | 'jwk'
    | 'rsa-xml'
  readonly fileName: string
  readonly bits: number
  readonly hasPrivate: boolean
  readonly fingerprint: string
  /** Name of the key here that has the same fingerprint; null when no key has it. */
  readonly alreadyHere: string | null
}

export interface SecretsStatus {
  readonly place: 'keychain' | 'passphrase-file'
  readonly state: 'working' | 'locked' | 'missing' | 'passphrase-needed'
  /** For 'passphrase-file': the user chose a passphrase before. */
  readonly exists: boolean
  /** ISO 8601 time of the last probe. */
  readonly checked: string
  /** Names of the profiles and keys whose stored secret is missing. */
  readonly lost: readonly string[]
}

export interface AppInfo {
  readonly version: string
  /** The system's language; null: the page asks its browser. */
  readonly language: 'en' | 'zh-CN' | null
  readonly shell: 'desktop' | 'loopback' | 'cli'
  readonly platform: 'mac' | 'windows' | 'linux'
  /** `samples`: keys and ETags of the app's own objects in the practice bucket. */
  readonly practice: {
    readonly profileId: ProfileId
    readonly bucket: string
    readonly bytes: number
    readonly samples: readonly { readonly key: string; readonly etag: string }[]
  } | null
  /** Problems of the app's own files since the app started. */
  readonly problems: readonly AppError[]
}

/** One row of the loopback shell's file chooser. */
export interface LocalEntry {
  readonly name: string
  readonly kind: 'file' | 'folder'
  readonly size: number | null
  readonly modified: string
}
