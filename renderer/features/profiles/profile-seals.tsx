import { useText } from '../../text/use-text.tsx'
import { Checkbox } from '../../ui/controls/checkbox.tsx'
import { Field } from '../../ui/controls/field.tsx'
import type { FormPart } from './profile-form.ts'

/** The rules for seals: of new uploads, and of files that have none. */
export function ProfileSeals({ form, change }: FormPart) {
  const t = useText()
  return (
    <Field
      label={t('profiles:seals')}
      hint={t(form.sealedOnly ? 'profiles:seals.hint.only' : 'profiles:seals.hint')}
    >
      {({ 'aria-describedby': hint }, labelId) => (
        <div role="group" className="stack" aria-labelledby={labelId} aria-describedby={hint}>
          <Checkbox checked={form.sealsNew} onChange={(sealsNew) => change({ sealsNew })}>
            {t('profiles:seals.new')}
          </Checkbox>
          <Checkbox checked={form.sealedOnly} onChange={(sealedOnly) => change({ sealedOnly })}>
            {t('profiles:seals.only')}
          </Checkbox>
        </div>
      )}
    </Field>
  )
}
