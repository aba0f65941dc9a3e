/** Key and value of one tag. */
type Tag = readonly [key: string, value: string]

/** The object of an answer. */
export interface HeardObject {
  readonly bucket: string
  readonly key: string
}

/** The facts of an answer to HEAD. */
export interface HeardHead {
  readonly headers: ReadonlyMap<string, string>
  readonly size: number
  readonly etag: string
  readonly crc64: string | null
  readonly versionId: string | null
}

/** Hears of each object that is looked at. It must be quick, and must not throw. */
export interface ObjectListener {
  looked(object: HeardObject, head: HeardHead): void
  tagged(object: HeardObject, tags: readonly Tag[]): void
}
