import type {
  CommandProblem,
  DescriptionProblem,
  FormatName,
  KeyImportProblem,
  KmsKeyProblem,
} from './problems.ts'

/** What goes wrong with envelopes and master keys: a part of `AppError`. */
export type KeyError =
  /** Some of the envelope is there, but `header` is missing or not valid: damaged, never plain. */
  | {
      readonly code: 'not-an-envelope'
      readonly header: string
      readonly problem: 'missing' | 'invalid'
    }
  /**
   * A file that was named as an envelope holds no headers of an encrypted object, or none was named
   * and none lies beside the blob.
   */
  | { readonly code: 'no-envelope'; readonly file?: string }
  /**
   * A file that was named as an envelope holds some of one, and cannot be used. The file is at
   * fault, whatever the object is. `file`: its name, '' for a pasted text. `header`: what is
   * missing or cannot be read. 'cut': the wrapped values are shorter than any key makes them.
   * `count`: of different envelopes.
   */
  | {
      readonly code: 'envelope-file'
      readonly file: string
      readonly problem: 'several' | 'missing' | 'unreadable' | 'cut' | 'too-large'
      readonly header: string
      readonly count: number
    }
  /**
   * It has no envelope, though a master key was named for it or it was encrypted when it was last
   * seen. Nothing of it was kept.
   */
  | {
      readonly code: 'not-encrypted'
      readonly key: string
      readonly why: 'key-named' | 'was-encrypted'
    }
  /** So many objects of one download did not open that the rest was not tried. */
  | { readonly code: 'too-many-damaged'; readonly count: number }
  /** A format we recognise and do not read. */
  | { readonly code: 'unsupported-format'; readonly format: FormatName }
  /**
   * A message of the KMS Encryption SDK whose header or content is not what was written: its tag
   * does not fit; 'ending': its length or padding; 'shape': it was to be one, and is none.
   */
  | { readonly code: 'message-damaged'; readonly part: 'header' | 'content' | 'ending' | 'shape' }
  /**
   * No master key here has this description ('' when the object has none); for messages, is one of
   * these CMKs: their ARNs.
   */
  | { readonly code: 'unknown-master-key'; readonly description: string }
  /** Keys were tried and none opens the envelope. */
  /**
   * `bits`: what the values in the envelope take, and what the keys have, where that alone tells
   * that none fits.
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
    }
  | { readonly code: 'key-import'; readonly problem: KeyImportProblem }
  /** The private and public halves do not undo each other. */
  | { readonly code: 'key-proof-failed'; readonly name: string }
  | {
      readonly code: 'key-description'
      readonly problem: DescriptionProblem
      readonly detail: string
    }
  | { readonly code: 'confirmation-differs'; readonly name: string }
  /** This kind of key does not write that. */
  | {
      readonly code: 'format-not-for-key'
      readonly format: string
      readonly kind: 'rsa' | 'kms' | 'command'
    }
  // Master keys that are elsewhere
  /**
   * KMS knows the credentials, and this key cannot be used. `name`: of the master key, or the key's
   * id where it has none.
   */
  | {
      readonly code: 'kms-key'
      readonly name: string
      readonly problem: KmsKeyProblem
      readonly requestId: string
    }
  /**
   * KMS refused for another reason, or was not able to answer. `kmsCode`: its error code, never its
   * message. `status` 0: what answered was not KMS.
   */
  | {
      readonly code: 'kms'
      readonly status: number
      readonly kmsCode: string
      readonly requestId: string
    }
  /**
   * The user's own program did not wrap or unwrap. `detail`: exit code, seconds, bytes, or what the
   * program said itself.
   */
  | {
      readonly code: 'command-failed'
      readonly name: string
      readonly problem: CommandProblem
      readonly detail: string
    }
  /** The key is default somewhere; a successor must be named first. */
  | { readonly code: 'key-is-default'; readonly places: readonly string[] }
