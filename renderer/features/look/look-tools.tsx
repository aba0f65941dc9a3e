import { useEffect, useRef } from 'react'
import { useSettings, useUpdateSettings } from '../../queries/settings.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'
import { Button, IconButton } from '../../ui/controls/button.tsx'
import { Select } from '../../ui/controls/select.tsx'
import { extensionOf } from '../../../shared/contract/file-kinds.ts'
import type { LookKind } from './look-kind.ts'
import { nextZoom, type LookView } from './look-view.ts'
import { ENCODINGS, type Encoding } from './viewers/text-encoding.ts'

interface ToolsProps {
  readonly kind: LookKind
  /** Object key. */
  readonly name: string
  readonly view: LookView
  readonly change: (change: Partial<LookView>) => void
}

/** The controls in the head that one kind of content has. */
export function LookTools(props: ToolsProps) {
  switch (props.kind) {
    case 'picture':
    case 'heic':
    case 'tiff':
      return <ZoomTools {...props} />
    case 'pdf':
      return (
        <>
          <PageTools {...props} />
          <ZoomTools {...props} />
        </>
      )
    case 'text':
      return <TextTools {...props} />
    default:
      return null
  }
}

function ZoomTools({ view, change }: ToolsProps) {
  const t = useText()
  return (
    <>
      <IconButton icon="minus" label={t('look:zoomOut')} onClick={() => change(zoomOf(view, -1))} />
      <Button kind="quiet" size="sm" onClick={() => change({ zoom: null })}>
        {view.zoom === null ? t('look:fit') : `${Math.round(view.zoom * 100)} %`}
      </Button>
      <IconButton icon="plus" label={t('look:zoomIn')} onClick={() => change(zoomOf(view, 1))} />
    </>
  )
}

/** Returns the change of one step of zoom. Content that fits starts from its natural size. */
export const zoomOf = ({ zoom }: LookView, by: 1 | -1): Partial<LookView> => ({
  zoom: nextZoom(zoom ?? 1, by),
})

function PageTools({ view, change }: ToolsProps) {
  const t = useText()
  const q = useQuantities()
  if (view.pages === 0) return null
  return (
    <span className="look-pages">
      <label htmlFor="look-page">{t('look:page')}</label>
      <input
        id="look-page"
        className="input"
        inputMode="numeric"
        key={view.page}
        defaultValue={view.page}
        onKeyDown={(event) => {
          if (event.key === 'Enter') change({ page: pageOf(event.currentTarget.value, view) })
        }}
        onBlur={({ currentTarget }) => change({ page: pageOf(currentTarget.value, view) })}
      />
      <span>{t('look:ofPages', { n: q.count(view.pages) })}</span>
    </span>
  )
}

/** Returns the page that a text names, within the document; the current one for other texts. */
export function pageOf(text: string, { page, pages }: Pick<LookView, 'page' | 'pages'>): number {
  const wanted = Number.parseInt(text, 10)
  return Number.isNaN(wanted) ? page : Math.max(1, Math.min(pages, wanted))
}

function TextTools({ name, view, change }: ToolsProps) {
  const t = useText()
  const remembered = useSettings().data?.textEncodings ?? {}
  const settings = useUpdateSettings()
  const extension = extensionOf(name)
  const guessed = view.guessed
  if (guessed === null) return null
  const kept = ENCODINGS.find((encoding) => encoding === remembered[extension])
  const value = view.chosen ?? kept ?? guessed
  const choose = (chosen: Encoding) => {
    change({ chosen })
    settings.mutate({ textEncodings: { ...remembered, [extension]: chosen } })
  }
  const isGuess = view.chosen === null && kept === undefined
  return (
    <>
      <FindTool view={view} change={change} />
      <Select
        auto
        label={t('look:encoding')}
        value={value}
        options={ENCODINGS.map((encoding) => ({ value: encoding, label: nameOf(encoding) }))}
        shown={isGuess ? t('look:guessed', { name: nameOf(value) }) : nameOf(value)}
        onChange={choose}
      />
    </>
  )
}

const NAMES: Readonly<Partial<Record<Encoding, string>>> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16 LE',
  'utf-16be': 'UTF-16 BE',
  gb18030: 'GB 18030',
  big5: 'Big5',
  shift_jis: 'Shift JIS',
  'euc-jp': 'EUC-JP',
  'euc-kr': 'EUC-KR',
  'koi8-r': 'KOI8-R',
}
const nameOf = (encoding: Encoding): string => NAMES[encoding] ?? encoding

function FindTool({ view, change }: Pick<ToolsProps, 'view' | 'change'>) {
  const t = useText()
  const q = useQuantities()
  const field = useRef<HTMLInputElement>(null)
  const isOpen = view.find !== null
  useEffect(() => {
    if (isOpen) field.current?.select()
  }, [isOpen])
  if (!isOpen)
    return (
      <IconButton
        icon="search"
        label={t('look:find')}
        onClick={() => change({ find: '', match: 0 })}
      />
    )
  const step = (by: number) => {
    const of = Math.max(1, view.matches)
    change({ match: (view.match + by + of) % of })
  }
  return (
    <span className="look-find">
      <input
        ref={field}
        className="input"
        autoFocus
        aria-label={t('look:find')}
        value={view.find ?? ''}
        onChange={({ currentTarget }) => change({ find: currentTarget.value, match: 0 })}
        onKeyDown={(event) => {
          if (event.key === 'Enter') step(event.shiftKey ? -1 : 1)
          else if (event.key === 'Escape') change({ find: null })
          else return
          event.stopPropagation()
          event.preventDefault()
        }}
      />
      <span role="status">
        {view.find === ''
          ? ''
          : view.matches === 0
            ? t('look:notFound')
            : t('look:found', { n: q.count(view.match + 1), of: q.count(view.matches) })}
      </span>
    </span>
  )
}
