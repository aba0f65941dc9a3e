import type { AppError, FormatName } from './errors.ts'

/** Ids are made by the core and mean nothing outside it. */
export type ProfileId = string
export type MasterKeyId = string
export type TransferId = string
export type GrantId = string
export type PlanId = string

export type ProfileColour = 'jade' | 'blue' | 'plum' | 'clay' | 'gold' | 'ink'

/** A way to call OSS. No secret in it, ever. */
export interface Profile {
  readonly id: ProfileId
  readonly name: string
  readonly colour: ProfileColour
  readonly endpoint: string
  readonly region: string
  readonly accessKeyId: string
  readonly hasToken: boolean
  /** 'practice' for the built-in practice bucket, 'session' for one that is not stored. */
  readonly kind: 'stored' | 'practice' | 'session'
  /** Buckets the account cannot list but the user named, so that they show in the tree. */
  readonly buckets: readonly string[]
  readonly defaultKey: MasterKeyId | null
  readonly bucketKeys: Readonly<Record<string, MasterKeyId>>
}

/** An account found in the environment or in another tool's file; the secret stays in the core. */
export interface FoundAccount {
  readonly source: string
  /** Where it was found, in words a user knows: `~/.ossutilconfig`. */
  readonly label: string
  readonly endpoint: string
  readonly region: string
  readonly accessKeyId: string
  readonly hasToken: boolean
}

/** An object in a bucket. `versionId`: OSS's id of one version; null for the current one. */
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
   * Full key. Ends in '/' for a folder, and for an object with content that somebody gave such a
   * name: its kind is 'file'.
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
  /** Pass back to get the next page; null when this was the last. */
  readonly cursor: string | null
}

/**
 * What is known of an object's encryption from its headers alone. 'sealed' means the right key is
 * here; that it opens is known only after an unwrap.
 */
