import { useState } from 'react'
import type { AppError } from '../../shared/contract/errors.ts'
import { say } from './announce.ts'
import { isForSupport, supportText, type About } from '../text/support.ts'
import { useLanguage, useText, type Text } from '../text/use-text.tsx'
import { IconButton } from './controls/button.tsx'
import { copyText } from './controls/clipboard.ts'

export interface CopyDetailsProps {
  readonly error: AppError
  /** When it happened; otherwise when it was first shown here. */
  readonly at?: Date | undefined
  readonly endpoint?: string | undefined
  /** In a list that is one tab stop. */
  readonly tabIndex?: number
}

/** On the clipboard, and said. Must be called from a click or a key press. */
export function copyError(error: AppError, about: About, t: Text): void {
  copyText(supportText(error, about))
  say(t('common:act.copied'))
}

/**
 * A button that copies an error for those who help. Nothing where they could not: a wrong
 * passphrase needs no support.
 */
export function CopyDetails({ error, at, endpoint, tabIndex }: CopyDetailsProps) {
  const t = useText()
  const language = useLanguage()
  const [shown] = useState(() => new Date())
  if (!isForSupport(error)) return null
  return (
    <IconButton
      icon="copy"
      small
      label={t('common:act.copyDetails')}
      onClick={() => copyError(error, { language, at: at ?? shown, endpoint }, t)}
      {...(tabIndex !== undefined && { tabIndex })}
    />
  )
}
