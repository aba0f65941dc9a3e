import type { RefObject } from 'react'
import type { AppError } from '../../../shared/contract/errors.ts'
import type { ObjectRow } from '../../../shared/contract/models.ts'
import type { PreviewedObject, PreviewState } from '../../queries/previews.ts'
import type { LookKind } from './look-kind.ts'
import { LookMedia } from './viewers/look-media.tsx'
import { LookPdf } from './viewers/look-pdf.tsx'
import { LookDecoded, LookPicture } from './viewers/look-picture.tsx'
import { LookLoading } from './look-loading.tsx'
import { LookCannot, LookRefused, type FileActs } from './look-states.tsx'
import { LookText } from './viewers/look-text.tsx'
import type { ContentProps, LookFailure } from './look-view.ts'

interface LookContentProps extends Omit<ContentProps, 'preview' | 'name'> {
  readonly object: PreviewedObject
  readonly row: ObjectRow
  readonly kind: LookKind
  /** Null: the file is not opened, because it has no preview. */
  readonly state: PreviewState | null
  readonly failure: LookFailure | null
  readonly error: AppError | null
  readonly media: RefObject<HTMLMediaElement | null>
  readonly acts: FileActs
  readonly onRetry: () => void
}

/** The content of a file, or the reason why it is not shown. */
export function LookContent(props: LookContentProps) {
  const { object, row, kind, state, failure, error, acts } = props
  if (error !== null) return <LookRefused error={error} acts={acts} onRetry={props.onRetry} />
  if (row.size === 0) return <LookCannot {...{ row, object, acts }} failure="empty" />
  if (state === null || kind === 'none')
    return <LookCannot {...{ row, object, acts }} failure="none" />
  if (failure !== null && typeof failure === 'string')
    return <LookCannot {...{ row, object, acts, failure }} />
  if (state.phase !== 'open') return <LookLoading />
  const { view, change, onFailure, media } = props
  const content = { preview: state.preview, name: row.key, view, change, onFailure }
  switch (kind) {
    case 'picture':
      return <LookPicture {...content} />
    case 'heic':
    case 'tiff':
      return <LookDecoded {...content} format={kind} />
    case 'pdf':
      return <LookPdf {...content} />
    case 'video':
    case 'audio':
      return <LookMedia {...content} kind={kind} media={media} />
    case 'text':
      return <LookText {...content} />
  }
}
