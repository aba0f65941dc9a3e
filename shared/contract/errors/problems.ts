export type BadAnswer = 'outside' | 'order' | 'name' | 'not-asked' | 'endless' | 'too-large'

/**
 * 'setting': it is not the address of a proxy. 'insecure': an http target behind a proxy on another
 * computer. 'unreachable', 'distrust': the proxy cannot be reached, or its certificate is not
 * trusted. 'login': it asks for another user or password. 'refused': it does not allow the target.
 * 'no-way': it could not reach the target. 'not-a-proxy': it speaks something else.
 */
export type ProxyProblem =
  | 'setting'
  | 'insecure'
  | 'unreachable'
  | 'distrust'
  | 'login'
  | 'refused'
  | 'no-way'
  | 'not-a-proxy'

/**
 * What stands at a path where a file is to be written, or at a folder above it: no file that could
 * be replaced.
 */
export type Obstacle = 'folder' | 'link' | 'file' | 'device'

/**
 * Formats that are recognised; see FORMAT.md for how. The last two are not read: messages whose
 * data key lies in a secret store of its own, and messages under SM4.
 */
export type FormatName =
  | 'v1'
  | 'v2'
  | 'v2-oaep'
  | 'v2-kms'
  | 'v2-custom'
  | 'sdk-split'
  | 'sdk-message'
  | 'sdk-stream'
  | 'sdk-external'
  | 'sdk-sm4'

/**
 * Why a file or folder is not uploaded. Links, pipes, sockets and devices are left out on purpose;
 * the others were wanted.
 */
export type LeftOutReason =
  | 'symlink'
  | 'not-a-file'
  | 'unreadable'
  | 'gone'
  | 'name-not-utf8'
  | 'name-too-long'
  | 'name-not-allowed'

/**
 * 'cannot-open': KMS has the key, and what it was given was not made with it, or under another
 * encryption context.
 */
export type KmsKeyProblem = 'not-found' | 'disabled' | 'deleting' | 'wrong-use' | 'cannot-open'

/** 'not-wrapped': what it was to wrap stands in its answer as it was. */
export type CommandProblem =
  | 'not-started'
  | 'timed-out'
  | 'exited'
  | 'not-json'
  | 'wrong-length'
  | 'too-much'
  | 'not-wrapped'
  | 'refused'

export type KeyImportProblem =
  | 'not-a-key'
  | 'not-rsa'
  | 'needs-passphrase'
  | 'wrong-passphrase'
  /** Closed with a passphrase in OpenSSH's own way, which is not read here. */
  | 'openssh-closed'
  | 'halves-differ'
  | 'too-short'
  /**
   * Anybody can compute the private half: the modulus is even, a prime, a power, has a small
   * factor, or its primes are no secret.
   */
  | 'breakable'
  | 'several-keys'
  /** More than two primes, which Electron's cryptography does not take. */
  | 'many-primes'
  /** Notations that are recognised and not read. */
  | 'putty'
  | 'pgp'
  | 'ssh2'
  | 'pkcs7'
  | 'java-keystore'
  | 'microsoft-blob'
  | 'jwk-short'
  | 'already-here'
  | 'too-large'

export type DescriptionProblem =
  | 'not-json'
  | 'not-an-object'
  | 'value-not-text'
  | 'repeated-name'
  | 'too-long'
  | 'not-printable'
  | 'used-by'
