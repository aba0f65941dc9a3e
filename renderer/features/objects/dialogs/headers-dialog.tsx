import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ObjectFacts } from '../../../../shared/contract/models.ts'
import { errorOf } from '../../../text/error-of.ts'
import { headersQuery, useEditHeaders } from '../../../queries/headers.ts'
import type { Place } from '../../../queries/objects.ts'
import { say } from '../../../ui/announce.ts'
import { lastOf } from '../../../state/ui.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useText } from '../../../text/use-text.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { Dialog } from '../../../ui/controls/dialog.tsx'
import { Field, Message } from '../../../ui/controls/field.tsx'
import { useProblem } from '../../../ui/use-problem.ts'
import {
  changeOf,
  headerFormOf,
  isEditable,
  rowFaults,
  STANDARD,
  valueFault,
  type HeaderForm,
  type Standard,
} from './header-form.ts'
import { HeaderRows } from './header-rows.tsx'

/** Examples of the values, as HTTP spells them. */
const EXAMPLES: Readonly<Record<Standard, string>> = {
  'Content-Type': 'application/octet-stream',
  'Content-Disposition': 'attachment; filename="report.pdf"',
  'Content-Encoding': 'gzip',
  'Content-Language': 'zh-CN',
  'Cache-Control': 'no-cache',
  Expires: 'Fri, 31 Dec 2027 16:00:00 GMT',
}

/**
 * Edits headers and user metadata of one object. Only changes are sent. The headers that decrypt
 * the object are left out.
 */
export function HeadersDialog({
  place,
  objectKey,
  onClose,
}: {
  readonly place: Place
  readonly objectKey: string
  readonly onClose: () => void
}) {
  const t = useText()
  const facts = useQuery(headersQuery(place, objectKey))
  const [typed, setTyped] = useState<HeaderForm | null>(null)
  const edit = useEditHeaders(place, objectKey)
  const problem = useProblem(facts.error ?? edit.error)
  const before = facts.data === undefined ? null : headerFormOf(facts.data)
  const form = typed ?? before
  const change = before === null || form === null ? {} : changeOf(before, form)
  const leave = edit.isPending ? edit.stop : onClose
  const save = () => {
    if (facts.data !== undefined)
      edit.mutate(
        { etag: facts.data.etag, change },
        {
          onSuccess: () => {
            say(t('objects:headers.saved'))
            onClose()
          },
        },
      )
  }
  const footer = (
    <>
      <span className="grow" />
      <Button onClick={leave}>{t('common:act.cancel')}</Button>
      <Button
        kind="primary"
        busy={edit.isPending}
        disabled={
          before === null ||
          form === null ||
          Object.keys(change).length === 0 ||
          hasFault(before, form)
        }
        onClick={save}
      >
        {t(edit.isPending ? 'objects:headers.doing' : 'objects:headers.do')}
      </Button>
    </>
  )
  return (
    <Dialog
      title={t('objects:headers.title', { name: shownName(lastOf(objectKey)) })}
      subtitle={t('objects:headers.sub')}
      width={620}
      footer={footer}
      onClose={leave}
    >
      {facts.isPending && <p className="hint">{t('objects:headers.loading')}</p>}
      {before !== null && form !== null && (
        <Fields before={before} form={form} onChange={setTyped} />
      )}
      {facts.data !== undefined && <UneditableHeaders facts={facts.data} />}
      {problem !== null && <Message message={problem} alert />}
      {edit.error !== null && errorOf(edit.error).code === 'object-changed' && (
        <p className="hint">{t('objects:headers.changed')}</p>
      )}
    </Dialog>
  )
}

function Fields({
  before,
  form,
  onChange,
}: {
  readonly before: HeaderForm
  readonly form: HeaderForm
  readonly onChange: (form: HeaderForm) => void
}) {
  const t = useText()
  return (
    <>
      <div className="form headers">
        {STANDARD.map((name) => {
          const value = form.standard[name]
          const fault = valueFault(value, before.standard[name])
          return (
            <Field
              key={name}
              label={name}
              message={fault === null ? null : { kind: 'bad', text: t(`objects:headers.${fault}`) }}
            >
              {(control) => (
                <input
                  {...control}
                  className={`input mono${fault === null ? '' : ' err'}`}
                  autoComplete="off"
                  spellCheck={false}
                  placeholder={EXAMPLES[name]}
                  value={value}
                  onChange={(event) =>
                    onChange({
                      ...form,
                      standard: { ...form.standard, [name]: event.target.value },
                    })
                  }
                />
              )}
            </Field>
          )
        })}
      </div>
      <HeaderRows before={before} form={form} onChange={onChange} />
    </>
  )
}

/** Says that other metadata in the details cannot be edited, so that nobody looks for it. */
function UneditableHeaders({ facts }: { readonly facts: ObjectFacts }) {
  const t = useText()
  const names = Object.keys(facts.metadata).filter((name) => !isEditable(name))
  return names.length === 0 ? null : (
    <p className="hint">{t('objects:headers.kept', { names: names.map(shownName).join(', ') })}</p>
  )
}

const hasFault = (before: HeaderForm, form: HeaderForm): boolean =>
  STANDARD.some((name) => valueFault(form.standard[name], before.standard[name]) !== null) ||
  rowFaults(before, form.rows).some(({ name, value }) => name !== null || value !== null)
