/**
 * The header by which OSS keeps one PutObject, UploadPart or GetObject to a speed; to be signed
 * with the others. None for 0.
 *
 * Units  bits per second, 819,200 to 838,860,800.
 * Source OSS documentation, "single-connection bandwidth throttling".
 */
export function trafficLimitHeaders(bitsPerSecond: number): Readonly<Record<string, string>> {
  return bitsPerSecond === 0 ? {} : { 'x-oss-traffic-limit': String(bitsPerSecond) }
}
