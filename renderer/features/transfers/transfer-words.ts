import type { Transfer } from '../../../shared/contract/models-transfers.ts'
import { sentence, technical } from '../../../shared/contract/sentences.ts'
import { isMoving, needsKey, needsUser } from '../../queries/transfer-facts.ts'
import { lastOf } from '../../state/ui.ts'
import type { Quantities } from '../../text/quantities.ts'
import { shownName } from '../../text/shown-name.ts'
import { isForSupport } from '../../text/support.ts'
import type { Text } from '../../text/use-text.tsx'
import type { Language } from '../../text/words.ts'
import type { IconName } from '../../ui/icon.tsx'

/** Words for one transfer. */
export interface Speaking {
  readonly t: Text
  readonly q: Quantities
  readonly language: Language
}

export function kindWord(transfer: Transfer, t: Text): string {
  return t(transfer.kind === 'download-raw' ? 'transfers:downloadRaw' : `transfers:${transfer.kind}`)
}

export function iconOfTransfer(transfer: Transfer): IconName {
  if (transfer.phase === 'done') return 'done'
  if (needsKey(transfer)) return 'nokey'
  if (needsUser(transfer)) return 'alert'
  return kindIcon(transfer)
}

/** What kind it is, whatever has become of it. */
export const kindIcon = ({ kind }: Transfer): IconName => ICONS[kind]

const ICONS: Readonly<Record<Transfer['kind'], IconName>> = { upload: 'up', download: 'down', 'download-raw': 'down', decrypt: 'sealed', copy: 'copy', move: 'external' }

/** The second line of a transfer: always a sentence that says how it stands. */
export function standing(transfer: Transfer, { t, q, language }: Speaking): string {
  if (needsUser(transfer)) return transfer.error === null ? t('transfers:short.failed') : sentence(transfer.error, language)
  switch (transfer.phase) {
    case 'waiting': return t('transfers:say.waiting')
    case 'paused': return t('transfers:say.paused', { time: q.clock(transfer.changed) })
    case 'finishing': return t('transfers:say.finishing')
    case 'done': return [outcomeWord(transfer, t), ...(transfer.outcome?.oddCounter === true ? [t('transfers:say.oddCounter')] : []), q.clock(transfer.changed)].join(t('transfers:join'))
    default: return running(transfer, { t, q, language })
  }
}

/** Codes and request id of an error that others are asked about; '' for all else. */
export const codes = (transfer: Transfer): string => (transfer.error !== null && needsUser(transfer) && isForSupport(transfer.error) ? technical(transfer.error) : '')

function running(transfer: Transfer, { t, q }: Speaking): string {
  const facts = [
    transfer.parts > 1 ? t('transfers:say.part', { n: q.count(Math.min(transfer.partsDone + 1, transfer.parts)), parts: q.count(transfer.parts) }) : '',
    transfer.retries > 0 && transfer.speed === null ? t('transfers:say.retrying', { n: q.count(transfer.retries + 1) }) : '',
    transfer.secondsLeft === null ? '' : t('transfers:left', { time: q.duration(transfer.secondsLeft) }),
  ].filter((fact) => fact !== '')
  return facts.length === 0 ? t('transfers:say.starting') : facts.join(t('transfers:join'))
}

function outcomeWord(transfer: Transfer, t: Text): string {
  const outcome = transfer.outcome
  if (outcome === null) return t('transfers:short.done')
  if (outcome.skipped) return t('transfers:say.skipped')
  const matches = outcome.checksum === 'matches'
  if (outcome.copied !== undefined) return copiedWord(transfer, outcome.copied, matches, t)
  if (transfer.kind === 'upload') return t(matches ? 'transfers:say.encrypted' : 'transfers:say.encryptedNoSum', { key: shownName(transfer.keyName ?? '') })
  if (transfer.kind === 'download-raw') return t(matches ? 'transfers:say.raw' : 'transfers:say.rawNoSum')
  if (!outcome.encrypted) return t(matches ? 'transfers:say.wasPlain' : 'transfers:say.wasPlainNoSum')
  if (outcome.tag === 'verified') return t('transfers:say.decryptedTag')
  if (outcome.tag === 'not-verified') return t('transfers:say.decryptedPiece')
  return t(matches ? 'transfers:say.decrypted' : 'transfers:say.decryptedNoSum')
}

function copiedWord({ kind, key }: Transfer, copied: { readonly key: string; readonly inside: boolean }, matches: boolean, t: Text): string {
  const way = copied.inside ? 'Inside' : 'Through'
  // A move is only ever done when the checksum matches.
  const word = kind === 'move' ? t(`transfers:say.moved${way}`) : t(matches ? `transfers:say.copied${way}` : `transfers:say.copied${way}NoSum`)
  return copied.key === key ? word : [t('transfers:say.asName', { name: shownName(lastOf(copied.key)) }), word].join(t('transfers:join'))
}

/** One or two words for the panel. */
export function shortStanding(transfer: Transfer, { t, q }: Speaking): string {
  if (needsKey(transfer)) return t('transfers:short.needKey')
  if (transfer.phase === 'needs-user') return t('transfers:short.needYou')
  if (transfer.phase === 'failed') return t('transfers:short.failed')
  if (transfer.phase === 'done') return t(transfer.outcome?.skipped === true ? 'transfers:short.skipped' : 'transfers:short.done')
  if (transfer.phase !== 'running') return t(`transfers:short.${transfer.phase}`)
  return transfer.secondsLeft === null ? '' : t('transfers:left', { time: q.duration(transfer.secondsLeft) })
}

/** `11.6 of 18.7 GB` while it moves, the size alone before and after. */
export const bytesText = (transfer: Transfer, q: Quantities): string =>
  transfer.phase === 'done' || (transfer.done === 0 && !isMoving(transfer)) ? q.bytes(transfer.total) : q.progress(transfer.done, transfer.total)

export const barKind = (transfer: Transfer): 'warn' | 'bad' | 'off' | undefined =>
  transfer.phase === 'failed' ? 'bad' : needsUser(transfer) ? 'warn' : isMoving(transfer) ? undefined : 'off'
