/**
 * Returns the header that limits the speed of one PutObject, UploadPart or GetObject; none for 0.
 * The header is signed with the others.
 *
 * Units  bits per second, 819,200 to 838,860,800.
 * Source OSS documentation, "single-connection bandwidth throttling".
 */
export function trafficLimitHeaders(bitsPerSecond: number): Readonly<Record<string, string>> {
  return bitsPerSecond === 0 ? {} : { 'x-oss-traffic-limit': String(bitsPerSecond) }
}
