import { readDescription, sameDescription } from '../../../shared/format/key-description.ts'

/**
 * The part of a key that its order depends on: the description that is written into envelopes, ''
 * for none.
 */
export interface DescribedKey {
  readonly record: { readonly description: string }
}

/**
 * Returns the keys to try on an envelope, in order. First come keys whose description means the
 * same, then those whose description is the same text. An envelope without a description gets the
 * keys without one, then all others. An envelope that names a key which is not here gets none: no
 * other key may answer for it.
 *
 * Source  FORMAT.md, choosing the master key.
 */
export function inOrder<K extends DescribedKey>(
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

/** Returns the key that the description names, or null. A list shows this key without trying it. */
export function named<K extends DescribedKey>(keys: readonly K[], description: string): K | null {
  const [first] = inOrder(keys, description)
  return first === undefined || isNone(first.record.description) !== isNone(description)
    ? null
    : first
}

/** Tells whether a description names no key. A missing or empty text, `{}` and `[]` name none. */
function isNone(description: string): boolean {
  return readDescription(description)?.size === 0
}

/** Compares the names of wrap algorithms. Writers and tools change their case. */
export const sameAlgorithm = (a: string, b: string): boolean =>
  a.trim().toLowerCase() === b.trim().toLowerCase()
