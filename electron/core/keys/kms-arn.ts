import { isKmsRegion } from './kms-endpoint.ts'

/** The name of a CMK everywhere: `acs:kms:<region>:<account>:key/<id>`. */
export interface CmkArn {
  readonly region: string
  readonly account: string
  readonly id: string
}

const ARN = /^acs:kms:([^:]+):([^:]+):key\/([^:/]+)$/

/** Null for what is no ARN of a key. What it names is anybody's text: compare it, never build an address from it. Source formats 5.6. */
export function readCmkArn(text: string): CmkArn | null {
  const [, region = '', account = '', id = ''] = ARN.exec(text) ?? []
  return isKmsRegion(region) ? { region, account, id } : null
}
