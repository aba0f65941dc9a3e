import { useState } from 'react'
import type { MasterKey, MasterKeyId, Profile } from '../../../../shared/contract/models.ts'
import { useSetDefaultKey } from '../../../queries/keys.ts'
import { canEncrypt, canEncryptIn, defaultKeyOf } from '../../../queries/profiles.ts'
import { shownName } from '../../../text/shown-name.ts'
import type { Quantities } from '../../../text/quantities.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useRich, useText, type Text } from '../../../text/use-text.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { Checkbox } from '../../../ui/controls/checkbox.tsx'
import { Message } from '../../../ui/controls/field.tsx'
import { Note } from '../../../ui/note.tsx'
import { Select } from '../../../ui/controls/select.tsx'
import { useProblem } from '../../../ui/use-problem.ts'
import { KeyGenerateDialog } from '../../keys/dialogs/key-generate-dialog.tsx'
import { KeyImportDialog } from '../../keys/dialogs/key-import-dialog.tsx'
import { keyIconOf, markOf } from '../../keys/key-words.ts'
import { boundOf } from '../../keys/fields/kms-form.ts'
import { writesNote, writesText } from '../../keys/fields/writes-field.tsx'

/** A key with fewer bits needs a tick. */
const WEAK_BELOW = 2048
const isWeak = (key: MasterKey): boolean =>
  key.bits > 0 && key.bits < WEAK_BELOW && !key.weakAllowed

/**
 * Returns the default key of the bucket, then of the profile. Without a default it is the only key,
 * and never one of several.
 */
export function suggestedKey(
  profile: Profile | undefined,
  bucket: string,
  keys: readonly MasterKey[],
): MasterKeyId | null {
  const usable = keys.filter((key) => canEncryptIn(key, profile))
  const wanted = defaultKeyOf(profile, bucket)
  if (wanted !== null) return usable.some((key) => key.id === wanted.id) ? wanted.id : null
  return usable.length === 1 ? (usable[0]?.id ?? null) : null
}

export const mayStart = (key: MasterKey, weakTicked: boolean): boolean =>
  canEncrypt(key) && (!isWeak(key) || weakTicked)

export interface SheetKeyProps {
  readonly keys: readonly MasterKey[]
  readonly profile: Profile | undefined
  readonly bucket: string
  readonly chosen: MasterKey | undefined
  readonly onChoose: (id: MasterKeyId) => void
  readonly weak: boolean
  readonly onWeak: (on: boolean) => void
}

/**
 * Chooses the master key of this upload. A key that is made in one of its dialogs becomes the
 * choice.
 */
export function SheetKey(props: SheetKeyProps) {
  const [asked, ask] = useState<'generate' | 'import' | null>(null)
  const usable = props.keys.filter((key) => canEncryptIn(key, props.profile))
  return (
    <>
      {usable.length === 0 ? <NoKey ask={ask} /> : <KeyChoice {...props} usable={usable} />}
      {asked === 'generate' && <KeyGenerateDialog onClose={() => ask(null)} />}
      {asked === 'import' && <KeyImportDialog onClose={() => ask(null)} />}
    </>
  )
}

function NoKey({ ask }: { readonly ask: (what: 'generate' | 'import') => void }) {
  const t = useText()
  const rich = useRich()
  const actions = (
    <>
      <Button size="sm" kind="primary" onClick={() => ask('generate')}>
        {t('objects:sheet.generate')}
      </Button>
      <Button size="sm" onClick={() => ask('import')}>
        {t('objects:sheet.import')}
      </Button>
    </>
  )
  return (
    <>
      <span className="label">{t('objects:sheet.key')}</span>
      <div>
        <Note kind="warn" icon="key" actions={actions}>
          {rich('objects:sheet.noKey', {})}
        </Note>
      </div>
    </>
  )
}

/**
 * The key's fingerprint, whether it is a default, when it was tried, and whether it has a backup.
 */
