import type { Encryption } from '../../shared/contract/models.ts'
import { shownName } from '../text/shown-name.ts'
import { useText } from '../text/use-text.tsx'
import { Icon } from './icon.tsx'

/**
 * 'checking' while the headers are loaded; 'unknown' if they could not be read. Neither is shown as
 * plain.
 */
export type ShownEncryption = Encryption | 'checking' | 'unknown'

/** Icon, word, and then the key's name. The word is never cut, and colour never stands alone. */
export function StateBadge({ encryption }: { readonly encryption: ShownEncryption }) {
  const t = useText()
  const state = typeof encryption === 'string' ? encryption : encryption.state
  const replaced =
    typeof encryption !== 'string' &&
    encryption.state === 'plain' &&
    encryption.wasEncrypted === true
  const detail = replaced ? t('common:state.wasEncrypted') : detailOf(encryption)
  return (
    <span className={`st ${state === 'unknown' ? 'checking known' : replaced ? 'broken' : state}`}>
      <Icon name={state === 'unknown' ? 'checking' : replaced ? 'broken' : state} />
      <span className="w">{t(`common:state.${state}`)}</span>
      {detail !== '' && (
        <span className="k cut" title={detail}>
          {detail}
        </span>
      )}
    </span>
  )
}

function detailOf(encryption: ShownEncryption): string {
  if (typeof encryption === 'string') return ''
  if (encryption.state === 'encrypted') return shownName(encryption.keyName)
  return encryption.state === 'nokey'
    ? shownName(shownFirstValue(encryption.facts.description))
    : ''
}

/**
 * Returns the first value of a key description; '' without a value. People recognise a missing key
 * by this value.
 */
export function shownFirstValue(description: string): string {
  try {
    const parsed: unknown = JSON.parse(description)
    const value: unknown =
      typeof parsed === 'object' && parsed !== null ? Object.values(parsed)[0] : undefined
    return typeof value === 'string' ? value : ''
  } catch {
    return ''
  }
}
