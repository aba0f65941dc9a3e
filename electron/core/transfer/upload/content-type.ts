import { extname } from 'node:path'
import mime from 'mime'

/** Registered types that differ from the library's, or that the library does not have. */
const REGISTERED: Readonly<Record<string, string>> = {
  // RFC 9639, section 11.
  flac: 'audio/flac',
  // RFC 9512, section 2.1.
  yaml: 'application/yaml',
  yml: 'application/yaml',
  // RFC 8878, section 7.1.
  zst: 'application/zstd',
}

/**
 * Returns the media type of an object's plaintext by the extension of its name. A name without a
 * known extension is `application/octet-stream`.
 *
 * The stored bytes are ciphertext. The type is for the reader of the decrypted object, and it can
 * never be changed later (server-rules, InvalidEncryptionRequest).
 */
export function contentTypeOf(name: string): string {
  const extension = extname(name).slice(1).toLowerCase()
  const type = REGISTERED[extension] ?? (extension === '' ? null : mime.getType(extension))
  return type ?? 'application/octet-stream'
}