export type Encryption =
  /**
   * `wasEncrypted`: an object of this name was, when it was last seen or uploaded here. Someone may
   * have replaced it.
   */
  | { readonly state: 'plain'; readonly wasEncrypted?: true }
  | {
      readonly state: 'sealed'
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
  /** Recognised, and not read by this version. */
  | { readonly state: 'later'; readonly format: FormatName; readonly facts: EnvelopeFacts | null }

export interface EnvelopeFacts {
  readonly format: FormatName
  /** The key description as written, '' when absent. */
  readonly description: string
  /** As written; for messages of the Encryption SDK the algorithm's name. */
  readonly contentAlgorithm: string
  /** '' for messages of the Encryption SDK: KMS wraps their data keys. */
  readonly wrapAlgorithm: string
  /** Length of the wrapped data key in bits: the modulus for RSA. 0 for messages. */
  readonly wrapBits: number
  /** CMK names (ARNs) of a message's data keys; empty otherwise. */
  readonly cmks: readonly string[]
  /** Encryption context that a message carries in the clear; empty otherwise. */
  readonly context: Readonly<Record<string, string>>
  /** What a change of the stored bytes would be noticed by: 'tag' for GCM messages. */
  readonly protection: 'none' | 'tag'
  /**
   * Bytes between the counters of neighbouring parts and bytes in a part, where a Java SDK split
   * the file anew; null otherwise.
   */
  readonly resplit: { readonly declared: number; readonly actual: number } | null
  readonly dataSize: number | null
  readonly partSize: number | null
  /** True when the object carries the MD5 of its plaintext in the clear: worth a warning. */
  readonly plaintextMd5: boolean
}

export interface ObjectFacts {
  readonly key: string
  /** Null where the bucket never had versioning. */
  readonly versionId: string | null
  readonly size: number
  readonly modified: string
  readonly etag: string
  readonly storageClass: string
  readonly contentType: string
  /** CRC-64 of the stored bytes as decimal text, '' when OSS keeps none. */
  readonly crc64: string
  /** User metadata without the envelope's headers; names without `x-oss-meta-`. */
  readonly metadata: Readonly<Record<string, string>>
  /**
   * Of Cache-Control, Content-Disposition, -Encoding and -Language and Expires those that it has,
   * by name in lower case.
   */
  readonly headers: Readonly<Record<string, string>>
  readonly encryption: Encryption
}

export type KeyState = 'active' | 'decrypt-only'
export type DescriptionStyle = 'compact' | 'python'

/**
 * What new objects are written as. RSA keys: 'v2', 'v2-oaep' (for oss2's LocalRsaProvider), 'v1'
 * (for old Python readers). KMS keys: 'v2' (form A), 'v2-kms-b' (oss2's double base64), 'v1',
 * 'sdk-split', 'sdk-message'. Programs: 'v2'.
 */
export type WriteFormat = 'v2' | 'v2-oaep' | 'v2-kms-b' | 'v1' | 'sdk-split' | 'sdk-message'

/** What is known of a master key in KMS. No secret in it. */
export interface KmsKeyFacts {
  /** Id or alias, as the user gave it. */
  readonly cmkId: string
  /** `acs:kms:<region>:<account>:key/<id>`, '' until KMS told it. */
  readonly arn: string
  readonly region: string
  /** '' for the public endpoint of the region. */
  readonly endpoint: string
  /** The profile whose credentials are used; null when the key has its own. */
  readonly profileId: ProfileId | null
  /** Its own AccessKey ID; '' when a profile's is used. */
  readonly accessKeyId: string
  /**
   * Sent with every call; empty for none. oss2's passphrase is `{"x-passphrase": …}` and is a
   * secret: then only its name is here.
   */
  readonly context: Readonly<Record<string, string>>
  readonly hasPassphrase: boolean
}

/** What is known of a master key that is a program of the user's own. */
export interface CommandKeyFacts {
  /** Absolute path. */
  readonly program: string
  readonly args: readonly string[]
  readonly wrapAlgorithm: string
  readonly timeoutSeconds: number
}

/** A key that KMS lists. */
export interface KmsListedKey {
  readonly id: string
  readonly arn: string
  readonly aliases: readonly string[]
}

export interface MasterKey {
  readonly id: MasterKeyId
  readonly name: string
  readonly kind: 'rsa' | 'kms' | 'command'
  readonly kms: KmsKeyFacts | null
  readonly command: CommandKeyFacts | null
  readonly writes: WriteFormat
  /** Modulus of an RSA key; 0 for others. */
  readonly bits: number
  /**
   * False: only the public half is here, so it can encrypt and not decrypt. True for keys that are
   * not RSA.
   */
  readonly hasPrivate: boolean
  readonly state: KeyState
  /** Key description as JSON text, '' for none. */
  readonly description: string
  readonly style: DescriptionStyle
  /** SHA-256 of the SPKI, 64 hex digits; '' for keys that are not RSA. */
  readonly fingerprint: string
  readonly created: string
  readonly origin: 'generated' | 'imported' | 'sample' | 'session'
  /** ISO 8601 time of the last backup, null when there is none. */
  readonly backedUp: string | null
  /** ISO 8601 time of the last wrap/unwrap proof, null when not proven. */
  readonly proven: string | null
  /** Confirmed by the user for encryption although it is shorter than 2048 bits. */
  readonly weakAllowed: boolean
  /** Why the private half cannot be read right now; null when it can. */
  readonly unavailable:
    'keychain-locked' | 'keychain-missing' | 'secret-lost' | 'passphrase-needed' | null
  readonly defaultFor: readonly {
    readonly profileId: ProfileId
    readonly profileName: string
    readonly bucket: string | null
  }[]
  /** Objects seen under this key in folders opened on this computer: at least so many. */
  readonly seen: readonly {
    readonly bucket: string
    readonly objects: number
    readonly bytes: number
  }[]
}

/** What a key file holds, told before it is imported. */
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
  /** Name of a key that is already here with the same fingerprint. */
  readonly alreadyHere: string | null
}

export interface SecretsStatus {
  readonly place: 'keychain' | 'passphrase-file'
  readonly state: 'working' | 'locked' | 'missing' | 'passphrase-needed'
  /** For 'passphrase-file': a passphrase was chosen before. */
  readonly exists: boolean
  /** ISO 8601 time of the last probe. */
  readonly checked: string
  /** Names of profiles and keys whose secret was stored and is gone. */
  readonly lost: readonly string[]
}

export interface AppInfo {
  readonly version: string
  /** What the system speaks; null: the page asks its browser. */
  readonly language: 'en' | 'zh-CN' | null
  readonly shell: 'desktop' | 'loopback' | 'cli'
  readonly platform: 'mac' | 'windows' | 'linux'
  /**
   * `samples`: an object of the practice bucket with such a key and ETag is one of the app's
   * samples.
   */
  readonly practice: {
    readonly profileId: ProfileId
    readonly bucket: string
    readonly bytes: number
    readonly samples: readonly { readonly key: string; readonly etag: string }[]
  } | null
  /** What was wrong with the app's own files since it started. */
  readonly problems: readonly AppError[]
}

/** One line of the loopback shell's file chooser. */
export interface LocalEntry {
  readonly name: string
  readonly kind: 'file' | 'folder'
  readonly size: number | null
  readonly modified: string
}
