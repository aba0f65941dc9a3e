import { useState } from 'react'
import type { MasterKey, Profile, ProfileId } from '../../../../shared/contract/models.ts'
import { useGenerateKey, useKeys, useProveKey, useSetDefaultKey } from '../../../queries/keys.ts'
import { useProfiles } from '../../../queries/profiles.ts'
import { useSecrets } from '../../../queries/secrets.ts'
import { useText } from '../../../text/use-text.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { Checkbox } from '../../../ui/controls/checkbox.tsx'
import { Dialog } from '../../../ui/controls/dialog.tsx'
import { Field, Message } from '../../../ui/controls/field.tsx'
import { Segmented } from '../../../ui/controls/segmented.tsx'
import { useProblem } from '../../../ui/use-problem.ts'
import {
  DescriptionFields,
  useDescription,
  type Description,
} from '../fields/description-field.tsx'
import { KeyBackupDialog } from './key-backup-dialog.tsx'
import { NameField, useFreeName } from '../fields/name-field.tsx'

const SIZES = ['2048', '3072', '4096'] as const
const BITS = { 2048: 2048, 3072: 3072, 4096: 4096 } as const

/**
 * Makes a master key, tries it (wrap, unwrap, compare), makes it the default where wanted, and
 * leads on to its backup.
 */
export function KeyGenerateDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useText()
  const place = useSecrets().data?.place ?? 'keychain'
  const profiles = useProfiles().data?.filter((profile) => profile.kind !== 'practice') ?? []
  const keys = useKeys().data ?? []
  const [name, setName] = useState('')
  const [size, setSize] = useState<(typeof SIZES)[number]>('3072')
  const [description, setDescription] = useState<Description>({ text: '', style: 'compact' })
  const [choices, setChoices] = useState<Readonly<Record<ProfileId, boolean>>>({})
  const [made, setMade] = useState<MasterKey | null>(null)
  const generate = useGenerateKey()
  const own = generate.data?.id ?? null
  const checked = useDescription(description, own, name !== '' || description.text !== '')
  const prove = useProveKey()
  const setDefault = useSetDefaultKey()
  const failed = useProblem(generate.error ?? prove.error ?? setDefault.error)
  const busy = generate.isPending || prove.isPending || setDefault.isPending

  const named = useFreeName(name, own)
  const wanted = (profile: Profile) => choices[profile.id] ?? profile.defaultKey === null
  const fit = generate.isSuccess || (named.fit && checked.fit)
  const start = async () => {
    // A second press after a failed proof tries the key that was made, and makes no other one.
    const key =
      generate.data ??
      (await generate.mutateAsync({
        name: name.trim(),
        bits: BITS[size],
        description: description.text,
        style: description.style,
      }))
    const proven = key.proven === null ? await prove.mutateAsync({ id: key.id }) : key
    for (const profile of profiles.filter(wanted))
      await setDefault.mutateAsync({ profileId: profile.id, bucket: null, keyId: key.id })
    setMade(proven)
  }

  if (made !== null) return <KeyBackupDialog masterKey={made} fresh onClose={onClose} />
  return (
    <Dialog
      title={t('keys:gen.title')}
      subtitle={t(place === 'keychain' ? 'keys:gen.sub.keychain' : 'keys:gen.sub.file')}
      onClose={() => {
        if (!busy) onClose()
      }}
      footer={
        <>
          <span className="hint grow">{t('keys:gen.next')}</span>
          <Button disabled={busy} onClick={onClose}>
            {t('keys:act.cancel')}
          </Button>
          <Button
            kind="primary"
            disabled={!fit}
            busy={busy}
            onClick={() => void start().catch(() => undefined)}
          >
            {t(prove.isPending ? 'keys:gen.proving' : busy ? 'keys:gen.busy' : 'keys:gen.do')}
          </Button>
        </>
      }
    >
      {/* Once the key is made, only its trial and its places are left to try again. */}
      <fieldset className="form" disabled={generate.isSuccess}>
        <NameField value={name} onChange={setName} taken={named.taken} autoFocus />
        <Field label={t('keys:gen.size')} hint={t('keys:gen.size.hint')}>
          {(_, labelId) => (
            <Segmented
              labelledBy={labelId}
              options={SIZES.map((value) => ({ value, label: value }))}
              value={size}
              onChange={setSize}
            />
          )}
        </Field>
        <DescriptionFields value={description} onChange={setDescription} checked={checked} />
        {profiles.length > 0 && (
          <>
            <span className="label flat">{t('keys:gen.default')}</span>
            <div className="stack">
              {profiles.map((profile) => {
                const before = keys.find((key) => key.id === profile.defaultKey)
                return (
                  <Checkbox
                    key={profile.id}
                    checked={wanted(profile)}
                    onChange={(on) => setChoices({ ...choices, [profile.id]: on })}
                  >
                    {before === undefined
                      ? t('keys:gen.default.new', { profile: profile.name })
                      : t('keys:gen.default.instead', { profile: profile.name, key: before.name })}
                  </Checkbox>
                )
              })}
            </div>
          </>
        )}
      </fieldset>
      {failed !== null && <Message message={failed} alert />}
    </Dialog>
  )
}
