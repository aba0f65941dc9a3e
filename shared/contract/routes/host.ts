import type { TransferId } from '../models.ts'
import type { Grant } from '../models-transfers.ts'

/**
 * The functions by which a shell lets a page choose files, beyond the core's routes. Paths never
 * reach the page; grants do. The desktop shell opens native dialogs. The loopback shell has a
 * chooser in the page and a spool for dropped files.
 */
export interface HostFiles {
  /** Lets the user choose files to read; null when the user cancelled. */
  pickFiles(): Promise<readonly Grant[] | null>
  /** Lets the user choose folders to read; null when the user cancelled. */
  pickFolders(): Promise<readonly Grant[] | null>
  /** Lets the user choose one folder to write into; null when the user cancelled. */
  pickTarget(): Promise<Grant | null>
  /**
   * Turns dropped or pasted items into grants. Call it in the event handler itself, before any
   * await: the browser empties the transfer afterwards. `onProgress`: bytes taken so far, in the
   * shell that copies bytes (loopback).
   */
  dropped(transfer: DataTransfer, onProgress: (bytes: number) => void): Promise<readonly Grant[]>
  /**
   * Turns dropped items into the grants of an upload that may start at once. `grants` are valid
   * before all items are copied. `arrived` resolves after the copying.
   * Errors: `arrived` rejects with a Failure. 'drop-broken-off': not all items arrived.
   * 'cancelled': nothing needs the items any more.
   */
  dropping(
    transfer: DataTransfer,
    onProgress: (bytes: number) => void,
  ): { readonly grants: Promise<readonly Grant[]>; readonly arrived: Promise<void> }
  /** Shows a written file in the system's file manager; null when the shell cannot. */
  readonly reveal: ((path: string) => Promise<void>) | null
  /**
   * Drags the copies of these transfers of `files.copy` to another program. It is called while the
   * user presses the button of the pointer. Resolves with false when a copy is not whole. Null: the
   * shell cannot.
   */
  readonly dragOut: ((ids: readonly TransferId[]) => Promise<boolean>) | null
}

/** The browser's type under a name of our own, so that the contract needs no DOM. */
export interface DataTransfer {
  readonly types: readonly string[]
}
