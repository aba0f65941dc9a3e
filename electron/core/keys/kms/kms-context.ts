/**
 * The encryption context of a KMS call. A map is sent as JSON, a text as it is. KMS compares maps,
 * so order and blanks do not matter. Null or empty: no context.
 */
export type KmsContext = ReadonlyMap<string, string> | string | null

/**
 * Returns the parameter EncryptionContext, and undefined without a context. KMS takes one JSON
 * text. Source formats 5.6.
 */
export function contextText(context: KmsContext): string | undefined {
  if (context === null || typeof context === 'string')
    return context === null || context === '' ? undefined : context
  return context.size === 0 ? undefined : JSON.stringify(Object.fromEntries(context))
}

/**
 * Returns the context that oss2 makes of its passphrase. oss2 puts the passphrase between quotes
 * without JSON's escapes. A backslash changes the text that KMS reads, and a quote makes invalid
 * JSON. The same bytes are sent all the same. Source formats 1.4.
 */
export const passphraseContext = (passphrase: string): string => `{"x-passphrase":"${passphrase}"}`

/** Returns the passphrase of a context that oss2 made, and null for any other context. */
export function passphraseIn(context: ReadonlyMap<string, string>): string | null {
  const said = context.get('x-passphrase')
  return said !== undefined && passphraseContext(said) === contextText(context) ? said : null
}
