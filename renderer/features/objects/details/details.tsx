import type { ObjectRow } from '../../../../shared/contract/models.ts'
import { isWhole } from '../../../queries/rows/listing.ts'
import type { Place } from '../../../queries/objects.ts'
import { defaultKeyOf } from '../../../queries/profiles.ts'
import { setPanes, showDetails, useUi } from '../../../state/ui.ts'
import { ask } from '../../../state/work.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useText } from '../../../text/use-text.tsx'
import { Button, IconButton } from '../../../ui/controls/button.tsx'
import { Facts } from '../../../ui/facts.tsx'
import { MenuButton } from '../../../ui/controls/menu.tsx'
import { Resizer } from '../../../ui/controls/resizer.tsx'
import { lastOf } from '../../../state/ui.ts'
import type { ObjectActions } from '../actions.ts'
import { DetailsMany } from './details-many.tsx'
import { DetailsObject } from './details-object.tsx'
import type { DetailsProps } from './details-props.ts'

/** Shows the details of the selection, or of the folder if nothing is selected. */
export function Details(props: DetailsProps) {
  const t = useText()
  const width = useUi((ui) => ui.panes.details)
  const { count, isMore, rows } = props.chosen
  const only = count === 1 && isMore === null ? rows[0] : undefined
  return (
    <aside
      className="details"
      aria-label={t('objects:details')}
      data-region="details"
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && window.innerWidth <= 1100) showDetails(false)
      }}
    >
      <Resizer
        label={t('common:resize.details')}
        edge="left"
        value={width}
        min={260}
        max={460}
        onChange={(details) => setPanes({ details })}
      />
      {only === undefined ? (
        count > 1 || isMore !== null ? (
          <DetailsMany {...props} />
        ) : (
          <FolderFacts {...props} />
        )
      ) : only.kind === 'folder' ? (
        <OneFolder row={only} place={props.rowPlace} actions={props.actions} />
      ) : (
        <DetailsObject key={only.key} row={only} {...props} place={props.rowPlace} />
      )}
    </aside>
  )
}

function FolderFacts({ place, profile, status, sums, keys }: DetailsProps) {
  const t = useText()
  const q = useQuantities()
  const sum = sums ?? { files: 0, folders: 0, bytes: 0 }
  const whole = isWhole(status)
  const some = (text: string) => (whole ? text : t('objects:d.atLeast', { n: text }))
  const uploadKey = keys.find((key) => key.id === defaultKeyOf(profile, place.bucket)?.id)
  return (
    <>
      <div className="dh">
        <h2>{shownName(place.prefix === '' ? place.bucket : lastOf(place.prefix))}</h2>
      </div>
      <section className="dsec">
        <h3>{t('objects:d.folder')}</h3>
        <Facts
          rows={[
            sums === undefined ? null : [t('objects:d.folders'), some(q.count(sum.folders))],
            sums === undefined ? null : [t('objects:d.objects'), some(q.count(sum.files))],
            sums === undefined
              ? null
              : [
                  t(sum.folders > 0 ? 'objects:d.sizeHere' : 'objects:d.size'),
                  some(q.bytes(sum.bytes)),
                ],
            [
              t('objects:d.defaultKey'),
              uploadKey === undefined ? (
                <span className="tw-warn">{t('objects:d.noDefault')}</span>
              ) : (
                shownName(uploadKey.name)
              ),
            ],
          ]}
        />
        {sum.folders > 0 && <p className="hint">{t('objects:d.notBelow')}</p>}
      </section>
      <BelowSeals place={place} />
    </>
  )
}

/** Starts and shows the verification of all files below a folder. */
function BelowSeals({ place }: { readonly place: Place }) {
  const t = useText()
  return (
    <section className="dsec">
      <h3>{t('seals:title')}</h3>
      <div>
        <Button size="sm" icon="intact" onClick={() => ask({ kind: 'verify', place })}>
          {t('seals:below.dots')}
        </Button>
      </div>
    </section>
  )
}

function OneFolder({
  row,
  place,
  actions,
}: {
  readonly row: ObjectRow
  readonly place: Place
  readonly actions: ObjectActions
}) {
  const t = useText()
  return (
    <>
      <div className="dh">
        <h2>{shownName(lastOf(row.key))}</h2>
        <div className="flex">
          <Button className="grow" icon="down" onClick={() => actions.download(false)}>
            {t('objects:act.download')}
          </Button>
          <MenuButton entries={actions.menu()} label={t('common:act.more')}>
            <IconButton icon="more" label={t('common:act.more')} />
          </MenuButton>
        </div>
      </div>
      <section className="dsec">
        <p className="hint">{t('objects:d.wholeFolder')}</p>
      </section>
      <BelowSeals place={{ ...place, prefix: row.key }} />
    </>
  )
}
