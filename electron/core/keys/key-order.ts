import { readDescription, sameDescription } from '../../../shared/format/key-description.ts'

/**
 * What choosing needs to know of a key: the description as it is written into envelopes, '' for
 * none.
 */
export interface Described {
  readonly record: { readonly description: string }
}

/**
 * Keys to try on an envelope, in this order: those whose description says the same; those with the
 * same text; for an envelope without description those without one, then all others. Otherwise
 * none: a description that names a key which is not here is not answered by another key.
 *
 * Source FORMAT.md, choosing the master key.
 */
export function inOrder<K extends Described>(
  keys: readonly K[],
  description: string,
): readonly K[] {
  if (isNone(description)) {
    const bare = keys.filter((key) => isNone(key.record.description))
    return [...bare, ...keys.filter((key) => !bare.includes(key))]
  }
  const equal = keys.filter((key) => sameDescription(key.record.description, description))
  return [
    ...equal,
    ...keys.filter((key) => key.record.description === description && !equal.includes(key)),
  ]
}

/** The key that the description names, or null: what a list may say without trying. */
export function named<K extends Described>(keys: readonly K[], description: string): K | null {
  const [first] = inOrder(keys, description)
  return first === undefined || isNone(first.record.description) !== isNone(description)
    ? null
    : first
}

/** Missing, empty, `{}` and `[]` all mean "no description". */
export function isNone(description: string): boolean {
  return readDescription(description)?.size === 0
}

/** Names of wrap algorithms: writers and tools change their case. */
export const sameAlgorithm = (a: string, b: string): boolean =>
  a.trim().toLowerCase() === b.trim().toLowerCase()
