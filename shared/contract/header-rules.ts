/**
 * Which headers of a stored object may be edited, and to what. Without zod, which a page under our
 * policy cannot run.
 */

/** In lower case, and none of an envelope or of a message. */
export const EDITABLE_HEADER =
  /^(?:content-(?:type|disposition|encoding|language)|cache-control|expires|x-oss-meta-(?!client-side-encryption-|oss-(?:crypto-|cek-alg$|wrap-alg$|matdesc$)|x-oss-meta-|header$|iv$|authtag$)[a-z0-9-]+)$/
/** Printable ASCII, as a header carries it. */
export const HEADER_VALUE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/
/** Characters of a value. */
export const MAX_HEADER_VALUE = 2048
