/**
 * Returns the plain name of a region: `oss-cn-hangzhou-internal` → `cn-hangzhou`. Hosts, tools and
 * ListBuckets spell region names with the prefix or the ending.
 */
export function plainRegion(name: string): string {
  return name.replace(/^oss-/, '').replace(/-internal$/, '')
}

/**
 * Returns the region that an endpoint of Alibaba Cloud names. The scheme, the port and a slash or a
 * dot at the end are optional, and the letter case is free.
 * Returns null for an endpoint that names no region: an accelerating endpoint, an address, a custom
 * domain, the address of a bucket.
 */
export function regionOfEndpoint(endpoint: string): string | null {
  const [host = ''] = endpoint
    .trim()
    .toLowerCase()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//, '')
    .split(/[/:?#]/)
  const known =
    /^(?:s3\.|vpc\d+-)?oss-([a-z0-9-]+)\.aliyuncs\.com$|^([a-z0-9-]+)\.oss(?:-internal)?\.aliyuncs\.com$/
  const [, first, second] = known.exec(host.replace(/\.$/, '')) ?? []
  const name = first ?? second
  return name === undefined || name.startsWith('accelerate') ? null : plainRegion(name)
}
