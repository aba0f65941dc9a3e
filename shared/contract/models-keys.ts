/** A key that KMS lists. */
export interface KmsListedKey {
  readonly id: string
  readonly arn: string
  readonly aliases: readonly string[]
}

/** The recovery sheets of one `keys.escrow`. Only `MasterKey.escrowed` says that they work. */
export interface WrittenSheets {
  /** 1, or the number of shares. */
  readonly count: number
  /** ISO 8601. */
  readonly made: string
}
