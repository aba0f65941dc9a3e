import type {
  DescriptionStyle,
  KeyState,
  MasterKey,
  MasterKeyId,
  WriteFormat,
} from '../../../../shared/contract/models.ts'

/**
 * The part of a master key that the catalog knows. `app` adds the defaults, and the objects that
 * were seen under the key.
 */
export type CatalogKey = Omit<MasterKey, 'defaultFor' | 'seen'>

export interface KeyFields {
  readonly name: string
  /** The text that the user typed. */
  readonly description: string
  readonly style: DescriptionStyle
}

export interface KeyUpdate extends KeyFields {
  readonly state: KeyState
  readonly writes: WriteFormat
}

export interface NewKey extends KeyFields {
  readonly bits: 2048 | 3072 | 4096
}

export interface KeyImport extends KeyFields {
  /** The bytes of the file. The caller wipes them. */
  readonly bytes: Uint8Array
  readonly passphrase: string | null
  readonly use: KeyState
}

export interface SessionKey {
  readonly bytes: Uint8Array
  readonly passphrase: string | null
  readonly name: string
  readonly description: string
  /** 'sample' for the key of the samples in the practice bucket. */
  readonly origin?: 'sample'
  /** The id, where it must be the same at every start. Without it the key gets a new one. */
  readonly id?: MasterKeyId
}
