import { CopyDetails } from './copy-details.tsx'
import type { FieldMessage } from './controls/field.tsx'
import { Note } from './note.tsx'

/** A bar across a page whose last action failed. */
export function ProblemBar({ problem }: { readonly problem: FieldMessage }) {
  return (
    <Note
      kind="bad"
      icon="alert"
      bar
      {...(problem.error !== undefined && { actions: <CopyDetails error={problem.error} /> })}
    >
      {problem.text}
    </Note>
  )
}
