import type { AppError, Result } from '../../../shared/contract/errors.ts'
import type { Grant, Transfer, UploadPlan } from '../../../shared/contract/models-transfers.ts'
import type { Language } from '../../../shared/contract/sentences/sentences.ts'
import type { Served } from '../../../shared/contract/routes/serve.ts'

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

/**
 * One thing that was asked for and does not go as it was asked: left out of an upload, one of two
 * files of one key, a name that an object has already, or a file of many that was skipped or
 * failed.
 */
export type NotSent =
  | ({ readonly what: 'left-out' } & UploadPlan['leftOut'][number])
  | ({ readonly what: 'one-key' } & UploadPlan['shared'][number])
  | { readonly what: 'taken'; readonly key: string }
  | { readonly what: 'file'; readonly transfer: Transfer }

/**
 * What a shell gives the core. Nothing else of the outside world is reached except through these.
 */
export interface CorePorts {
  readonly shell: 'desktop' | 'loopback' | 'cli'
  readonly version: string
  /** What the system speaks; left out where that is for the page or the terminal to know. */
  readonly language?: Language
  /**
   * Private folder of the app: catalog, profiles, wrapped keys, settings, log. Made with mode 0700.
   */
  readonly dataDirectory: string
  /** The bundled worker, `out/core/part-worker.mjs`. */
  readonly workerUrl: URL
  readonly practice: PracticeAccess | null
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly home: string
  /** 'file' forces the passphrase file (tests, machines without a keychain). */
  readonly secretsPlace: 'auto' | 'file'
  /**
   * Hears of each such thing once, however many there are. Where nobody hears, the first are kept
   * to be shown, and the rest is counted.
   */
  readonly notSent?: (one: NotSent) => void
}

/**
 * One of the things that are dropped together. `path`: where it will lie; of loose files ('files')
 * the folder they will lie in.
 */
export interface ArrivingThing extends Pick<Grant, 'name' | 'kind' | 'size'> {
  readonly path: string
}

/** What is being copied in, thing by thing, and can be counted and uploaded meanwhile. */
export interface ArrivingDrop {
  readonly grants: readonly Grant[]
  /**
   * One more file that is wholly on the disk; `path` below its thing, ending in '/' for a folder
   * that holds nothing. Throws Failure as `forArriving`.
   */
  arrived(file: {
    readonly root: number
    readonly path: string
    readonly size: number
    readonly modified: number
  }): void
  /** One more folder. */
  folder(thing: number): void
  /** A file that cannot be read, and so does not come. */
  left(thing: number, path: string): void
  /** Nothing more comes. What came stays as long as it is needed. */
  end(error: AppError | null): void
  /** Files so far. */
  count(): number
}

/**
 * Ids for paths. Only shells call this: no route takes a path, save `local.*` in the loopback
 * shell.
 */
export interface PathGrants {
  /** A file or folder to read. Errors 'source-unreadable'. */
  forReading(path: string): Promise<Result<Grant>>
  /** A folder to write into; it must exist. Errors 'target-unwritable'. */
  forWriting(folder: string): Promise<Result<Grant>>
  /**
   * Like `forReading`; the path is removed when the last transfer that reads it has ended, or the
   * core closes.
   */
  forSpool(path: string): Promise<Result<Grant>>
  /**
   * Things that are only now being copied into `folder`, which is removed with all in it when
   * nothing needs it any more; then `unwanted` is called first.
   * Throws Failure 'disk-full', 'target-unwritable'.
   */
  forArriving(folder: string, things: readonly ArrivingThing[], unwanted: () => void): ArrivingDrop
  /** Spooled paths that transfers still need, those of an earlier start among them. */
  held(): ReadonlySet<string>
}

/** The composed core. One per process. */
export interface Core extends Served {
  readonly grants: PathGrants
  /** What was wrong with the app's own files so far; what comes later is told as `app.problem`. */
  problems(): readonly AppError[]
  /** Stops transfers, wipes keys, closes files. */
  close(): Promise<void>
}
