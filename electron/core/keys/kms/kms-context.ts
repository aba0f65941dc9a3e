/**
 * What a KMS call is bound to. A map goes out as JSON; text goes out as it is. KMS compares maps,
 * so order and blanks do not matter. Null or empty: no context.
 */
export type KmsContext = ReadonlyMap<string, string> | string | null

/**
 * The EncryptionContext parameter, undefined when there is none. One JSON text; KMS knows no other
 * form. Source formats 5.6.
 */
export function contextText(context: KmsContext): string | undefined {
  if (context === null || typeof context === 'string')
    return context === null || context === '' ? undefined : context
  return context.size === 0 ? undefined : JSON.stringify(Object.fromEntries(context))
}

/**
 * The context that oss2 makes of its passphrase: put between quotes as it is, without JSON's
 * escapes. A passphrase with a backslash is another text for KMS than it looks, and one with a
 * quote is none; the same bytes are sent all the same.
 * Source formats 1.4.
 */
export const passphraseContext = (passphrase: string): string => `{"x-passphrase":"${passphrase}"}`

/** The passphrase behind a context that is what oss2 makes of one; null for any other context. */
export function passphraseIn(context: ReadonlyMap<string, string>): string | null {
  const said = context.get('x-passphrase')
  return said !== undefined && passphraseContext(said) === contextText(context) ? said : null
}
