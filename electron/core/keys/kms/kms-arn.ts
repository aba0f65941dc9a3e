import { isKmsRegion } from './kms-endpoint.ts'

/** The parts of the full name of a CMK, `acs:kms:<region>:<account>:key/<id>`. */
export interface CmkArn {
  readonly region: string
  readonly account: string
  readonly id: string
}

const ARN = /^acs:kms:([^:]+):([^:]+):key\/([^:/]+)$/

/**
 * Reads an ARN, and returns null for any other text. Anybody can write the text: callers compare
 * the parts and never build an address from them. Source formats 5.6.
 */
export function readCmkArn(text: string): CmkArn | null {
  const [, region = '', account = '', id = ''] = ARN.exec(text) ?? []
  return isKmsRegion(region) ? { region, account, id } : null
}

/** An id or an alias without a region. */
const BARE = /^(?:alias\/)?[\w-]+$/

/**
 * A key in KMS as the user added it. `cmkId`: id, alias or ARN, '' for every CMK of the region.
 * `arn`: '' until KMS answered with it.
 */
export interface AllowedCmk {
  readonly cmkId: string
  readonly arn: string
  readonly region: string
}

/**
 * Tells whether a key is named by an alias, alone or in an ARN. Only KMS knows which key an alias
 * is.
 */
export const isAlias = (cmkId: string): boolean => /(?:^|:)alias\//.test(cmkId)

/**
 * Tells whether the user allowed the CMK of a message by adding this key. `named`: the text of the
 * message, which anybody can write.
 * Before its first call a key may have no ARN, and then its id is compared. A message of the Python
 * SDK can hold only an id, which is compared too. An alias can be any CMK of its region until KMS
 * was asked. The caller therefore asks KMS first for an alias, and then this function again.
 * Source  formats 5.6, `CmkId` of the Encryption SDK for Python.
 */
export function allowsCmk(named: string, { cmkId, arn, region }: AllowedCmk): boolean {
  const known = arn === '' ? cmkId : arn
  const [asked, own] = [readCmkArn(named), readCmkArn(known)]
  if (asked === null)
    return BARE.test(named) && (cmkId === '' || named === cmkId || named === own?.id)
  // Equal ARNs are the same CMK, whatever region the user chose for the endpoint.
  if (own !== null && cmkId !== '') return named === known
  return asked.region === region && (cmkId === '' || isAlias(cmkId) || asked.id === cmkId)
}
