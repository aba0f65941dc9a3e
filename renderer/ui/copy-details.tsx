import { useState } from 'react'
import type { AppError } from '../../shared/contract/errors.ts'
import { say } from './announce.ts'
import { isForSupport, supportText, type About } from '../text/support.ts'
import { useLanguage, useText, type Text } from '../text/use-text.tsx'
import { IconButton } from './controls/button.tsx'
import { copyText } from './controls/clipboard.ts'

export interface CopyDetailsProps {
  readonly error: AppError
  /** When the error happened. Without it, the time of its first display counts. */
  readonly at?: Date | undefined
  readonly endpoint?: string | undefined
  /** For a list that is one tab stop. */
  readonly tabIndex?: number
}

/**
 * Copies an error to the clipboard and announces it. Must be called from a click or a key press.
 */
export function copyError(error: AppError, about: About, t: Text): void {
  copyText(supportText(error, about))
  say(t('common:act.copied'))
}

/**
 * A button that copies an error for support. It is empty for errors that support cannot help with,
 * such as a wrong passphrase.
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
