import type { AuditForm, Finding, SharedWith } from '../../../shared/contract/models-audit.ts'
import type { Encryption, EnvelopeFacts, MasterKeyId } from '../../../shared/contract/models.ts'

/** RSA keys with fewer bits are weak. */
const WEAK_BELOW_BITS = 2048
/** ACLs that let everybody read. */
const PUBLIC: ReadonlySet<string> = new Set(['public-read', 'public-read-write'])

/** The facts of one object that an audit judges. */
export interface AuditFacts {
  /** Bytes stored. */
  readonly size: number
  /** Null: the headers could not be read. */
  readonly encryption: Encryption | null
  /** The object is a whole message of the KMS Encryption SDK. */
  readonly isMessage: boolean
  /** An object with the same wrapped data key. `isSame`: its stored bytes are the same, too. */
  readonly sharedWith: (SharedWith & { readonly isSame: boolean }) | null
  /** The ACL that counts for the object. 'not-asked'; null: it could not be read. */
  readonly acl: string | null
  /** Master keys whose private half anybody can compute. */
  readonly brokenKeys: ReadonlySet<MasterKeyId>
}

/** The verdict on one object. */
export interface AuditVerdict {
  readonly form: AuditForm
  readonly keyId: MasterKeyId | null
  readonly keyName: string | null
  readonly findings: readonly Finding[]
}

/** Judges one object by its headers, size, ACL and the keys of this computer. Does no request. */
export function judgeObject(facts: AuditFacts): AuditVerdict {
  const { encryption } = facts
  const none = { keyId: null, keyName: null }
  if (encryption === null) return { form: 'unread', ...none, findings: [{ name: 'unread' }] }
  switch (encryption.state) {
    case 'plain':
      if (facts.isMessage) return { form: 'sdk-message', ...none, findings: [] }
      return { form: 'plain', ...none, findings: plainFindings(facts, encryption) }
    case 'broken': {
      const { header, problem } = encryption
      return { form: 'damaged', ...none, findings: [{ name: 'damaged', header, problem }] }
    }
    case 'later': {
      const { format } = encryption
      return { form: format, ...none, findings: [{ name: 'unsupported', format }] }
    }
    case 'nokey':
    case 'encrypted': {
      const { facts: envelope } = encryption
      const isSealed = encryption.state === 'encrypted'
      const key = isSealed ? { keyId: encryption.keyId, keyName: encryption.keyName } : none
      const unknown: Finding = { name: 'unknown-description', description: nameOf(envelope) }
      return {
        form: envelope.format,
        ...key,
        findings: [
          ...(isSealed ? [] : [unknown]),
          ...(isSealed && facts.brokenKeys.has(encryption.keyId)
            ? [{ name: 'broken-key' } as const]
            : []),
          ...envelopeFindings(facts, envelope),
        ],
      }
    }
  }
}

function plainFindings(
  { acl }: AuditFacts,
  { wasEncrypted }: Extract<Encryption, { readonly state: 'plain' }>,
): readonly Finding[] {
  return [
    { name: wasEncrypted === true ? 'replaced-by-plain' : 'plain' },
    ...(acl === null ? [{ name: 'acl-unread' } as const] : []),
    ...(acl !== null && PUBLIC.has(acl) ? [{ name: 'public-plain', acl } as const] : []),
  ]
}

function envelopeFindings(
  { size, sharedWith }: AuditFacts,
  envelope: EnvelopeFacts,
): readonly Finding[] {
  const { format, wrapAlgorithm, wrapBits, dataSize, resplit, plaintextMd5 } = envelope
  const found: Finding[] = []
  const isRsa = wrapAlgorithm.startsWith('RSA/')
  if (isRsa && wrapBits < WEAK_BELOW_BITS) found.push({ name: 'weak-key', bits: wrapBits })
  if (dataSize !== null && dataSize !== size)
    found.push({ name: 'inconsistent-size', declared: dataSize, size })
  else if (resplit !== null) found.push({ name: 'java-damage' })
  if (sharedWith !== null) {
    const { isSame, ...other } = sharedWith
    found.push({ name: isSame ? 'copied-data-key' : 'shared-data-key', with: other })
  }
  if (format === 'v1') found.push({ name: 'old-format' })
  if (plaintextMd5) found.push({ name: 'plaintext-md5' })
  return found
}

/** Returns the text that names the master key of an envelope; '' without one. */
const nameOf = ({ description, cmks }: EnvelopeFacts): string =>
  description === '' ? cmks.join(', ') : description
