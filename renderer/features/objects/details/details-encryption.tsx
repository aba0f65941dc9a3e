import type { ReactNode } from 'react'
import type { Encryption } from '../../../../shared/contract/models.ts'
import { fingerprintGroups } from '../../../text/quantities.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useText } from '../../../text/use-text.tsx'
import { Facts, Mono } from '../../../ui/facts.tsx'
import { StateBadge } from '../../../ui/state-badge.tsx'
import { EnvelopeHints } from './envelope-hints.tsx'
import { EncryptionNote, type EncryptionSectionProps } from './encryption-note.tsx'
import { contentText, envelopeText, kindFor, wrapText } from './format-words.ts'
import { useFoundMessage } from './plain-note.tsx'
import { isSameShownDescription } from './same-description.ts'

/** Shows the facts of the envelope and the key that opens it, or says which key is missing. */
export function EncryptionSection(given: Omit<EncryptionSectionProps, 'found'>) {
  const t = useText()
  const { encryption } = given
  const props = { ...given, found: useFoundMessage(given.place, given.row, encryption) }
  return (
    <section className="dsec">
      <h3>{t('objects:d.encryption')}</h3>
      {typeof encryption === 'string' ? (
        <span className="small flex">
          <StateBadge encryption={encryption} />
        </span>
      ) : (
        <EncryptionNote {...props} encryption={encryption} />
      )}
      {typeof encryption !== 'string' && <EnvelopeRows {...props} encryption={encryption} />}
    </section>
  )
}

function EnvelopeRows({
  encryption: told,
  keys,
  facts,
  place,
  row,
  found,
}: EncryptionSectionProps & { readonly encryption: Encryption }) {
  const t = useText()
  const encryption = told.state === 'plain' && found !== null ? found : told
  if (encryption.state === 'plain') return <Facts rows={[checksum()]} />
  if (encryption.state === 'broken') {
    // A header that is named as not valid is present, and named once.
    const others = encryption.present.filter((name) => name !== encryption.header)
    return (
      <Facts
        rows={[
          [
            t(
              encryption.problem === 'missing'
                ? 'objects:d.missingLabel'
                : 'objects:d.invalidLabel',
            ),
            <Mono key="h" text={shortHeader(encryption.header)} />,
          ],
          [
            t('objects:d.present'),
            others.length === 0 ? (
              t('objects:d.nonePresent')
            ) : (
              <Mono key="p" text={others.map((name) => name.replace(PREFIX, '-')).join(', ')} />
            ),
          ],
          [t('objects:d.content'), t('objects:d.leftCipher')],
        ]}
      />
    )
  }
  const envelope = encryption.facts
  if (envelope === null) return null
  const key =
    encryption.state === 'encrypted' ? keys.find((one) => one.id === encryption.keyId) : undefined
  const kind = kindFor(envelope)
  const same =
    encryption.state === 'nokey'
      ? keys.filter(
          (one) =>
            one.kind === kind && isSameShownDescription(one.description, envelope.description),
        )
      : []
  // The note above asks for an RSA key by its description already.
  const missingShown =
    kind === 'rsa' &&
    encryption.state === 'nokey' &&
    envelope.description !== '' &&
    same.length === 0
  return (
    <>
      <Facts
        rows={[
          missingShown || envelope.cmks.length > 0
            ? null
            : [
                t('objects:d.description'),
                envelope.description === '' ? (
                  t('objects:d.descriptionEmpty')
                ) : (
                  <Mono key="d" text={shownName(envelope.description)} />
                ),
              ],
          same.some((one) => one.hasPrivate)
            ? [t('objects:d.tried'), shownName(same.map((one) => one.name).join(', '))]
            : null,
          key === undefined || key.kind !== 'rsa'
            ? null
            : [t('objects:d.fingerprint'), <Fingerprint key="f" hex={key.fingerprint} />],
          [t('objects:d.contentAlgorithm'), contentText(envelope)],
          [t('objects:d.wrap'), wrapText(envelope)],
          envelope.cmks.length === 0
            ? null
            : [
                t('remote:fact.cmk'),
                <div className="stack g4" key="k">
                  {envelope.cmks.map((cmk) => (
                    <Mono key={cmk} text={shownName(cmk)} />
                  ))}
                </div>,
              ],
          Object.keys(envelope.context).length === 0
            ? null
            : [
                t('remote:fact.context'),
                <Mono key="c" text={shownName(JSON.stringify(envelope.context))} />,
              ],
          encryption.state === 'later'
            ? null
            : [t('objects:d.envelope'), envelopeText(envelope, t)],
          checksum(),
        ]}
      />
      <EnvelopeHints
        place={place}
        row={row}
        envelope={envelope}
        encrypted={encryption.state === 'encrypted'}
      />
    </>
  )

  function checksum(): readonly [string, ReactNode] | null {
    return facts === undefined
      ? null
      : [t('objects:d.checksum'), t(facts.crc64 === '' ? 'objects:d.crcNone' : 'objects:d.crcKept')]
  }
}

const PREFIX = 'x-oss-meta-client-side-encryption-'
const shortHeader = (header: string): string => header.replace(/^x-oss-meta-/, '')

/** The first four groups, spelled out for screen readers. */
function Fingerprint({ hex }: { readonly hex: string }) {
  const groups = fingerprintGroups(hex, 4)
  return (
    <>
      <span className="mono" aria-hidden="true">
        {groups}
      </span>
      <span className="sr">{groups.replaceAll(' ', ', ')}</span>
    </>
  )
}
