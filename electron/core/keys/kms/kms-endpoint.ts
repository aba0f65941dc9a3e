import { fail, ok, type Result } from '../../../../shared/contract/errors.ts'
import { readOrigin } from '../../net/origin.ts'

/** The address of a KMS. */
export interface KmsEndpoint {
  readonly protocol: 'https' | 'http'
  /**
   * The host name, with its port where it is not the protocol's own:
   * `kms.cn-hangzhou.aliyuncs.com`.
   */
  readonly authority: string
}

/**
 * `cn-hangzhou`, `rus-west-1`. The region becomes part of a host name, so it must not contain a
 * character that ends one.
 */
const REGION = /^[a-z]{2,8}(?:-[a-z0-9]{1,20}){1,4}$/

export const isKmsRegion = (text: string): boolean => REGION.test(text)

/**
 * Reads the endpoint of a KMS. `typed`: '' for the public endpoint of the region; else a URL or
 * host. Examples are `kms-vpc.cn-hangzhou.aliyuncs.com`,
 * `<instance>.cryptoservice.kms.aliyuncs.com` (a dedicated instance) and the user's own host and
 * port.
 *
 * Errors  'bad-endpoint' for a malformed region or endpoint, 'insecure-endpoint' for http to
 * another computer.
 * Source  formats 6.
 */
export function readKmsEndpoint(typed: string, region: string): Result<KmsEndpoint> {
  if (!isKmsRegion(region)) return fail({ code: 'bad-endpoint', endpoint: region })
  if (typed.trim() === '') return ok({ protocol: 'https', authority: `kms.${region}.aliyuncs.com` })
  const read = readOrigin(typed)
  return read.ok
    ? ok({
        protocol: read.value.protocol === 'http:' ? 'http' : 'https',
        authority: read.value.host,
      })
    : read
}
