import type { Transfer } from '../../../shared/contract/models-transfers.ts'
import { technical, type Language } from '../../../shared/contract/sentences/sentences.ts'
import { errorSentence } from '../../text/sentence.ts'
import {
  isCounting,
  isMoving,
  isStuck,
  needsKey,
  needsUser,
} from '../../queries/transfers/transfer-facts.ts'
import { lastOf } from '../../state/ui.ts'
import type { Quantities } from '../../text/quantities.ts'
import { shownName } from '../../text/shown-name.ts'
import { isForSupport } from '../../text/support.ts'
import type { Text } from '../../text/use-text.tsx'
import type { IconName } from '../../ui/icon.tsx'
import { shareOf } from '../../ui/progress.tsx'
import { filesWords } from './batch-words.ts'

/** The translator and formats for the texts of a transfer. */
export interface Speaking {
  readonly t: Text
  readonly q: Quantities
  readonly language: Language
}

export function kindWord(transfer: Transfer, t: Text): string {
  return t(
    transfer.kind === 'download-raw' ? 'transfers:downloadRaw' : `transfers:${transfer.kind}`,
  )
}

/** The name that the copy or the file got, if it differs. Null while it is the same or unknown. */
export function newName({ kind, name, key, outcome }: Transfer): string | null {
  const isCopy = kind === 'copy' || kind === 'move'
  const written = isCopy
    ? lastOf(outcome?.copied?.key ?? key ?? name)
    : (outcome?.savedAs?.split(/[\\/]/).at(-1) ?? name)
  // The name of a folder ends in a slash.
  return written === (isCopy ? lastOf(name) : name) ? null : written
}

export function iconOfTransfer(transfer: Transfer): IconName {
  if (transfer.phase === 'done') return 'done'
  if (transfer.phase === 'needs-network') return 'nonet'
  if (needsKey(transfer)) return 'nokey'
  if (needsUser(transfer)) return 'alert'
  return kindIcon(transfer)
}

/** The kind of the transfer, in any state. */
export const kindIcon = ({ kind, files }: Transfer): IconName =>
  files !== null && kind === 'upload' ? 'folder' : ICONS[kind]

const ICONS: Readonly<Record<Transfer['kind'], IconName>> = {
  upload: 'up',
  download: 'down',
  'download-raw': 'down',
  decrypt: 'encrypted',
  copy: 'copy',
  move: 'external',
  delete: 'trash',
  count: 'info',
  rewrap: 'key',
}

/** The second line of a transfer: a sentence about its state. */
export function standing(transfer: Transfer, { t, q, language }: Speaking): string {
  if (isStuck(transfer)) return stuck(transfer, { t, q, language })
  switch (transfer.phase) {
    case 'waiting':
      return joined([files(transfer, { t, q }), again(transfer, t), t('transfers:say.waiting')], t)
    case 'paused':
      return joined(
        [
          files(transfer, { t, q }),
          again(transfer, t),
          t('transfers:say.paused', { time: q.clock(transfer.changed) }),
        ],
        t,
      )
    case 'finishing':
      return joined([again(transfer, t), t('transfers:say.finishing')], t)
    case 'done':
      return joined(
        [
          files(transfer, { t, q }),
          outcomeWord(transfer, t),
          again(transfer, t),
          transfer.outcome?.oddCounter === true ? t('transfers:say.oddCounter') : '',
          q.clock(transfer.changed),
        ],
        t,
      )
    default:
      return running(transfer, { t, q, language })
  }
}

const joined = (facts: readonly string[], t: Text): string =>
  facts.filter((fact) => fact !== '').join(t('transfers:join'))
const files = (transfer: Transfer, speaking: Pick<Speaking, 't' | 'q'>): string =>
  transfer.files === null ? '' : filesWords(transfer.kind, transfer.files, speaking)

/** Why the transfer started again. */
const again = ({ restarted }: Transfer, t: Text): string =>
  restarted === null ? '' : t(`transfers:again.${restarted}`)

function stuck(transfer: Transfer, { t, q, language }: Speaking): string {
  const what =
    transfer.error === null ? t('transfers:short.failed') : errorSentence(transfer.error, language)
  const goesOn =
    transfer.phase === 'needs-master-key' || transfer.phase === 'needs-credentials'
      ? t(`transfers:say.${transfer.phase}`)
      : ''
  const many = files(transfer, { t, q })
  return [many === '' ? '' : t('transfers:sentence', { words: many }), what, goesOn]
    .filter((part) => part !== '')
    .join(t('common:space'))
}

/** Codes and request id of an error for support; '' for other errors. */
export const codes = (transfer: Transfer): string =>
  transfer.error !== null && needsUser(transfer) && isForSupport(transfer.error)
    ? technical(transfer.error)
    : ''

function running(transfer: Transfer, { t, q }: Speaking): string {
  const facts = [
    files(transfer, { t, q }),
    transfer.files === null && transfer.parts > 1
      ? t('transfers:say.part', {
          n: q.count(Math.min(transfer.partsDone + 1, transfer.parts)),
          parts: q.count(transfer.parts),
        })
      : '',
    transfer.retries > 0 && transfer.speed === null
      ? t('transfers:say.retrying', { n: q.count(transfer.retries + 1) })
      : '',
    again(transfer, t),
    transfer.secondsLeft === null || isCounting(transfer)
      ? ''
      : t('transfers:left', { time: q.duration(transfer.secondsLeft) }),
  ]
  return joined(facts, t) || t('transfers:say.starting')
}

