/** Hears of each change of stored rows, before it is committed. A new row is not reported. */
export interface RowChanges {
  /** A row was changed or removed. */
  row(id: number): void
  /** A folder was removed with all its rows. */
  folder(id: number): void
  /** Any row may have changed. */
  all(): void
}

/** The changes, and those that follow them. */
export interface RowChangeSource extends RowChanges {
  readonly followers: Set<RowChanges>
}

export function openRowChanges(): RowChangeSource {
  const followers = new Set<RowChanges>()
  return {
    followers,
    row: (id) => followers.forEach((one) => one.row(id)),
    folder: (id) => followers.forEach((one) => one.folder(id)),
    all: () => followers.forEach((one) => one.all()),
  }
}
