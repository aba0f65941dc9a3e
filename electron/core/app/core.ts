import type { TransferId } from '../../../shared/contract/models.ts'
import type { AppError, Result } from '../../../shared/contract/errors.ts'
import type { Grant, Transfer, UploadPlan } from '../../../shared/contract/models-transfers.ts'
import type { Language } from '../../../shared/contract/sentences/sentences.ts'
import type { ProxySettings } from '../net/proxy.ts'
import type { PreviewContents } from '../../../shared/contract/models-previews.ts'
import type { ServedCore } from '../../../shared/contract/routes/serve.ts'

/** The practice server of this start. The shell starts it, and hands its address to the core. */
export interface PracticeAccess {
  readonly endpoint: string
  readonly region: string
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly bucket: string
  /** Returns the bytes in the practice folder. */
  bytes(): Promise<number>
  /** Empties the bucket. */
  reset(): Promise<void>
}

/**
 * One thing that was asked for and is not sent. It is a file left out of an upload, one of two
 * files with one key, or a name that exists.
 */
export type NotSent =
  | ({ readonly what: 'left-out' } & UploadPlan['leftOut'][number])
  | ({ readonly what: 'one-key' } & UploadPlan['shared'][number])
  | { readonly what: 'taken'; readonly key: string }

/** The ports that a shell gives the core. The core reaches the outside world only through these. */
export interface CorePorts {
  readonly shell: 'desktop' | 'loopback' | 'cli'
  readonly version: string
  /** The language of the system; left out where the page or the terminal decides. */
  readonly language?: Language
  /**
   * The private folder of the app: catalog, profiles, wrapped keys, settings, log. It has mode
   * 0700.
   */
  readonly dataDirectory: string
  /** The bundled worker, `out/core/part-worker.mjs`. */
  readonly workerUrl: URL
  readonly practice: PracticeAccess | null
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly home: string
  /**
   * The proxy for every connection but those to the practice server. Left out: none is used. The
   * URLs may hold a password.
   */
  readonly proxy?: Omit<ProxySettings, 'direct'>
  /**
   * Opens a file with the program that the system has for it, and returns why it did not; '' if it
   * did. Left out by shells that open no files.
   */
  readonly openFile?: (path: string) => Promise<string>
  /** 'file' forces the passphrase file (tests, computers without a keychain). */
  readonly secretsPlace: 'auto' | 'file'
  /**
   * Hears of each such thing once, however many there are. Without a listener the first ones are
   * stored for display, and the rest is counted.
   */
  readonly notSent?: (one: NotSent) => void
  /**
   * Hears of each file or object of a batch that ended: done, skipped or failed. A failed one is
   * then off the list. Left out: a failed one stays there, and the user may try it again.
   */
  readonly unitEnded?: (transfer: Transfer) => void
}

/**
 * One top-level item of a drop. `path`: its future path; for loose files ('files'), the folder of
 * the files.
 */
export interface ArrivingThing extends Pick<Grant, 'name' | 'kind' | 'size'> {
  readonly path: string
}

/** A drop whose files are still copied. Its files are counted and uploaded meanwhile. */
export interface ArrivingDrop {
  readonly grants: readonly Grant[]
  /**
   * Reports a file that is wholly on the disk. `path` is below its item, and ends in '/' for an
   * empty folder. Throws Failure as `forArriving`.
   */
  arrived(file: {
    readonly root: number
    readonly path: string
    readonly size: number
    readonly modified: number
  }): void
  /** Reports a folder. */
  folder(thing: number): void
  /** Reports a file that cannot be read, and so does not arrive. */
  left(thing: number, path: string): void
  /** Ends the drop. Files that arrived stay until no transfer needs them. */
  end(error: AppError | null): void
  /** Returns the number of files so far. */
  count(): number
}

/**
 * Ids for paths. Only shells call this: no route takes a path, except `local.*` in the browser
 * shell.
 */
export interface PathGrants {
  /** Grants a file or folder to read. Errors 'source-unreadable'. */
  forReading(path: string): Promise<Result<Grant>>
  /** Grants an existing folder to write into. Errors 'target-unwritable'. */
  forWriting(folder: string): Promise<Result<Grant>>
  /**
   * Grants like `forReading`. The path is removed when the last transfer that reads it has ended,
   * or when the core closes.
   */
  forSpool(path: string): Promise<Result<Grant>>
  /**
   * Grants items that are still copied into `folder`. The folder is removed with its content when
   * no transfer needs it. Before that, `unwanted` is called. Throws Failure 'disk-full',
   * 'target-unwritable'.
   */
  forArriving(folder: string, things: readonly ArrivingThing[], unwanted: () => void): ArrivingDrop
  /** Returns copied paths that transfers still need, also those of an earlier start. */
  held(): ReadonlySet<string>
}

/** The decrypted copies that were made to be dragged out of a window. */
export interface DragCopies {
  /** Returns the paths of copies. Null: one of them is not whole, or is no such copy. */
  pathsOf(ids: readonly TransferId[]): Promise<readonly string[] | null>
}

/** The composed core. One per process. */
export interface Core extends ServedCore {
  readonly grants: PathGrants
  readonly previews: PreviewContents
  /** The decrypted copies that a window can drag out; null in a shell that drags none. */
  readonly copies: DragCopies | null
  /**
   * Returns the problems with the app's own files so far. Later problems arrive as `app.problem`.
   */
  problems(): readonly AppError[]
  /** Stops transfers, wipes keys, closes files. */
  close(): Promise<void>
}
