/**
 * The headers of a stored object that a user may edit, and the values that they may have. This file
 * does not use zod, which a page under our policy cannot run.
 */

/** Header names in lower case. Headers of an envelope or of a message do not match. */
export const EDITABLE_HEADER =
  /^(?:content-(?:type|disposition|encoding|language)|cache-control|expires|x-oss-meta-(?!client-side-encryption-|oss-(?:crypto-|cek-alg$|wrap-alg$|matdesc$)|x-oss-meta-|header$|iv$|authtag$)[a-z0-9-]+)$/
/** Printable ASCII, as a header carries it. */
export const HEADER_VALUE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/
/** Characters of a value. */
export const MAX_HEADER_VALUE = 2048
