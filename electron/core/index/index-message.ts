import type { AppError } from '../../../shared/contract/errors.ts'
import type { DatabaseError } from './database.ts'
import type { RowIndex } from './port.ts'

/** Opens an index, or opens it again. */
export interface OpenIndex {
  /** The path of the file; ':memory:' for none. */
  readonly path: string
  /** 64 hex digits, or '' for no encryption. */
  readonly key: string
  /**
   * 'keep': a damaged file stays, and is reported. 'replace': it is built again. 'new': the file is
   * removed first.
   */
  readonly damaged: 'keep' | 'replace' | 'new'
}

/** How an index was opened. */
export interface OpenedIndex {
  readonly isOnDisk: boolean
  /** The reason why the file was removed, or is not used. 'older': another version wrote it. */
  readonly problem: DatabaseError['kind'] | 'older' | null
}

/** A call for the index thread. `index`: the name of the index. */
export type ToIndexThread = { readonly id: number; readonly index: string } & (
  | { readonly open: OpenIndex }
  | { readonly call: keyof RowIndex; readonly args: readonly unknown[] }
)

/** The answer to a call. */
export type FromIndexThread = { readonly id: number } & (
  | { readonly value: unknown }
  | { readonly failure: AppError }
  | { readonly database: DatabaseError['kind'] }
  /** A bug in the thread. */
  | { readonly stack: string }
)
