import type { AppError } from '../../shared/contract/errors.ts'
import { errorSentence } from './sentence.ts'
import { quantitiesIn } from './quantities.ts'
import type { Language } from '../../shared/contract/sentences/sentences.ts'

/** Facts for support besides the error. */
export interface About {
  readonly language: Language
  readonly at: Date
  /** Endpoint of the profile as it was typed; left out if OSS was not called. */
  readonly endpoint?: string | undefined
}

/**
 * True for an error that support can help with: an answer of a server, the network or the system,
 * or a bug.
 */
export const isForSupport = (error: AppError): boolean => SUPPORTED.has(error.code)

const SUPPORTED: ReadonlySet<AppError['code']> = new Set([
  'unexpected',
  'oss',
  'kms',
  'kms-key',
  'access-denied',
  'seal-denied',
  'bad-credentials',
  'clock',
  'unreachable',
  'proxy',
  'object-changed',
  'checksum',
  'size-differs',
  'message-damaged',
  'command-failed',
  'keychain-locked',
  'keychain-missing',
  'secret-lost',
])

/**
 * Returns an error as plain text for a message: the sentence, then a line for each fact. Labels are
 * those of OSS's own pages, in every language. The text never holds a secret, a URL, or a server's
 * own text besides codes.
 */
export function supportText(error: AppError, { language, at, endpoint }: About): string {
  const facts: readonly (readonly [string, string | number | undefined])[] = [
    [
      'Code',
      [
        error.code,
        'problem' in error ? error.problem : '',
        'reason' in error ? error.reason : '',
        'part' in error ? error.part : '',
      ]
        .filter((word) => word !== '')
        .join(' / '),
    ],
    ['Status', 'status' in error ? error.status : undefined],
    [
      'Server code',
      'ossCode' in error ? error.ossCode : 'kmsCode' in error ? error.kmsCode : undefined,
    ],
    ['EC', 'ec' in error ? error.ec : undefined],
    ['Request ID', 'requestId' in error ? error.requestId : undefined],
    ['Action', 'action' in error ? error.action : undefined],
    ['Reference', 'reference' in error ? error.reference : undefined],
    ['Host', hostOf(error, endpoint)],
    ['Time', quantitiesIn('en').exactTime(at.toISOString())],
  ]
  return [
    errorSentence(error, language),
    ...facts
      .filter(([, value]) => value !== undefined && value !== '')
      .map(([name, value]) => `${name}: ${value}`),
  ].join('\n')
}

/** KMS is not OSS, and its host is not known here. A bug of the app has no host. */
function hostOf(error: AppError, endpoint = ''): string {
  if ('host' in error) return error.host
  const elsewhere =
    error.code === 'unexpected' ||
    error.code.startsWith('kms') ||
    error.code.startsWith('keychain') ||
    error.code === 'command-failed' ||
    ('service' in error && error.service === 'kms')
  // Other text in the field may be a password, and is left out.
  return elsewhere
    ? ''
    : (/^(?:https?:\/\/)?([a-z0-9.[\]:-]+)\/?$/i.exec(endpoint.trim())?.[1] ?? '')
}
