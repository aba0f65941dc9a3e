import type { Profile } from '../../../../shared/contract/models.ts'
import type { Place } from '../../../queries/objects.ts'
import { go } from '../../../state/ui.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useText } from '../../../text/use-text.tsx'
import { IconButton } from '../../../ui/controls/button.tsx'
import { Icon } from '../../../ui/icon.tsx'
import { MenuButton } from '../../../ui/controls/menu.tsx'
import { watchWidth, widthOf } from '../../../ui/name.tsx'
import { Fragment, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { shownSteps, STEP_PX } from './crumb-fold.ts'

/** Arrow, padding and gaps beside a name. */
const BESIDE_PX = 22
/** The name of the profile, which is cut first. */
const PROFILE_PX = 30

/**
 * The path: profile, bucket, folders. Each step but the last opens its place. A menu holds the
 * middle of a deep path.
 */
export function Crumbs({
  place,
  profile,
}: {
  readonly place: Place
  readonly profile: Profile | undefined
}) {
  const t = useText()
  const nav = useRef<HTMLElement>(null)
  const [room, setRoom] = useState(STEP_PX * 3)
  useLayoutEffect(() => (nav.current === null ? undefined : watchWidth(nav.current, setRoom)), [])
  const steps = useMemo(() => {
    const folders = place.prefix.split('/').slice(0, -1)
    return [place.bucket, ...folders].map((name, i) => ({
      name: shownName(name) || '⟨⟩',
      prefix: i === 0 ? '' : `${folders.slice(0, i).join('/')}/`,
    }))
  }, [place])
  const widths = useMemo(
    () => steps.map(({ name }) => Math.min(widthOf(name), STEP_PX) + BESIDE_PX),
    [steps],
  )
  const { first, from } = shownSteps(widths, room - PROFILE_PX)
  const folded = steps.slice(first ? 1 : 0, from)
  const to = (prefix: string) => go({ place: { ...place, prefix } })
  return (
    <nav className="crumbs" aria-label={t('objects:location')} ref={nav}>
      <span className="crumb-profile">
        <span className={`dot ${profile?.colour ?? 'ink'}`} />
        <span className="cut">{profile === undefined ? '' : shownName(profile.name)}</span>
      </span>
      {steps.map((step, i) => {
        if (i === steps.length - 1)
          return (
            <Fragment key={step.prefix}>
              <Icon name="right" />
              <span className="here" aria-current="location" title={step.name}>
                <span className="cut">{step.name}</span>
              </span>
            </Fragment>
          )
        if (i >= from || (i === 0 && first)) {
          return (
            <Fragment key={step.prefix}>
              <Icon name="right" />
              <button
                type="button"
                className="crumb"
                data-place={JSON.stringify({ ...place, prefix: step.prefix })}
                title={step.name}
                onClick={() => to(step.prefix)}
              >
                <span className="cut">{step.name}</span>
              </button>
            </Fragment>
          )
        }
        if (step !== folded[0]) return null
        return (
          <Fragment key="folded">
            <Icon name="right" />
            <MenuButton
              align="start"
              label={t('objects:folded')}
              entries={folded.map(({ name, prefix }) => ({
                icon: prefix === '' ? 'bucket' : 'folder',
                label: name,
                onSelect: () => to(prefix),
              }))}
            >
              <IconButton icon="more" small label={t('objects:folded')} />
            </MenuButton>
          </Fragment>
        )
      })}
    </nav>
  )
}
