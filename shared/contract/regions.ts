/**
 * `oss-cn-hangzhou-internal` → `cn-hangzhou`: region names as hosts, tools and ListBuckets spell
 * them.
 */
export function plainRegion(name: string): string {
  return name.replace(/^oss-/, '').replace(/-internal$/, '')
}

/**
 * The region that an endpoint of Alibaba Cloud names: with or without scheme, port, a slash or a
 * dot at the end, in any letter case. Null for one that names none: an accelerating endpoint, an
 * address, a domain of one's own, the address of a bucket.
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
