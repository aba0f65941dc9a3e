import { Fragment } from 'react'
import { shownName } from '../../text/shown-name.ts'
import { useText } from '../../text/use-text.tsx'
import { IconButton } from '../../ui/controls/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { crumbsOf } from './local-paths.ts'

/** The path of the open folder. Each part opens its folder. */
export function LocalCrumbs({
  path,
  parent,
  onOpen,
}: {
  readonly path: string
  readonly parent: string | null
  readonly onOpen: (path: string) => void
}) {
  const t = useText()
  const crumbs = crumbsOf(path)
  return (
    <div className="flex">
      <IconButton
        icon="up"
        label={t('settings:chooser.up')}
        disabled={parent === null}
        onClick={() => {
          if (parent !== null) onOpen(parent)
        }}
      />
      <nav className="crumbs" aria-label={t('settings:chooser.path')}>
        {crumbs.map((crumb, i) =>
          i === crumbs.length - 1 ? (
            <span className="here" aria-current="location" key={crumb.path}>
              <span className="cut">{shownName(crumb.name)}</span>
            </span>
          ) : (
            <Fragment key={crumb.path}>
              <button type="button" className="crumb" onClick={() => onOpen(crumb.path)}>
                <span className="cut">{shownName(crumb.name)}</span>
              </button>
              <Icon name="right" />
            </Fragment>
          ),
        )}
      </nav>
    </div>
  )
}
