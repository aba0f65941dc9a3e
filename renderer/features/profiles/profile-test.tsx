import { errorOf } from '../../text/error-of.ts'
import { useTestProfile } from '../../queries/profiles-edit.ts'
import { useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Message, type FieldMessage } from '../../ui/controls/field.tsx'
import { useProblem } from '../../ui/use-problem.ts'
import { bucketsIn, canTest, fieldsOf } from './profile-form.ts'
import type { FormPart } from './profile-form.ts'

/** Asks OSS with what is in the form, and says the answer under the button. */
export function ProfileTest({ form, profile }: FormPart) {
  const t = useText()
  const test = useTestProfile()
  const problem = useProblem(test.error)
  const clock = test.error !== null && errorOf(test.error).code === 'clock'
  // A name is no part of the question, but the shape wants one.
  const ask = () =>
    test.mutate({
      id: profile?.id ?? null,
      bucket: bucketsIn(form)[0] ?? null,
      ...fieldsOf({ ...form, name: form.name.trim() || '-' }),
    })
  const good: FieldMessage | null =
    test.data === undefined
      ? null
      : {
          kind: 'ok',
          text:
            test.data.buckets === 0
              ? t('profiles:test.none')
              : t('profiles:test.ok', { count: test.data.buckets }),
        }
  const answer = problem === null ? good : clock ? { ...problem, icon: 'clock' as const } : problem
  return (
    <>
      <span className="label">{t('profiles:test')}</span>
      <div className="field">
        <div>
          <Button
            icon="refresh"
            disabled={!canTest(form, profile)}
            busy={test.isPending}
            onClick={ask}
          >
            {t(test.isPending ? 'profiles:test.busy' : 'profiles:test.do')}
          </Button>
        </div>
        {answer !== null && !test.isPending && <Message message={answer} alert />}
      </div>
    </>
  )
}
