import { Dialog as Radix } from 'radix-ui'
import './look.css'
import { useEffect, useRef, useState } from 'react'
import type { ObjectRow } from '../../../shared/contract/models.ts'
import { chosenRows } from '../../queries/chosen.ts'
import { usePreview, WHOLE_BYTES, type PreviewedObject } from '../../queries/previews.ts'
import { closeLook, stepLook, useLook, type LookList } from '../../state/look.ts'
import { lastOf, parentOf } from '../../state/ui.ts'
import { shownName } from '../../text/shown-name.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'
import { alarm, say } from '../../ui/announce.ts'
import { Button, IconButton } from '../../ui/controls/button.tsx'
import { Modal } from '../../ui/controls/modal.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Name } from '../../ui/name.tsx'
import { useDownload } from '../objects/downloads.ts'
import { iconOf } from '../objects/list/rows.ts'
import { LookContent } from './look-content.tsx'
import { integrityText, LookFoot } from './look-foot.tsx'
import { lookKey } from './look-keys.ts'
import { lookKind } from './look-kind.ts'
import { isReplaced, type FileActs } from './look-states.tsx'
import { LookTools } from './look-tools.tsx'
import { useOpenFile } from './use-open-file.ts'
import { START, type LookFailure, type LookView } from './look-view.ts'

/** Shows the file that quick look was opened for, over everything else. */
export function Look() {
  const at = useLook((look) => look.at)
  return at === null ? null : <LookDialog {...at} />
}

/** Returns the list whose current row gets the focus. */
const listOfPage = (): Element | null => document.querySelector('#main [data-region="list"]')

function LookDialog({
  list,
  row,
  index,
}: {
  readonly list: LookList
  readonly row: ObjectRow
  readonly index: number
}) {
  const t = useText()
  const stage = useRef<HTMLDivElement>(null)
  return (
    <Modal
      scrim="scrim look-scrim"
      className="look"
      aria-describedby={undefined}
      opener={listOfPage}
      onClose={closeLook}
      onEscapeKeyDown={(event) => {
        // In the field Escape ends the search first.
        if (event.target instanceof HTMLInputElement) event.preventDefault()
      }}
      onOpenAutoFocus={(event) => {
        event.preventDefault()
        stage.current?.focus()
      }}
    >
      <Radix.Title className="sr">
        {t('look:title', { name: shownName(lastOf(row.key)) })}
      </Radix.Title>
      {/* Another file begins with nothing of the one before. */}
      <LookFile key={`${row.key} ${row.etag}`} list={list} row={row} index={index} stage={stage} />
    </Modal>
  )
}

