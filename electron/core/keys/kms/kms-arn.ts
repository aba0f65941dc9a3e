import { isKmsRegion } from './kms-endpoint.ts'

/** The name of a CMK everywhere: `acs:kms:<region>:<account>:key/<id>`. */
export interface CmkArn {
  readonly region: string
  readonly account: string
  readonly id: string
}

const ARN = /^acs:kms:([^:]+):([^:]+):key\/([^:/]+)$/

/**
 * Null for what is no ARN of a key. What it names is anybody's text: compare it, never build an
 * address from it. Source formats 5.6.
 */
export function readCmkArn(text: string): CmkArn | null {
  const [, region = '', account = '', id = ''] = ARN.exec(text) ?? []
  return isKmsRegion(region) ? { region, account, id } : null
}

/** An id or an alias, which says nothing of a region. */
const BARE = /^(?:alias\/)?[\w-]+$/

/**
 * A key in KMS as the user added it. `cmkId`: id, alias or ARN, '' for whatever its region has;
 * `arn`: '' until KMS told it.
 */
export interface AllowedCmk {
  readonly cmkId: string
  readonly arn: string
  readonly region: string
}

/** Does it name a key by an alias, alone or in an ARN, so that only KMS knows which key it is? */
export const isAlias = (cmkId: string): boolean => /(?:^|:)alias\//.test(cmkId)

/**
 * Is the CMK that a message names one that the user allowed by adding this key? `named`: anybody's
 * text. Before its first call a key may know no ARN, and its id is compared; so it is where a
 * message has no more than an id, which the Python SDK asks of the region that it was set to. An
 * alias may be any CMK of its region until KMS was asked: whoever calls for one asks first, and
 * then here again.
 * Source formats 5.6, `CmkId` of the Encryption SDK for Python.
 */
export function allowsCmk(named: string, { cmkId, arn, region }: AllowedCmk): boolean {
  const known = arn === '' ? cmkId : arn
  const [asked, own] = [readCmkArn(named), readCmkArn(known)]
  if (asked === null)
    return BARE.test(named) && (cmkId === '' || named === cmkId || named === own?.id)
  // The very CMK is the very CMK, whatever region the user took its endpoint for.
  if (own !== null && cmkId !== '') return named === known
  return asked.region === region && (cmkId === '' || isAlias(cmkId) || asked.id === cmkId)
}
