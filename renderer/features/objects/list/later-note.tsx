import type { FormatName } from '../../../../shared/contract/errors.ts'
import { errorSentence } from '../../../text/sentence.ts'
import { useLanguage, useRich } from '../../../text/use-text.tsx'
import { Note } from '../../../ui/note.tsx'

/** A format that the app recognises and cannot read. */
export function LaterNote({ format }: { readonly format: FormatName }) {
  const rich = useRich()
  const language = useLanguage()
  return (
    <Note icon="later">
      {rich(
        'objects:d.later',
        {},
        { sentence: errorSentence({ code: 'unsupported-format', format }, language) },
      )}
    </Note>
  )
}