function LookFile({
  list,
  row,
  index,
  stage,
}: {
  readonly list: LookList
  readonly row: ObjectRow
  readonly index: number
  readonly stage: React.RefObject<HTMLDivElement | null>
}) {
  const t = useText()
  const q = useQuantities()
  const download = useDownload()
  const { canOpen, open } = useOpenFile()
  const media = useRef<HTMLMediaElement>(null)
  const [view, setView] = useState<LookView>(START)
  const [failure, setFailure] = useState<LookFailure | null>(null)
  const [attempt, setAttempt] = useState(0)
  const { profileId, bucket } = list.placeOf(row)
  const object: PreviewedObject = { profileId, bucket, key: row.key, etag: row.etag }
  const byName = lookKind(row.key, '')
  const isOpened = byName !== 'none' && row.size > 0
  const state = usePreview(isOpened ? object : null, WHOLE_BYTES, attempt)
  const preview = state.phase === 'open' && failure === null ? state.preview : null
  const kind = lookKind(row.key, state.phase === 'open' ? state.preview.type : '')
  const change = (some: Partial<LookView>) => setView((now) => ({ ...now, ...some }))
  const acts: FileActs = {
    canOpen,
    open: () => {
      closeLook()
      void open({ profileId, bucket }, row)
    },
    download: (raw) =>
      void download(chosenRows({ profileId, bucket, prefix: parentOf(row.key) }, [row]), { raw }),
  }
  const error =
    state.phase === 'failed'
      ? state.error
      : failure !== null && typeof failure === 'object'
        ? failure.error
        : null
  const replaced = error !== null && isReplaced(error)

  useAnnouncement(list, row, index, kind, preview, !isOpened, replaced)
  // The element with the focus may have been a part of the file before.
  useEffect(() => {
    if (document.activeElement === null || document.activeElement === document.body)
      stage.current?.focus()
  }, [])

  return (
    <div
      className="look-file"
      onKeyDown={(event) => {
        const command = lookKey(event, kind, view, media.current)
        if (command === null) return
        event.preventDefault()
        event.stopPropagation()
        if (command.do === 'close') closeLook()
        else if (command.do === 'step') stepLook(command.by)
        else if (command.do === 'change') change(command.change)
      }}
    >
      <header>
        <Icon name={iconOf(row.key)} />
        <h2>
          <Name text={lastOf(row.key)} />
        </h2>
        <span className="faint nowrap">
          {[view.facts(t), q.bytes(row.size)].filter((one) => one !== '').join(' · ')}
        </span>
        <span className="grow" />
        {preview !== null && <LookTools kind={kind} name={row.key} view={view} change={change} />}
        {canOpen && !replaced && kind !== 'none' && (
          <Button onClick={acts.open}>{t('look:open')}</Button>
        )}
        {replaced ? (
          <Button onClick={() => acts.download(true)}>{t('look:raw')}</Button>
        ) : (
          <Button icon="down" onClick={() => acts.download(false)}>
            {t('objects:act.download')}
          </Button>
        )}
        <IconButton icon="x" label={t('look:close')} onClick={closeLook} />
      </header>
      <div
        className="stage"
        ref={stage}
        tabIndex={0}
        role="group"
        aria-label={t('look:stage', { name: shownName(lastOf(row.key)) })}
      >
        <LookContent
          object={object}
          row={row}
          kind={kind}
          state={isOpened ? state : null}
          failure={failure}
          error={error}
          view={view}
          change={change}
          media={media}
          acts={acts}
          onFailure={setFailure}
          onRetry={() => {
            setFailure(null)
            setAttempt(attempt + 1)
          }}
        />
        <Steps index={index} count={list.count} />
      </div>
      <LookFoot preview={preview} kind={kind} index={index} count={list.count} />
    </div>
  )
}

/** The buttons to the neighbours. At the ends of the list one of them is off. */
function Steps({ index, count }: { readonly index: number; readonly count: number }) {
  const t = useText()
  if (count < 2) return null
  return (
    <>
      <button
        type="button"
        className="step l"
        aria-label={t('look:previous')}
        disabled={index === 0}
        onClick={() => stepLook(-1)}
      >
        <Icon name="left" />
      </button>
      <button
        type="button"
        className="step r"
        aria-label={t('look:next')}
        disabled={index === count - 1}
        onClick={() => stepLook(1)}
      >
        <Icon name="right" />
      </button>
    </>
  )
}

/** Announces the kind, the place in the list and the integrity of what is shown. */
function useAnnouncement(
  list: LookList,
  row: ObjectRow,
  index: number,
  kind: ReturnType<typeof lookKind>,
  preview: Parameters<typeof integrityText>[0] | null,
  isClosed: boolean,
  replaced: boolean,
): void {
  const t = useText()
  const q = useQuantities()
  const position = t('look:position', { n: q.count(index + 1), of: q.count(list.count) })
  useEffect(() => {
    if (replaced) alarm(t('look:refused.title'))
    else if (isClosed || kind === 'none')
      say(t('look:say.cannot', { name: lastOf(row.key), position }))
    else if (preview !== null) {
      const spoken = kind === 'heic' || kind === 'tiff' ? 'picture' : kind
      say(t(`look:say.${spoken}`, { position, integrity: t(integrityText(preview, kind)) }))
    }
  }, [preview?.id, isClosed, replaced])
}
