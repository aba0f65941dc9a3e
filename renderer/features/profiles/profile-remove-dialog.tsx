import type { Profile } from '../../../shared/contract/models.ts'
import { useRemoveProfile } from '../../queries/profiles-edit.ts'
import { shownName } from '../../text/shown-name.ts'
import { useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Dialog } from '../../ui/controls/dialog.tsx'
import { Message } from '../../ui/controls/field.tsx'
import { useProblem } from '../../ui/use-problem.ts'

/**
 * Removing a profile forgets its secret here and changes nothing in OSS. `onClose` says whether it
 * was removed.
 */
export function ProfileRemoveDialog({
  profile,
  onClose,
}: {
  readonly profile: Profile
  readonly onClose: (removed: boolean) => void
}) {
  const t = useText()
  const remove = useRemoveProfile()
  const problem = useProblem(remove.error)
  return (
    <Dialog
      title={t('profiles:remove.title', { name: shownName(profile.name) })}
      width={500}
      onClose={() => onClose(false)}
      footer={
        <>
          <span className="grow" />
          <Button autoFocus onClick={() => onClose(false)}>
            {t('profiles:remove.keep')}
          </Button>
          <Button
            kind="danger"
            busy={remove.isPending}
            onClick={() => remove.mutate({ id: profile.id }, { onSuccess: () => onClose(true) })}
          >
            {t(remove.isPending ? 'profiles:remove.busy' : 'profiles:remove.do')}
          </Button>
        </>
      }
    >
      <p>{t('profiles:remove.text')}</p>
      {problem !== null && <Message message={problem} alert />}
    </Dialog>
  )
}
