import { useQuery } from '@tanstack/react-query'
import type { ObjectFacts, ObjectRow } from '../../../../shared/contract/models.ts'
import { useApp } from '../../../queries/app.ts'
import { encryptionQuery } from '../../../queries/encryption.ts'
import { factsQuery } from '../../../queries/objects.ts'
import { sampleIn } from '../../../queries/practice.ts'
import { lastOf } from '../../../state/ui.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useText } from '../../../text/use-text.tsx'
import { Button, IconButton } from '../../../ui/controls/button.tsx'
import { Facts } from '../../../ui/facts.tsx'
import { MenuButton } from '../../../ui/controls/menu.tsx'
import { whyClosed } from '../closed.ts'
import { useClassWord } from '../list/class-word.ts'
import type { DetailsProps } from './details-props.ts'
import { EncryptionSection } from './details-encryption.tsx'
import { STANDARD } from '../dialogs/header-form.ts'
import { SealSection } from './seal-section.tsx'
import { LookInline } from '../../look/look-inline.tsx'

/**
 * One object: a look at its content, its encryption with the actions that help, then its facts and
 * metadata.
 */
export function DetailsObject({
  row,
  place,
  actions,
  keys,
}: DetailsProps & { readonly row: ObjectRow }) {
  const t = useText()
  const facts = useQuery(factsQuery(place.profileId, place.bucket, row.key))
  const state = useQuery(encryptionQuery(place, row))
  const encryption = state.data ?? facts.data?.encryption
  const app = useApp().data
  const sample = sampleIn(app, place)(row)
  const closed = whyClosed(encryption) !== null
  const replaced = encryption?.state === 'plain' && encryption.wasEncrypted === true
  const mayOpen = app?.shell === 'desktop' && !closed && !replaced
  return (
    <>
      <div className="dh">
        <h2>{shownName(lastOf(row.key))}</h2>
        <div className="flex">
          {mayOpen && (
            <Button className="grow" icon="external" onClick={() => actions.open(row)}>
              {t('objects:act.open')}
            </Button>
          )}
          <Button
            className="grow"
            icon="down"
            disabled={closed || replaced}
            onClick={() => actions.download(false)}
          >
            {t('objects:act.download')}
          </Button>
          {/* The menu has it too. A file that opens has no need of it in view. */}
          {!mayOpen && (
            <Button onClick={() => actions.download(true)}>{t('objects:act.downloadRaw')}</Button>
          )}
          <MenuButton entries={actions.menu()} label={t('common:act.more')}>
            <IconButton icon="more" label={t('common:act.more')} />
          </MenuButton>
        </div>
        {sample && <p className="hint">{t('objects:d.sample')}</p>}
      </div>
      {!closed && !replaced && encryption !== undefined && (
        <LookInline place={place} row={row} onLook={() => actions.look(row)} />
      )}
      <EncryptionSection
        place={place}
        row={row}
        keys={keys}
        encryption={encryption ?? (state.isPending ? 'checking' : 'unknown')}
        facts={facts.data}
      />
      <SealSection place={place} row={row} />
      <ObjectSection
        row={row}
        facts={facts.data}
        same={encryption?.state === 'encrypted' && encryption.facts.cmks.length === 0}
      />
      <MetadataSection facts={facts.data} onEdit={actions.editHeaders} />
    </>
  )
}

function ObjectSection({
  row,
  facts,
  same,
}: {
  readonly row: ObjectRow
  readonly facts: ObjectFacts | undefined
  readonly same: boolean
}) {
  const t = useText()
  const q = useQuantities()
  const classWord = useClassWord()
  const etag = (facts?.etag ?? row.etag).replaceAll('"', '')
  const size =
    row.size < 1000
      ? q.exactBytes(row.size)
      : t('objects:d.sizeBoth', { short: q.bytes(row.size), exact: q.exactBytes(row.size) })
  return (
    <section className="dsec">
      <h3>{t('objects:d.object')}</h3>
      <Facts
        rows={[
          [t('objects:d.size'), size],
          [t('objects:d.modified'), q.exactTime(row.modified)],
          [t('objects:d.class'), classWord(row.storageClass)],
          [
            t('objects:d.etag'),
            <span className="mono" title={etag} key="etag">
              {etag.length > 20 ? `${etag.slice(0, 12)}…${etag.slice(-4)}` : etag}
            </span>,
          ],
          facts === undefined ? null : [t('objects:d.type'), facts.contentType],
          ...STANDARD.flatMap((name) => {
            const value = facts?.headers[name.toLowerCase()]
            return value === undefined ? [] : [[name, shownName(value)] as const]
          }),
        ]}
      />
      {same && <p className="hint">{t('objects:d.sizeSame')}</p>}
    </section>
  )
}

function MetadataSection({
  facts,
  onEdit,
}: {
  readonly facts: ObjectFacts | undefined
  readonly onEdit: () => void
}) {
  const t = useText()
  if (facts === undefined) return null
  const entries = Object.entries(facts.metadata)
  return (
    <section className="dsec">
      <h3>{t('objects:d.metadata')}</h3>
      {entries.length === 0 ? (
        <p className="hint">{t('objects:d.none')}</p>
      ) : (
        <Facts rows={entries.map(([name, value]) => [shownName(name), shownName(value)])} />
      )}
      <div>
        <Button size="sm" icon="edit" onClick={onEdit}>
          {t('objects:act.editHeaders')}
        </Button>
      </div>
    </section>
  )
}
