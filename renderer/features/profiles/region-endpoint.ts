/** The public endpoint of a region; '' when the text is no region. */
export function endpointOf(region: string): string {
  const name = region.trim().toLowerCase().replace(/^oss-/, '')
  return /^[a-z]{2,}(-[a-z0-9]+)+$/.test(name) ? `https://oss-${name}.aliyuncs.com` : ''
}

/** The region in an endpoint of Alibaba Cloud; '' for others. Internal endpoints belong to a region too, accelerating ones to none. */
export function regionOf(endpoint: string): string {
  return /oss-([a-z]{2,}(?:-[a-z0-9]+)+)\.aliyuncs\.com/.exec(endpoint.toLowerCase())?.[1]?.replace(/-internal$/, '') ?? ''
}

/** Bucket names as OSS takes them: 3 to 63 small letters, digits and hyphens, no hyphen at either end. */
export const isBucketName = (name: string): boolean => /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name)
