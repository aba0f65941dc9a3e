import type { Preview } from '../../../shared/contract/models-previews.ts'
import type { TextKey } from '../../text/words.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'
import { Icon, type IconName } from '../../ui/icon.tsx'
import type { LookKind } from './look-kind.ts'

/** Says where the content is, what was checked of it, and the place of the file in its list. */
export function LookFoot({
  preview,
  kind,
  index,
  count,
}: {
  /** Null: nothing is shown. */
  readonly preview: Preview | null
  readonly kind: LookKind
  readonly index: number
  readonly count: number
}) {
  const t = useText()
  const q = useQuantities()
  return (
    <footer>
      {preview !== null && (
        <>
          <span className="flex4">
            <Icon name={preview.encrypted ? 'encrypted' : 'plain'} size="s" />
            {t(preview.encrypted ? 'look:decrypted' : 'look:plain')}
          </span>
          <span className="flex4">
            <Icon name={ICONS[preview.integrity]} size="s" />
            {t(integrityText(preview, kind))}
          </span>
        </>
      )}
      <span className="grow" />
      <span className="nowrap">
        {t('look:position', { n: q.count(index + 1), of: q.count(count) })}
      </span>
      <span className="nowrap faint look-keys">{t('look:keys')}</span>
    </footer>
  )
}

const ICONS: Readonly<Record<Preview['integrity'], IconName>> = {
  verified: 'intact',
  parts: 'unknown',
  checksum: 'unverified',
  none: 'unverified',
}

/** Returns what is known of the integrity of content, in words. */
export function integrityText({ integrity }: Preview, kind: LookKind): TextKey {
  return integrity === 'parts' && (kind === 'video' || kind === 'audio')
    ? 'look:integrity.plays'
    : `look:integrity.${integrity}`
}
