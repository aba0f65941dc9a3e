import { unreachable } from '../../shared/contract/errors.ts'
import type { MasterKey } from '../../shared/contract/models.ts'
import { monthsBetween, sheetStateOf } from '../../shared/contract/sheet-state.ts'
import type { Context } from './context.ts'

/** Returns the kind of a key, in a word or two. */
export function kindOf({ kind, bits, kms }: MasterKey): string {
  switch (kind) {
    case 'rsa':
      return `RSA ${bits}`
    case 'kms':
      return `KMS ${kms?.region ?? ''}`
    case 'command':
      return 'program'
    default:
      return unreachable(kind)
  }
}

/** Returns the text that tells this key from all others. */
export const keyIdentityOf = ({ fingerprint, kms, command }: MasterKey): string =>
  kms === null ? (command?.program ?? fingerprint) : kms.arn || kms.cmkId

/** Reports a key that was just added. */
export function toldKey({ output }: Context, key: MasterKey): number {
  output.result(key, `${output.name(key.name)}  ${kindOf(key)}  ${output.name(keyIdentityOf(key))}`)
  if (key.description === '')
    output.remark(
      'It has no description: objects do not name it, so all your keys are tried on them.',
    )
  return 0
}

export function keyStateOf(key: MasterKey): string {
  if (key.unavailable !== null) return key.unavailable
  return key.hasPrivate ? key.state : `${key.state}, public key only`
}

/** Says how old the proof of the key's recovery sheet is; '' for a key that has no sheet. */
export function sheetsOf(key: MasterKey, now: number): string {
  const day = (time: string | undefined): string => time?.slice(0, 10) ?? ''
  const readBack = (): string => {
    const months = monthsBetween(Date.parse(key.escrowed ?? ''), now)
    const ago = months === 0 ? '' : `, ${months} ${months === 1 ? 'month' : 'months'} ago`
    return `sheet read back on ${day(key.escrowed ?? '')}${ago}`
  }
  const state = sheetStateOf(key, now)
  switch (state) {
    case null:
      return ''
    case 'none':
      return 'no recovery sheet'
    case 'unread':
      return `sheet of ${day(key.sheets?.made)} never read back`
    case 'current':
      return readBack()
    case 'due':
      return `${readBack()}: read it back again`
    default:
      return unreachable(state)
  }
}
