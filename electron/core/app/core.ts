import type { Result } from '../../../shared/contract/errors.ts'
import type { Grant } from '../../../shared/contract/models-transfers.ts'
import type { Served } from '../../../shared/contract/serve.ts'

/** Where the practice server of this start listens; the shell starts it and hands this over. */
export interface PracticeAccess {
  readonly endpoint: string
  readonly region: string
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly bucket: string
  /** Bytes the practice folder holds. */
  bytes(): Promise<number>
  /** Empties the bucket. */
  reset(): Promise<void>
}

/** What a shell gives the core. Nothing else of the outside world is reached except through these. */
export interface CorePorts {
  readonly shell: 'desktop' | 'loopback' | 'cli'
  readonly version: string
  /** Private folder of the app: catalog, profiles, wrapped keys, settings, log. Made with mode 0700. */
  readonly dataDirectory: string
  /** The bundled part worker, `out/core/part-worker.mjs`. */
  readonly workerUrl: URL
  readonly practice: PracticeAccess | null
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly home: string
  /** 'file' forces the passphrase file (tests, machines without a keychain). */
  readonly secretsPlace: 'auto' | 'file'
}

/** Ids for paths. Only shells call this: no route takes a path, save `local.*` in the loopback shell. */
export interface PathGrants {
  /** A file or folder to read. Errors 'source-unreadable'. */
  forReading(path: string): Promise<Result<Grant>>
  /** A folder to write into; it must exist. Errors 'target-unwritable'. */
  forWriting(folder: string): Promise<Result<Grant>>
  /** Like `forReading`; the path is removed when the last transfer that reads it has ended, or the core closes. */
  forSpool(path: string): Promise<Result<Grant>>
  /** Spooled paths that transfers still need, those of an earlier start among them. */
  held(): ReadonlySet<string>
}

/** The composed core. One per process. */
export interface Core extends Served {
  readonly grants: PathGrants
  /** Stops transfers, wipes keys, closes files. */
  close(): Promise<void>
}
