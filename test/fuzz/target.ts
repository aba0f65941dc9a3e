import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'

/** Something that reads what anybody may have written, and what must hold whatever that was. */
export interface Target {
  readonly name: string
  /** Words of the format, for mutations. */
  readonly words: readonly string[]
  /** One input may take this long, in ms. */
  readonly limitMs: number
  /** Inputs to begin with. `root`: of the repository. */
  seeds(root: URL): readonly Uint8Array[]
  /** Throws Failure as it likes; any other error is a finding. */
  check(input: Uint8Array): void | Promise<void>
}

export const SECOND = 1000

export function must(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what)
}

export function mustEqual(actual: unknown, expected: unknown, what: string): void {
  must(isDeepStrictEqual(actual, expected), what)
}

/** A table of test/vectors. */
export function vectors<Row>(root: URL, file: string): Row {
  return JSON.parse(readFileSync(new URL(`test/vectors/${file}`, root), 'utf8')) as Row
}

/** Inputs that were kept ('seeds', fixed since) or found ('findings', not fixed yet). */
export function keptInputs(
  root: URL,
  folder: 'seeds' | 'findings',
  target: string,
): readonly { readonly name: string; readonly input: Uint8Array }[] {
  const place = new URL(`test/fuzz/${folder}/${target}/`, root)
  if (!existsSync(place)) return []
  return readdirSync(place)
    .sort()
    .filter((name) => !name.endsWith('.why'))
    .map((name) => ({ name, input: Uint8Array.from(readFileSync(new URL(name, place))) }))
}

/** Returns the faults of findings that wait for their fix: their `.why`. */
export function knownFaults(root: URL, target: string): readonly string[] {
  const folder = new URL(`test/fuzz/findings/${target}/`, root)
  const files = existsSync(folder)
    ? readdirSync(folder).filter((name) => name.endsWith('.why'))
    : []
  return [...new Set(files.map((name) => readFileSync(new URL(name, folder), 'utf8').trim()))]
}
