/**
 * Returns whether OSS allows a bucket of this name: 3 to 63 small letters, digits and hyphens,
 * without a hyphen at either end. Only such a name may stand in the host of a URL. Source: OSS
 * documentation, bucket naming rules.
 */
export const isBucketName = (name: string): boolean =>
  /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name)
