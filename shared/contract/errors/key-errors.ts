import type {
  CommandProblem,
  DescriptionProblem,
  FormatName,
  KeyImportProblem,
  KmsKeyProblem,
  SheetProblem,
} from './problems.ts'

/** Failures of envelopes and master keys: a part of `AppError`. */
export type KeyError =
  /**
   * The object has some of an envelope's headers, and `header` is missing or not valid. The object
   * is damaged, and never plain.
   */
  | {
      readonly code: 'not-an-envelope'
      readonly header: string
      readonly problem: 'missing' | 'invalid'
    }
  /**
   * The named file holds no headers of an encrypted object. Without `file`: no file was named, and
   * no envelope file lies beside the blob.
   */
  | { readonly code: 'no-envelope'; readonly file?: string }
  /**
   * The named file holds part of an envelope and cannot be used. The file is the cause, whatever
   * the object is. `file`: the file's name, '' for a pasted text. `header`: the missing or
   * unreadable header. 'cut': the wrapped values are shorter than any key makes them. `count`: the
   * number of different envelopes.
   */
  | {
      readonly code: 'envelope-file'
      readonly file: string
      readonly problem: 'several' | 'missing' | 'unreadable' | 'cut' | 'too-large'
      readonly header: string
      readonly count: number
    }
  /**
   * The object has no envelope. 'key-named': a master key was named for the object.
   * 'was-encrypted': the object was encrypted when it was last seen. Nothing of the object was
   * saved.
   */
  | {
      readonly code: 'not-encrypted'
      readonly key: string
      readonly why: 'key-named' | 'was-encrypted'
    }
  /** Many objects of one download did not decrypt, so the download did not try the others. */
  | { readonly code: 'too-many-damaged'; readonly count: number }
  /** The app recognises the format and does not read it. */
  | { readonly code: 'unsupported-format'; readonly format: FormatName }
  /**
   * A message of the KMS Encryption SDK differs from the written message. 'header' and 'content':
   * the tag does not match. 'ending': the length or the padding is wrong. 'shape': the object was
   * expected to be a message, and it is not a message.
   */
  | { readonly code: 'message-damaged'; readonly part: 'header' | 'content' | 'ending' | 'shape' }
  /**
   * No master key here has this key description. `description`: '' when the object has no key
   * description. For messages it holds the ARNs of the CMKs, and no master key here is one of them.
   */
  | { readonly code: 'unknown-master-key'; readonly description: string }
  /**
   * None of the tried keys unwraps the envelope. `bits`: the modulus length of the envelope's
   * values and of the keys. It is set when the lengths alone prove that no key fits.
   */
  | {
      readonly code: 'wrong-master-key'
      readonly tried: readonly string[]
      readonly bits?: { readonly envelope: number; readonly keys: readonly number[] }
    }
  | { readonly code: 'no-master-key' }
  | {
      readonly code: 'key-not-usable'
      readonly name: string
      readonly reason:
        | 'decrypt-only'
        | 'public-half-only'
        | 'weak'
        | 'breakable'
        | 'not-proven'
        | 'sample'
        | 'not-here'
        | 'no-second'
    }
  | { readonly code: 'key-import'; readonly problem: KeyImportProblem }
  /** A recovery sheet was not read. See {@link SheetProblem} for `detail`. */
  | {
      readonly code: 'recovery-sheet'
      readonly problem: SheetProblem
      readonly detail: string
    }
  /**
   * The report of a drill. 'unreadable': the file is no report. 'not-signed': the key did not sign
   * it, or it was changed since.
   */
  | { readonly code: 'drill-report'; readonly problem: 'unreadable' | 'not-signed' }
  /** The private half and the public half do not reverse each other. */
  | { readonly code: 'key-proof-failed'; readonly name: string }
  | {
      readonly code: 'key-description'
      readonly problem: DescriptionProblem
      readonly detail: string
    }
  | { readonly code: 'confirmation-differs'; readonly name: string }
  /** The key opens objects, and their number was not confirmed. */
  | {
      readonly code: 'key-opens-objects'
      readonly name: string
      readonly objects: number
      readonly bytes: number
    }
  /** A key of this kind does not write this format. */
  | {
      readonly code: 'format-not-for-key'
      readonly format: string
      readonly kind: 'rsa' | 'kms' | 'command'
    }
  // Master keys that are elsewhere
  /**
   * KMS accepts the credentials, and this key cannot be used. `name`: the master key's name, or the
   * key's id when the key has no name.
   */
  | {
      readonly code: 'kms-key'
      readonly name: string
      readonly problem: KmsKeyProblem
      readonly requestId: string
    }
  /**
   * KMS refused for another reason, or KMS was not able to answer. `kmsCode`: the error code of
   * KMS, never its message. `status` 0: something other than KMS answered.
   */
  | {
      readonly code: 'kms'
      readonly status: number
      readonly kmsCode: string
      readonly requestId: string
    }
  /**
   * The user's own program did not wrap or unwrap. `detail`: the exit code, seconds, bytes or the
   * program's own text.
   */
  | {
      readonly code: 'command-failed'
      readonly name: string
      readonly problem: CommandProblem
      readonly detail: string
    }
  /** The key is a default key somewhere, so the user must name a successor first. */
  | { readonly code: 'key-is-default'; readonly places: readonly string[] }
