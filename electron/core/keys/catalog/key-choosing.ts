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
import type { KeyEntry, KeyBook } from './key-book.ts'
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

/** The fields of an envelope that name its master key. */
export type Wants = Pick<Envelope, 'wrapAlgorithm' | 'keyDescription'>
/** The fields of a KMS Encryption SDK message that name its master key. */
export interface WantsCmk {
  readonly dataKeys: readonly Pick<MessageHeader['dataKeys'][number], 'keyId'>[]
}

/**
 * Chooses the keys for an object. KMS is not called here, and a CMK that the user did not add is
 * never called at all.
 */
export interface KeyChoosing {
  /**
   * Opens the keys to try on an envelope, in order. The wrap algorithm decides their kind, the
   * description their order. `only`: these keys and no others, whatever their description; fitting
   * keys come first.
   * Errors  'unknown-master-key', 'key-not-usable', or the reason why the secrets cannot be read,
   * when no key is left to try.
   */
  candidates(
    wants: Wants,
    only: readonly MasterKeyId[],
  ): Promise<Result<readonly MasterKeyHandle[]>>
  /**
   * Opens the keys in KMS that are one of the CMKs of a message. Errors  as above;
   * 'unknown-master-key' names the CMKs.
   */
  messageCandidates(
    header: WantsCmk,
    only: readonly MasterKeyId[],
  ): Promise<Result<readonly MasterKeyHandle[]>>
  /**
   * Opens the RSA keys that a second envelope names. `recipient`: the first 16 digits of their
   * fingerprint. Errors  as above; 'unknown-master-key' names the digits.
   */
  secondCandidates(
    recipient: string,
    only: readonly MasterKeyId[],
  ): Promise<Result<readonly MasterKeyHandle[]>>
  /** Returns the key that a second envelope names, whether its private half is here or not. */
  matchSecond(recipient: string): NamedKey | null
  /**
   * Returns the key that would open an envelope. It works from memory and tries nothing, for lists.
   */
  match(wants: Wants): NamedKey | null
  matchMessage(header: WantsCmk): NamedKey | null
}

export function keyChoosing(book: KeyBook, open: Opener): KeyChoosing {
  /**
   * Opens the keys of `only` that `may` open the object at all, else all keys that `fit`. `wanted`:
   * the description in the error when there are none.
   */
  const chosen = (
    only: readonly MasterKeyId[],
    may: (record: KeyRecord) => boolean,
    fit: (entries: readonly KeyEntry[]) => readonly KeyEntry[],
    wanted: string,
  ): Promise<Result<readonly MasterKeyHandle[]>> =>
    attemptedResult(async () => {
      await book.refresh()
      if (only.length === 0) return openEach(open, fit(book.all()), wanted)
      const entries = only.map((id) => book.find(id))
      const missing = entries.indexOf(null)
      if (missing >= 0)
        return fail({ code: 'not-found', what: 'master-key', name: only[missing] ?? '' })
      // A key of another kind is not opened. Its error would hide the error of the key that
      // matters.
      const named = entries
        .filter((entry) => entry !== null)
        .filter(({ record }) => record.kind === 'damaged' || may(record))
      // Fitting keys come first, because the answer of a program cannot always be recognised as
      // wrong.
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
    secondCandidates(recipient, only) {
      const may = (record: KeyRecord) => isRecipient(record, recipient)
      return chosen(only, may, (entries) => entries.filter(({ record }) => may(record)), recipient)
    },
    matchSecond: (recipient) =>
      namedKey(book.all().find(({ record }) => isRecipient(record, recipient)) ?? null),
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
 * Tells whether a key may be tried on a value of this wrap algorithm. A damaged key may, so that
 * the user sees why nothing opens.
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

/** Tells whether a second envelope names this key. */
const isRecipient = (record: KeyRecord, recipient: string): boolean =>
  record.kind === 'rsa' && record.fingerprint.startsWith(recipient)

/** A KMS that was named for this session may open any object, whatever the object says. */
const isForNow = ({ record }: KeyEntry): boolean =>
  record.kind === 'kms' && record.origin === 'session'

/** Tells whether a key can open anything, as far as its record says. */
const mayOpen = (record: KeyRecord): boolean =>
  record.kind !== 'damaged' && (record.kind !== 'rsa' || record.half !== null)

function namedKey(entry: KeyEntry | null): NamedKey | null {
  if (entry === null || entry.record.kind === 'damaged') return null
  const { id, name, kind } = entry.record
  return { keyId: id, keyName: name, keyKind: kind }
}
