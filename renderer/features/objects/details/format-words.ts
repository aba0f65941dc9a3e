import type { EnvelopeFacts, MasterKey } from '../../../../shared/contract/models.ts'
import { shownName } from '../../../text/shown-name.ts'
import type { Text } from '../../../text/use-text.tsx'
import { kindOfWrap, wrapWords } from '../../keys/wraps.ts'

const isMessage = ({ format }: EnvelopeFacts): boolean => format.startsWith('sdk-')

/**
 * Returns the kind of key that opens an object. KMS wraps the data keys of every message of the KMS
 * Encryption SDK.
 */
export const kindFor = (facts: EnvelopeFacts): MasterKey['kind'] =>
  isMessage(facts) ? 'kms' : kindOfWrap(facts.wrapAlgorithm)

/**
 * Returns how often KMS is called to open an object: once for a message, twice for an envelope,
 * whose counter is wrapped too.
 */
export const kmsCalls = (facts: EnvelopeFacts): number => (isMessage(facts) ? 1 : 2)

/** How the data key is wrapped. Names of user programs stay as they are. */
export const wrapText = (facts: EnvelopeFacts): string =>
  isMessage(facts) ? 'KMS' : shownName(wrapWords(facts.wrapAlgorithm, facts.wrapBits))

/** V1 names its CTR `GCM`. The content is CTR all the same. */
export const contentText = (facts: EnvelopeFacts): string =>
  isMessage(facts) ? facts.contentAlgorithm : 'AES-256-CTR'

/** The format, and where its envelope is stored. */
export function envelopeText(facts: EnvelopeFacts, t: Text): string {
  switch (facts.format) {
    case 'v1':
      return t('objects:d.envelopeOf', { format: 'V1' })
    case 'v2':
    case 'v2-oaep':
    case 'v2-kms':
    case 'v2-custom':
      return t('objects:d.envelopeOf', { format: 'V2' })
    case 'sdk-split':
      return t('objects:d.envelopeSplit')
    case 'sdk-message':
    case 'sdk-stream':
    case 'sdk-external':
    case 'sdk-sm4':
      return t('objects:d.envelopeInside')
  }
}
