import { fail, type Result } from '../../../../shared/contract/errors.ts'
import type { MasterKey, MasterKeyId } from '../../../../shared/contract/models.ts'
import {
  KMS_WRAP,
  OAEP_WRAP,
  RSA_WRAP,
  type Envelope,
} from '../../../../shared/format/envelope/envelope.ts'
import type { MessageHeader } from '../../../../shared/format/message/message.ts'
import { attemptedResult } from '../../base/attempt.ts'
import type { Entry, KeyBook } from './key-book.ts'
import { openEach, type Opener } from './key-opening.ts'
import { inOrder, named, sameAlgorithm } from '../key-order.ts'
import type { KeyRecord } from './key-record.ts'
import { allowsCmk } from '../kms/kms-arn.ts'
import type { MasterKeyHandle } from '../master-key.ts'

/** The key that an envelope or a message names. */
export interface NamedKey {
  readonly keyId: MasterKeyId
  readonly keyName: string
  readonly keyKind: MasterKey['kind']
}

/** What an envelope says of its master key. */
export type Wants = Pick<Envelope, 'wrapAlgorithm' | 'keyDescription'>
/** The same for a message of the KMS Encryption SDK. */
export type WantsCmk = Pick<MessageHeader, 'dataKeys'>

/**
 * Which keys are for an object. Nothing is asked of KMS here, and nothing ever of a CMK that the
 * user did not add.
 */
export interface KeyChoosing {
  /**
   * Keys to try on an envelope, in order: of the kinds that its wrap algorithm allows, by its
   * description; `only`: these and no others, whatever they describe, but those that fit first.
   * Errors 'unknown-master-key', 'key-not-usable' or why the secrets cannot be read, when no key is
   * left to try.
   */
  candidates(
    wants: Wants,
    only: readonly MasterKeyId[],
  ): Promise<Result<readonly MasterKeyHandle[]>>
  /**
   * Keys in KMS that are a CMK the message names. Errors as above; 'unknown-master-key' names its
   * CMKs.
   */
  messageCandidates(
    header: WantsCmk,
    only: readonly MasterKeyId[],
  ): Promise<Result<readonly MasterKeyHandle[]>>
  /** The key that would open it, for lists: from memory, nothing is tried. */
  match(wants: Wants): NamedKey | null
  matchMessage(header: WantsCmk): NamedKey | null
}

export function keyChoosing(book: KeyBook, open: Opener): KeyChoosing {
  /**
   * Those named that `may` open it at all, or those that `fit`. `wanted`: for the error, when there
   * are none.
   */
  const chosen = (
    only: readonly MasterKeyId[],
    may: (record: KeyRecord) => boolean,
    fit: (entries: readonly Entry[]) => readonly Entry[],
    wanted: string,
  ): Promise<Result<readonly MasterKeyHandle[]>> =>
    attemptedResult(async () => {
      await book.refresh()
      if (only.length === 0) return openEach(open, fit(book.all()), wanted)
      const entries = only.map((id) => book.find(id))
      const missing = entries.indexOf(null)
      if (missing >= 0)
        return fail({ code: 'not-found', what: 'master-key', name: only[missing] ?? '' })
      // Others are not opened: they would stand before the reason why the one that may cannot be.
      const named = entries
        .filter((entry) => entry !== null)
        .filter(({ record }) => record.kind === 'damaged' || may(record))
      // What fits comes first: a program's answer cannot always be told from a wrong one.
      return openEach(open, [...new Set([...fit(named), ...named])], wanted)
    })
  return {
    candidates(wants, only) {
      const may = (record: KeyRecord) => fitsRecord(record, wants.wrapAlgorithm)
      return chosen(
        only,
        may,
        (entries) => {
          const fitting = entries.filter(({ record }) => may(record))
          const ordered = inOrder(fitting, wants.keyDescription)
          return [
            ...ordered,
            ...fitting.filter((entry) => isForNow(entry) && !ordered.includes(entry)),
          ]
        },
        wants.keyDescription,
      )
    },
    messageCandidates({ dataKeys }, only) {
      const cmks = dataKeys.map(({ keyId }) => keyId)
      const may = (record: KeyRecord) =>
        record.kind === 'kms' && cmks.some((cmk) => allowsCmk(cmk, record))
      return chosen(
        only,
        may,
        (entries) => entries.filter(({ record }) => may(record)),
        cmks.join(', '),
      )
    },
    match(wants) {
      const able = book
        .all()
        .filter(({ record }) => mayOpen(record) && fitsRecord(record, wants.wrapAlgorithm))
      return namedKey(named(able, wants.keyDescription) ?? able.find(isForNow) ?? null)
    },
    matchMessage: ({ dataKeys }) =>
      namedKey(
        book
          .all()
          .find(
            ({ record }) =>
              record.kind === 'kms' && dataKeys.some(({ keyId }) => allowsCmk(keyId, record)),
          ) ?? null,
      ),
  }
}

/**
 * May a key of this kind be tried on what was wrapped so? A damaged one may: why it opens nothing
 * is worth telling.
 */
function fitsRecord(record: KeyRecord, wrapAlgorithm: string): boolean {
  switch (record.kind) {
    case 'rsa':
    case 'damaged':
      return sameAlgorithm(wrapAlgorithm, RSA_WRAP) || sameAlgorithm(wrapAlgorithm, OAEP_WRAP)
    case 'kms':
      return sameAlgorithm(wrapAlgorithm, KMS_WRAP)
    case 'command':
      return sameAlgorithm(wrapAlgorithm, record.wrapAlgorithm)
  }
}

/**
 * KMS that was named for this session is there for whatever is opened now; objects need not say so.
 */
const isForNow = ({ record }: Entry): boolean =>
  record.kind === 'kms' && record.origin === 'session'

/** Could it open anything, as far as its record tells? */
const mayOpen = (record: KeyRecord): boolean =>
  record.kind !== 'damaged' && (record.kind !== 'rsa' || record.half !== null)

function namedKey(entry: Entry | null): NamedKey | null {
  if (entry === null || entry.record.kind === 'damaged') return null
  const { id, name, kind } = entry.record
  return { keyId: id, keyName: name, keyKind: kind }
}
