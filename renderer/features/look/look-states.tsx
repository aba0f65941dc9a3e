import { useEffect, useState } from 'react'
import type { AppError } from '../../../shared/contract/errors.ts'
import type { Preview } from '../../../shared/contract/models-previews.ts'
import type { ObjectRow } from '../../../shared/contract/models.ts'
import { fetchPreview, usePreview, type PreviewedObject } from '../../queries/previews.ts'
import { askToUnlock, isLocked } from '../../queries/unlock.ts'
import { lastOf } from '../../state/ui.ts'
import { errorOf } from '../../text/error-of.ts'
import { errorSentence } from '../../text/sentence.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useLanguage, useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { extensionOf } from '../../../shared/contract/file-kinds.ts'
import { LookLoading } from './look-loading.tsx'
import type { LookFailure } from './look-view.ts'
import { DECODED_BYTES } from './viewers/use-decoded.ts'

/** The actions on a file whose content is not shown. */
export interface FileActs {
  readonly open: () => void
  readonly download: (raw: boolean) => void
  /** True: a program of the system can open the file. */
  readonly canOpen: boolean
}

/** Bytes that are shown of a file without a preview. */
const BYTES = 4000

/** The core refuses to show the file, or cannot read it. */
export function LookRefused({
  error,
  acts,
  onRetry,
}: {
  readonly error: AppError
  readonly acts: FileActs
  readonly onRetry: () => void
}) {
  const t = useText()
  const language = useLanguage()
  const replaced = isReplaced(error)
  const isSeal = error.code === 'seal-refused' || error.code === 'not-sealed'
  return (
    <Empty
      kind="bad"
      icon={replaced || isSeal || error.code === 'message-damaged' ? 'changed' : 'alert'}
      title={t(replaced ? 'look:refused.title' : isSeal ? 'seals:notShown' : 'look:failed.title')}
      actions={
        replaced || isSeal ? (
          <Button onClick={() => acts.download(true)}>{t('look:raw')}</Button>
        ) : isLocked(error) ? (
          <Button kind="primary" onClick={() => void askToUnlock(error).then(onRetry)}>
            {t('common:act.unlock')}
          </Button>
        ) : (
          <Button onClick={onRetry}>{t('look:retry')}</Button>
        )
      }
    >
      {replaced ? t('look:refused.text') : errorSentence(error, language)}
    </Empty>
  )
}

/** Tells whether an encrypted object was exchanged for a plain one. */
export const isReplaced = (error: AppError): boolean =>
  error.code === 'not-encrypted' && error.why === 'was-encrypted'

/** There is no preview of this file, and why. */
export function LookCannot({
  row,
  object,
  failure,
  acts,
}: {
  readonly row: ObjectRow
  readonly object: PreviewedObject
  readonly failure: Exclude<LookFailure, { readonly error: AppError }> | 'none' | 'empty'
  readonly acts: FileActs
}) {
  const t = useText()
  const q = useQuantities()
  const [showsBytes, setShowsBytes] = useState(false)
  if (showsBytes) return <LookBytes row={row} object={object} acts={acts} />
  const extension = extensionOf(row.key)
  const bytes = q.bytes(row.size)
  const title = {
    none: t(extension === '' ? 'look:cannot.titleNone' : 'look:cannot.title', { extension }),
    binary: t('look:cannot.titleNone'),
    broken: t('look:broken.title'),
    large: t('look:large.title'),
    locked: t('look:locked.title'),
    empty: t('look:empty.title'),
  }[failure]
  const why = {
    none: null,
    binary: null,
    broken: t('look:broken.text'),
    large: t('look:large.text', { bytes: q.bytes(DECODED_BYTES) }),
    locked: t('look:locked.text'),
    empty: '',
  }[failure]
  return (
    <Empty
      icon={failure === 'broken' ? 'alert' : 'file'}
      title={title}
      actions={
        failure === 'empty' ? undefined : (
          <>
            {acts.canOpen && (
              <Button kind="primary" onClick={acts.open}>
                {t('look:open')}
              </Button>
            )}
            <Button onClick={() => acts.download(false)}>{t('objects:act.downloadDots')}</Button>
            <Button onClick={() => setShowsBytes(true)}>
              {t('look:cannot.bytes', { bytes: q.bytes(Math.min(row.size, BYTES)) })}
            </Button>
          </>
        )
      }
    >
      {why ?? t(acts.canOpen ? 'look:cannot.open' : 'look:cannot.download', { bytes })}
    </Empty>
  )
}

function LookBytes({
  row,
  object,
  acts,
}: {
  readonly row: ObjectRow
  readonly object: PreviewedObject
  readonly acts: FileActs
}) {
  const [attempt, setAttempt] = useState(0)
  const state = usePreview(object, BYTES, attempt)
  const retry = () => setAttempt(attempt + 1)
  if (state.phase === 'opening') return <LookLoading />
  if (state.phase === 'failed')
    return <LookRefused error={state.error} acts={acts} onRetry={retry} />
  return <HexTable preview={state.preview} name={row.key} acts={acts} onRetry={retry} />
}

function HexTable({
  preview,
  name,
  acts,
  onRetry,
}: {
  readonly preview: Preview
  readonly name: string
  readonly acts: FileActs
  readonly onRetry: () => void
}) {
  const t = useText()
  const [shown, setShown] = useState<readonly string[] | AppError>([])
  useEffect(() => {
    const left = new AbortController()
    fetchPreview(preview, BYTES, left.signal).then(
      (bytes) => setShown(hexLines(bytes)),
      (cause: unknown) => {
        if (!left.signal.aborted) setShown(errorOf(cause))
      },
    )
    return () => left.abort()
  }, [preview.id])
  if (!Array.isArray(shown))
    return <LookRefused error={shown as AppError} acts={acts} onRetry={onRetry} />
  return (
    <div
      className="look-read look-hex"
      tabIndex={0}
      role="region"
      aria-label={`${t('look:bytes')}: ${lastOf(name)}`}
    >
      {shown.join('\n')}
    </div>
  )
}

/** Writes bytes as people read them: place, sixteen bytes, and their characters. */
export function hexLines(bytes: Uint8Array): readonly string[] {
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += 16) {
    const row = Array.from(bytes.subarray(at, at + 16))
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const text = row
      .map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'))
      .join('')
    lines.push(`${at.toString(16).padStart(6, '0')}  ${hex.padEnd(47)}  ${text}`)
  }
  return lines
}
