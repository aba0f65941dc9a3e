import type { Profile } from '../../../shared/contract/models.ts'
import type { Place } from '../../queries/objects.ts'
import { go } from '../../state/ui.ts'
import { shownName } from '../../text/shown-name.ts'
import { useText } from '../../text/use-text.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Fragment } from 'react'

/** Profile, bucket, folders; each but the last goes there. */
export function Crumbs({ place, profile }: { readonly place: Place; readonly profile: Profile | undefined }) {
  const t = useText()
  const folders = place.prefix.split('/').filter((_part, i, all) => i < all.length - 1)
  const steps = [
    { name: place.bucket, prefix: '' },
    ...folders.map((name, i) => ({ name, prefix: `${folders.slice(0, i + 1).join('/')}/` })),
  ]
  return (
    <nav className="crumbs" aria-label={t('objects:location')}>
      <span className="crumb-profile"><span className={`dot ${profile?.colour ?? 'ink'}`} /><span className="cut">{profile === undefined ? '' : shownName(profile.name)}</span></span>
      {steps.map((step, i) => (
        <Fragment key={step.prefix}>
          <Icon name="right" />
          {i === steps.length - 1 ? (
            <span className="here" aria-current="location" title={shownName(step.name)}><span className="cut">{shownName(step.name)}</span></span>
          ) : (
            <button type="button" className="crumb" title={shownName(step.name)} onClick={() => go({ place: { ...place, prefix: step.prefix } })}>
              <span className="cut">{shownName(step.name) || '⟨⟩'}</span>
            </button>
          )}
        </Fragment>
      ))}
    </nav>
  )
}
