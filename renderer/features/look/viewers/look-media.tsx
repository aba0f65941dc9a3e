import { useRef, useState, type KeyboardEvent, type RefObject } from 'react'
import { previewProblem, previewUrl } from '../../../queries/previews.ts'
import { lastOf } from '../../../state/ui.ts'
import { useText } from '../../../text/use-text.tsx'
import { IconButton } from '../../../ui/controls/button.tsx'
import { Icon } from '../../../ui/icon.tsx'
import type { ContentProps } from '../look-view.ts'

/** Seconds that an arrow key moves. */
const STEP_S = 5

interface Playing {
  readonly at: number
  /** Seconds; 0 until known. */
  readonly length: number
  /** Seconds up to which the content was read. */
  readonly read: number
  readonly isPlaying: boolean
  readonly isMuted: boolean
}

const START: Playing = { at: 0, length: 0, read: 0, isPlaying: false, isMuted: false }

/** Video or audio. It plays while it is read, and reads only the parts that are played. */
export function LookMedia({
  preview,
  name,
  change,
  onFailure,
  kind,
  media,
}: ContentProps & {
  readonly kind: 'video' | 'audio'
  readonly media: RefObject<HTMLMediaElement | null>
}) {
  const [playing, setPlaying] = useState(START)
  const follow = () => {
    const element = media.current
    if (element === null) return
    const { currentTime: at, duration, paused, muted, buffered } = element
    const length = Number.isFinite(duration) ? duration : 0
    setPlaying({ at, length, read: readTo(buffered, at), isPlaying: !paused, isMuted: muted })
  }
  const shared = {
    src: previewUrl(preview.id),
    preload: 'metadata',
    'aria-label': lastOf(name),
    onTimeUpdate: follow,
    onDurationChange: follow,
    onProgress: follow,
    onPlay: follow,
    onPause: follow,
    onVolumeChange: follow,
    onSeeked: follow,
    onError: () =>
      void previewProblem(preview.id).then((problem) =>
        onFailure(problem === null ? 'broken' : { error: problem }),
      ),
  } as const
  return (
    <div className={`look-film ${kind}`}>
      {kind === 'video' ? (
        <video
          {...shared}
          ref={media as RefObject<HTMLVideoElement | null>}
          onClick={() => togglePlay(media.current)}
          onLoadedMetadata={({ currentTarget: { videoWidth: width, videoHeight: height } }) => {
            follow()
            if (width > 0) change({ facts: (t) => t('look:pixels', { width, height }) })
          }}
        />
      ) : (
        <>
          <Icon name="sound" />
          <audio
            {...shared}
            ref={media as RefObject<HTMLAudioElement | null>}
            onLoadedMetadata={follow}
          />
        </>
      )}
      <Controls playing={playing} media={media} />
    </div>
  )
}

function Controls({
  playing: { at, length, read, isPlaying, isMuted },
  media,
}: {
  readonly playing: Playing
  readonly media: RefObject<HTMLMediaElement | null>
}) {
  const t = useText()
  const track = useRef<HTMLDivElement>(null)
  const seek = (seconds: number) => {
    if (media.current !== null) media.current.currentTime = Math.max(0, Math.min(length, seconds))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    // The element knows the place of a seek that is still under way.
    const to = seekByKey(event.key, media.current?.currentTime ?? at, length)
    if (to === null) return
    // In the track the arrows seek. Everywhere else they go to the next file.
    event.preventDefault()
    event.stopPropagation()
    seek(to)
  }
  const share = (seconds: number) => (length === 0 ? 0 : Math.min(1, seconds / length) * 100)
  return (
    <div className="look-ctl">
      <IconButton
        icon={isPlaying ? 'pause' : 'play'}
        label={t(isPlaying ? 'look:pause' : 'look:play')}
        onClick={() => togglePlay(media.current)}
      />
      <span className="nowrap num">{`${clockOf(at)} / ${clockOf(length)}`}</span>
      <div
        ref={track}
        className="look-seek"
        role="slider"
        tabIndex={0}
        aria-label={t('look:seek')}
        aria-valuemin={0}
        aria-valuemax={Math.round(length)}
        aria-valuenow={Math.round(at)}
        aria-valuetext={t('look:time', { at: clockOf(at), length: clockOf(length) })}
        onKeyDown={onKeyDown}
        onPointerDown={({ clientX }) => {
          const box = track.current?.getBoundingClientRect()
          if (box !== undefined) seek(((clientX - box.left) / box.width) * length)
        }}
      >
        <span className="all" />
        <span className="got" style={{ width: `${share(read)}%` }} />
        <span className="at" style={{ width: `${share(at)}%` }} />
        <span className="knob" style={{ left: `${share(at)}%` }} />
      </div>
      <IconButton
        icon="sound"
        on={isMuted}
        aria-pressed={isMuted}
        label={t(isMuted ? 'look:unmute' : 'look:mute')}
        onClick={() => {
          if (media.current !== null) media.current.muted = !isMuted
        }}
      />
    </div>
  )
}

/** Plays or pauses. A play that a pause ends at once rejects, and is no failure. */
export function togglePlay(media: HTMLMediaElement | null): void {
  if (media?.paused === true) media.play().catch(() => undefined)
  else media?.pause()
}

/** Returns where a key of the track seeks to, in seconds; null for other keys. */
export function seekByKey(key: string, at: number, length: number): number | null {
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return at - STEP_S
    case 'ArrowRight':
    case 'ArrowUp':
      return at + STEP_S
    case 'Home':
      return 0
    case 'End':
      return length
    default:
      return null
  }
}

/** 98 → `1:38`; 3,725 → `1:02:05`. */
export function clockOf(seconds: number): string {
  const whole = Math.floor(seconds)
  const two = (n: number) => String(n).padStart(2, '0')
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}

/** Returns the end of the read part in which the content plays. */
function readTo(buffered: TimeRanges, at: number): number {
  for (let index = 0; index < buffered.length; index++)
    if (buffered.start(index) <= at + 0.5 && buffered.end(index) >= at) return buffered.end(index)
  return at
}