function outcomeWord(transfer: Transfer, t: Text): string {
  const outcome = transfer.outcome
  if (outcome === null) return t('transfers:short.done')
  if (transfer.kind === 'delete' || transfer.kind === 'count') return ''
  if (outcome.skipped) return t('transfers:say.skipped')
  const matches = outcome.checksum === 'matches'
  if (outcome.copied !== undefined) return copiedWord(transfer, outcome.copied, matches, t)
  if (transfer.files !== null && transfer.kind !== 'upload')
    return t(matches ? 'transfers:say.many' : 'transfers:say.manyNoSum')
  if (transfer.kind === 'upload')
    return t(matches ? 'transfers:say.encrypted' : 'transfers:say.encryptedNoSum', {
      key: shownName(transfer.keyName ?? ''),
    })
  if (transfer.kind === 'download-raw')
    return t(matches ? 'transfers:say.raw' : 'transfers:say.rawNoSum')
  if (!outcome.encrypted)
    return t(matches ? 'transfers:say.wasPlain' : 'transfers:say.wasPlainNoSum')
  if (outcome.tag === 'verified') return t('transfers:say.decryptedTag')
  if (outcome.tag === 'not-verified') return t('transfers:say.decryptedPiece')
  return t(matches ? 'transfers:say.decrypted' : 'transfers:say.decryptedNoSum')
}

function copiedWord(
  { kind, key }: Transfer,
  copied: { readonly key: string; readonly inside: boolean },
  matches: boolean,
  t: Text,
): string {
  const way = copied.inside ? 'Inside' : 'Through'
  // A move is done only when the checksum matches.
  const word =
    kind === 'move'
      ? t(`transfers:say.moved${way}`)
      : t(matches ? `transfers:say.copied${way}` : `transfers:say.copied${way}NoSum`)
  return copied.key === key
    ? word
    : [t('transfers:say.asName', { name: shownName(lastOf(copied.key)) }), word].join(
        t('transfers:join'),
      )
}

/** One or two words for the panel. A stopped transfer says why. */
export function shortStanding(transfer: Transfer, speaking: Speaking): string {
  const { t, q, language } = speaking
  if (isStuck(transfer) && transfer.error !== null)
    return t('transfers:short.because', {
      word: stuckWord(transfer, t),
      why: errorSentence(transfer.error, language),
    })
  if (isStuck(transfer)) return stuckWord(transfer, t)

  if (transfer.phase === 'done')
    return joined(
      [
        t(transfer.outcome?.skipped === true ? 'transfers:short.skipped' : 'transfers:short.done'),
        someSkipped(transfer, speaking),
      ],
      t,
    )
  if (transfer.phase === 'waiting' || transfer.phase === 'paused' || transfer.phase === 'finishing')
    return t(`transfers:short.${transfer.phase}`)
  if (isCounting(transfer)) return t('transfers:counting')
  return transfer.secondsLeft === null
    ? ''
    : t('transfers:left', { time: q.duration(transfer.secondsLeft) })
}

/** Says how many files of a batch were skipped; '' where none or all were. */
function someSkipped({ files: many, outcome }: Transfer, { t, q }: Speaking): string {
  if (many === null || many.skipped === 0 || outcome?.skipped === true) return ''
  return t('transfers:files.skipped', { count: many.skipped, n: q.count(many.skipped) })
}

function stuckWord(transfer: Transfer, t: Text): string {
  if (needsKey(transfer)) return t('transfers:short.needKey')
  switch (transfer.phase) {
    case 'needs-user':
      return t('transfers:short.needYou')
    case 'needs-master-key':
    case 'needs-credentials':
    case 'needs-network':
      return t(`transfers:short.${transfer.phase}`)
    default:
      return t('transfers:short.failed')
  }
}

/**
 * `11.6 of 18.7 GB` during the transfer, and the size alone before and after. Without a known
 * total, the bytes done.
 */
export function bytesText(transfer: Transfer, q: Quantities): string {
  if (transfer.kind === 'delete') return ''
  if (transfer.kind === 'count') return q.bytes(transfer.total)
  if (transfer.phase === 'done') return q.bytes(transfer.total)
  if (isCounting(transfer)) return q.bytes(transfer.done)
  return transfer.done === 0 && !isMoving(transfer)
    ? q.bytes(transfer.total)
    : q.progress(transfer.done, transfer.total)
}

export const barKind = (transfer: Transfer): 'warn' | 'bad' | 'off' | undefined =>
  transfer.phase === 'failed'
    ? 'bad'
    : needsUser(transfer)
      ? 'warn'
      : isMoving(transfer)
        ? undefined
        : 'off'

/**
 * The share of the bar, 0 to 0.99. Empty files count by number. Null while the total is unknown.
 */
export function shareDone(transfer: Transfer): number | null {
  const { done, total, files: many } = transfer
  if (transfer.kind === 'count' || isCounting(transfer)) return null
  return many !== null && (total === 0 || transfer.kind === 'delete')
    ? shareOf(many.done, many.total, false)
    : shareOf(done, total, false)
}
