import type { DescriptionStyle, MasterKeyId } from '../../../../shared/contract/models.ts'
import { useCheckedDescription } from '../../../queries/keys.ts'
import { useText } from '../../../text/use-text.tsx'
import { Field, type FieldMessage } from '../../../ui/controls/field.tsx'
import { Select } from '../../../ui/controls/select.tsx'
import { useProblem } from '../../../ui/use-problem.ts'

export interface Description {
  readonly text: string
  readonly style: DescriptionStyle
}

export interface CheckedDescription {
  /** May a key be made with it? False while that is being asked. */
  readonly fit: boolean
  /** The text as objects will carry it; null while it is not fit. */
  readonly written: string | null
  readonly message: FieldMessage | null
}

/**
 * The core's judgement of a description as it is typed. `asked`: is it time to tell that it is
 * empty? Not before anything was typed.
 */
export function useDescription(
  { text, style }: Description,
  exceptId: MasterKeyId | null,
  asked = true,
): CheckedDescription {
  const t = useText()
  const checked = useCheckedDescription(text, style, exceptId)
  const problem = useProblem(checked.error)
  if (checked.error !== null) return { fit: false, written: null, message: problem }
  const written = checked.data?.written ?? null
  const settled = checked.data !== undefined && !checked.isPlaceholderData
  return {
    fit: settled,
    written,
    message:
      settled && written === '' && asked ? { kind: 'warn', text: t('keys:desc.empty') } : null,
  }
}

interface DescriptionProps {
  readonly value: Description
  readonly onChange: (value: Description) => void
  readonly checked: CheckedDescription
  readonly note?: FieldMessage | null
}

/** The JSON editor of a key description and its text style: two rows of a `.form`. */
export function DescriptionFields(props: DescriptionProps) {
  return (
    <>
      <DescriptionField {...props} />
      <StyleField {...props} />
    </>
  )
}

/** The JSON editor alone. */
export function DescriptionField({ value, onChange, checked, note }: DescriptionProps) {
  const t = useText()
  return (
    <Field
      label={t('keys:desc')}
      hint={t('keys:desc.hint')}
      message={checked.message ?? note ?? null}
    >
      {(control) => (
        <textarea
          {...control}
          className={`input mono${checked.message?.kind === 'bad' ? ' err' : ''}`}
          rows={3}
          spellCheck={false}
          autoComplete="off"
          placeholder={'{"team": "studio"}'}
          value={value.text}
          onChange={(e) => onChange({ ...value, text: e.target.value })}
        />
      )}
    </Field>
  )
}

/** How the description is spelled: each with what objects will carry. */
export function StyleField({ value, onChange, checked }: DescriptionProps) {
  const t = useText()
  const preview = (style: DescriptionStyle, label: string) => ({
    value: style,
    text: label,
    label: (
      <>
        {label}
        {style === value.style && checked.written !== null && checked.written !== '' && (
          <>
            {' '}
            <span className="mono faint">{checked.written}</span>
          </>
        )}
      </>
    ),
  })
  return (
    <Field label={t('keys:style')}>
      {(_, labelId) => (
        <Select
          labelledBy={labelId}
          value={value.style}
          onChange={(style) => onChange({ ...value, style })}
          options={[
            preview('compact', t('keys:style.compact')),
            preview('python', t('keys:style.python')),
          ]}
        />
      )}
    </Field>
  )
}
