import { readFileSync } from 'node:fs'
import { Failure } from '../../shared/contract/errors.ts'

interface SheetVectors {
  readonly rule: {
    readonly bytes: number
    readonly codes: readonly string[]
    readonly checkWords: readonly string[]
  }
  /** The key of format-example.pem under a passphrase. */
  readonly sheet: {
    readonly passphrase: string
    readonly fingerprint: string
    readonly checkWords: readonly string[]
    readonly codes: readonly string[]
  }
  /** The same key under a secret with 2 of 3 shares. */
  readonly shares: {
    readonly secret: string
    readonly checkWords: readonly string[]
    readonly codes: readonly string[]
    readonly facts: readonly string[]
    readonly shares: readonly string[]
  }
  readonly threshold: {
    readonly secret: string
    readonly threshold: number
    readonly shares: readonly string[]
    readonly check: string
    readonly codes: readonly string[]
  }
}

/** The vectors of FORMAT.md 12. */
export const SHEETS = JSON.parse(
  readFileSync(new URL('../vectors/recovery-sheets.json', import.meta.url), 'utf8'),
) as SheetVectors

/** Returns problem and detail with which the reading of a sheet fails. */
export async function problemOf(
  reading: Promise<unknown>,
): Promise<{ readonly problem: string; readonly detail: string } | null> {
  try {
    await reading
    return null
  } catch (cause) {
    if (!(cause instanceof Failure) || cause.error.code !== 'recovery-sheet') throw cause
    const { problem, detail } = cause.error
    return { problem, detail }
  }
}