function KeyChoice({
  usable,
  profile,
  bucket,
  chosen,
  onChoose,
  weak,
  onWeak,
}: SheetKeyProps & { readonly usable: readonly MasterKey[] }) {
  const t = useText()
  const rich = useRich()
  const from = defaultKeyOf(profile, bucket)
  const origin = (key: MasterKey) =>
    from?.id !== key.id ? t('objects:sheet.notDefault') : t(`objects:sheet.default.${from.from}`)
  return (
    <>
      <span className="label" id="sheet-key">
        {t('objects:sheet.key')}
      </span>
      <div className="field">
        <Select
          tall
          icon={chosen === undefined ? 'key' : keyIconOf(chosen)}
          labelledBy="sheet-key"
          value={chosen?.id ?? ''}
          onChange={onChoose}
          options={usable.map((key) => ({
            value: key.id,
            text: key.name,
            label: (
              <>
                {shownName(key.name)}{' '}
                <span className="mono faint">{shownName(markOf(key, 2))}</span>
              </>
            ),
          }))}
          shown={
            chosen === undefined ? (
              <span className="faint">{t('objects:sheet.chooseKey')}</span>
            ) : (
              <>
                <span className="medium">{shownName(chosen.name)}</span>
                <br />
                <span className="faint small">
                  <span className="mono">{shownName(markOf(chosen, 4))}</span>, {origin(chosen)}
                </span>
              </>
            )
          }
        />
        {chosen !== undefined && <KeyProof masterKey={chosen} />}
        {chosen !== undefined &&
          profile !== undefined &&
          from?.id !== chosen.id &&
          !isWeak(chosen) &&
          chosen.origin !== 'session' && (
            <MakeDefault masterKey={chosen} profileId={profile.id} bucket={bucket} />
          )}
        {chosen !== undefined && isWeak(chosen) && (
          <>
            <Note kind="bad" icon="alert">
              {rich('objects:sheet.weak', {}, { name: shownName(chosen.name), bits: chosen.bits })}
            </Note>
            <Checkbox checked={weak} onChange={onWeak}>
              {t('objects:sheet.weakTick')}
            </Checkbox>
          </>
        )}
      </div>
    </>
  )
}

/** The default of a bucket is set here, where the user wants it. */
function MakeDefault({
  masterKey,
  profileId,
  bucket,
}: {
  readonly masterKey: MasterKey
  readonly profileId: string
  readonly bucket: string
}) {
  const t = useText()
  const setDefault = useSetDefaultKey()
  const problem = useProblem(setDefault.error)
  return (
    <>
      <div>
        <button
          type="button"
          className="link"
          onClick={() => setDefault.mutate({ profileId, bucket, keyId: masterKey.id })}
        >
          {t('objects:sheet.makeDefault', { bucket })}
        </button>
      </div>
      {problem !== null && <Message message={problem} alert />}
    </>
  )
}

function KeyProof({ masterKey }: { readonly masterKey: MasterKey }) {
  const t = useText()
  const q = useQuantities()
  if (!masterKey.hasPrivate)
    return <Message message={{ kind: 'warn', text: t('objects:sheet.publicOnly') }} />
  const proof =
    masterKey.proven === null
      ? t('objects:sheet.notProven')
      : t('objects:sheet.proven', { time: q.time(masterKey.proven) })
  const { kind, text } = costOf(masterKey, t, q)
  return (
    <>
      <WritesNote masterKey={masterKey} />
      <Message message={{ kind, text: [proof, text].join(t('common:space')) }} />
    </>
  )
}

/** KMS and programs need no backup, and are called for every file. */
function costOf(
  key: MasterKey,
  t: Text,
  q: Quantities,
): { readonly kind: 'ok' | 'warn'; readonly text: string } {
  if (key.kind !== 'rsa')
    return {
      kind: 'ok',
      text: t(key.kind === 'kms' ? 'objects:sheet.kms' : 'objects:sheet.program'),
    }
  if (key.origin === 'sample') return { kind: 'ok', text: t('objects:sheet.sample') }
  return key.backedUp === null
    ? { kind: 'warn', text: t('objects:sheet.noBackup') }
    : { kind: 'ok', text: t('objects:sheet.backed', { time: q.time(key.backedUp) }) }
}

/** Shown when other SDKs cannot read the format. */
function WritesNote({ masterKey: key }: { readonly masterKey: MasterKey }) {
  const t = useText()
  const note = writesNote(key.writes, boundOf(key), t)
  return note === null ? null : (
    <Message
      message={{
        kind: 'warn',
        text: t('objects:sheet.writes', { format: writesText(key.kind, key.writes, t), note }),
      }}
    />
  )
}
