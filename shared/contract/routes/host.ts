import type { Grant } from '../models-transfers.ts'

/**
 * What a shell offers a page beyond the core's routes: ways to choose files. Paths never reach the
 * page; grants do. The desktop shell answers with native dialogs, the loopback shell with a chooser
 * in the page and a spool for dropped files.
 */
export interface HostFiles {
  /** Files to read; null when the user cancelled. */
  pickFiles(): Promise<readonly Grant[] | null>
  /** Folders to read; null when the user cancelled. */
  pickFolders(): Promise<readonly Grant[] | null>
  /** One folder to write into; null when the user cancelled. */
  pickTarget(): Promise<Grant | null>
  /**
   * What was dropped or pasted, as grants. Must be called in the event handler itself, before any
   * await: the browser empties the transfer afterwards. `onProgress`: bytes taken so far, where
   * bytes are copied at all (loopback).
   */
  dropped(transfer: DataTransfer, onProgress: (bytes: number) => void): Promise<readonly Grant[]>
  /**
   * The same for an upload, which may begin at once: `grants` are good before all is copied, and
   * `arrived` resolves when it is, or rejects with a Failure: 'drop-broken-off', or 'cancelled'
   * when nothing needs it any more.
   */
  dropping(
    transfer: DataTransfer,
    onProgress: (bytes: number) => void,
  ): { readonly grants: Promise<readonly Grant[]>; readonly arrived: Promise<void> }
  /** Shows a written file in the system's file manager; null where the shell cannot. */
  readonly reveal: ((path: string) => Promise<void>) | null
}

/** The browser's type, named here so that the contract needs no DOM. */
export interface DataTransfer {
  readonly types: readonly string[]
}
