/** The public endpoint of a region; '' when the text is no region. */
export function endpointOf(region: string): string {
  const name = region.trim().toLowerCase().replace(/^oss-/, '')
  return /^[a-z]{2,}(-[a-z0-9]+)+$/.test(name) ? `https://oss-${name}.aliyuncs.com` : ''
}

/** Bucket names as OSS takes them: 3 to 63 small letters, digits and hyphens, no hyphen at either end. */
export const isBucketName = (name: string): boolean => /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name)
