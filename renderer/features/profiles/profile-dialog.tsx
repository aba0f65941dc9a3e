import { useState } from 'react'
import type { Profile } from '../../../shared/contract/models.ts'
import { useAddProfile, useDefaultKeyOf, useUpdateProfile } from '../../queries/profiles-edit.ts'
import { useProfiles } from '../../queries/profiles.ts'
import { shownName } from '../../text/shown-name.ts'
import { go, useUi } from '../../state/ui.ts'
import { useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Dialog } from '../../ui/controls/dialog.tsx'
import { Message } from '../../ui/controls/field.tsx'
import { useProblem } from '../../ui/use-problem.ts'
import { ProfileCredentials } from './profile-credentials.tsx'
import {
  canSave,
  fieldsOf,
  formOf,
  withFound,
  type FormPart,
  type ProfileForm,
} from './profile-form.ts'
import { FoundAccounts } from './profile-found.tsx'
import { ProfileKey, ProfilePlace } from './profile-place.tsx'
import { ProfileRemoveDialog } from './profile-remove-dialog.tsx'
import { ProfileSeals } from './profile-seals.tsx'
import { ProfileTest } from './profile-test.tsx'

/** Adds, edits or removes a profile. The secret goes to the core once and is never shown again. */
export function ProfileDialog({
  profile: opened,
  onClose,
}: {
  readonly profile?: Profile | undefined
  readonly onClose: () => void
}) {
  const t = useText()
  // A removed profile leaves the list of profiles before the dialog closes.
  const [profile] = useState(opened)
  const others = useProfiles().data ?? []
  const [form, setForm] = useState(() => formOf(profile ?? null, others))
  const [removing, setRemoving] = useState(false)
  // The profile exists, and only its default key was refused. The next try must not add another
  // profile.
  const [added, setAdded] = useState<Profile | null>(null)
  const add = useAddProfile()
  const update = useUpdateProfile()
  const setDefault = useDefaultKeyOf()
  const problem = useProblem(add.error ?? update.error ?? setDefault.error)
  const busy = add.isPending || update.isPending || setDefault.isPending
  const stored = profile ?? added

  const [revision, setRevision] = useState(0)
  const change = (fields: Partial<ProfileForm>) => {
    setForm((before) => ({ ...before, ...fields }))
    setRevision((before) => before + 1)
  }
  const save = async () => {
    const saved =
      stored === null
        ? await add.mutateAsync(fieldsOf(form))
        : await update.mutateAsync({ id: stored.id, ...fieldsOf(form) })
    setAdded(saved)
    if ((saved.defaultKey ?? '') !== form.keyId)
      await setDefault.mutateAsync({
        profileId: saved.id,
        bucket: null,
        keyId: form.keyId === '' ? null : form.keyId,
      })
    onClose()
  }
  const part: FormPart = { form, change, profile: stored }
  if (removing && profile !== undefined)
    return (
      <ProfileRemoveDialog
        profile={profile}
        onClose={(removed) => {
          if (!removed) return setRemoving(false)
          const { page, place } = useUi.getState()
          if (place?.profileId === profile.id) go({ page, place: null })
          onClose()
        }}
      />
    )
  return (
    <Dialog
      title={
        profile === undefined
          ? t('profiles:add.title')
          : t('profiles:edit.title', { name: shownName(profile.name) })
      }
      subtitle={t('profiles:sub')}
      onClose={() => {
        if (!busy) onClose()
      }}
      footer={
        <>
          {profile !== undefined && (
            <Button kind="danger-quiet" icon="trash" onClick={() => setRemoving(true)}>
              {t('profiles:remove')}
            </Button>
          )}
          <span className="grow" />
          <Button disabled={busy} onClick={onClose}>
            {t('profiles:cancel')}
          </Button>
          <Button
            kind="primary"
            disabled={!canSave(form, stored)}
            busy={busy}
            onClick={() => void save().catch(() => undefined)}
          >
            {profile === undefined
              ? t(busy ? 'profiles:do.adding' : 'profiles:do.add')
              : t(busy ? 'profiles:do.saving' : 'profiles:do.save')}
          </Button>
        </>
      }
    >
      {profile === undefined && (
        <FoundAccounts taken={form.found} onTake={(found) => change(withFound(form, found))} />
      )}
      <div className="form">
        <ProfilePlace {...part} />
        <ProfileCredentials {...part} />
        <ProfileKey {...part} />
        <ProfileSeals {...part} />
        {/* An answer belongs to the values that it was asked with. */}
        <ProfileTest key={revision} {...part} />
      </div>
      {problem !== null && <Message message={problem} alert />}
    </Dialog>
  )
}
