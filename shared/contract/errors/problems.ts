export type BadAnswer = 'outside' | 'order' | 'name' | 'not-asked' | 'endless' | 'too-large'

/**
 * 'damaged': the file of the index could not be read, and is built again. 'disk': the disk does not
 * take the index, so this run holds it in memory. 'not-available': the app has no index program for
 * this computer, so each run holds it in memory.
 */
export type IndexProblem = 'damaged' | 'disk' | 'not-available'

/**
 * 'setting': the setting is not the address of a proxy. 'insecure': the proxy is on another
 * computer, and the target is http. 'unreachable': the proxy cannot be reached. 'distrust': this
 * computer does not trust the proxy's certificate. 'login': the proxy asks for another user or
 * password. 'refused': the proxy does not allow the target. 'no-way': the proxy could not reach the
 * target. 'not-a-proxy': the host speaks another protocol.
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
 * The thing that blocks the path of a new file, or a folder above it. An obstacle is never a file
 * that could be replaced.
 */
export type Obstacle = 'folder' | 'link' | 'file' | 'device'

/**
 * Formats that the app recognises; see FORMAT.md for how. The app does not read the last two.
 * 'sdk-external': the data key of the message lies in a separate secret store. 'sdk-sm4': the
 * message is encrypted under SM4.
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
 * The reason why a file or folder is not uploaded. The app leaves out links, pipes, sockets and
 * devices on purpose. The user wanted the others.
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
 * 'cannot-open': KMS has the key, but the ciphertext was made with another key or another
 * encryption context.
 */
export type KmsKeyProblem = 'not-found' | 'disabled' | 'deleting' | 'wrong-use' | 'cannot-open'

/** 'not-wrapped': the program's answer holds the plain value that it had to wrap. */
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
  /** The key has a passphrase in OpenSSH's own format, which the app does not read. */
  | 'openssh-closed'
  | 'halves-differ'
  | 'too-short'
  /**
   * Anybody can compute the private half. The modulus is even, is a prime or a power, or has a
   * small factor, or its primes are public.
   */
  | 'breakable'
  | 'several-keys'
  /** The key has more than two primes, which Electron's cryptography does not accept. */
  | 'many-primes'
  /** The app recognises these notations and does not read them. */
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

/**
 * 'no-code': the file `detail` shows no code of a recovery sheet. 'unreadable': the file `detail`
 * is not a picture that the app reads. 'damaged': a code has a wrong letter. 'missing': the codes
 * with the numbers `detail` were not shown. 'mixed': the codes are from several sheets.
 * 'too-few-shares': `detail` is the number of shares, '/', and the needed number. 'false-share':
 * the shares do not fit each other or the sheet. 'other-key': the key has the fingerprint `detail`,
 * and no key here has it.
 */
export type SheetProblem =
  | 'no-code'
  | 'unreadable'
  | 'damaged'
  | 'missing'
  | 'mixed'
  | 'too-few-shares'
  | 'false-share'
  | 'other-key'
