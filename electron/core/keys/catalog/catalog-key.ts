import type {
  DescriptionStyle,
  KeyState,
  MasterKey,
  MasterKeyId,
  WriteFormat,
} from '../../../../shared/contract/models.ts'

/**
 * What the catalog itself knows of a key; defaults and what was seen under it are added by `app`.
 */
export type CatalogKey = Omit<MasterKey, 'defaultFor' | 'seen'>

export interface KeyFields {
  readonly name: string
  /** As the user typed it. */
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
  /** The file's bytes; the caller wipes them. */
  readonly bytes: Uint8Array
  readonly passphrase: string | null
  readonly use: KeyState
}

export interface SessionKey {
  readonly bytes: Uint8Array
  readonly passphrase: string | null
  readonly name: string
  readonly description: string
  /** 'sample' for the key of the practice bucket's samples. */
  readonly origin?: 'sample'
  /** Where it must be the same at every start; a new one otherwise. */
  readonly id?: MasterKeyId
}
