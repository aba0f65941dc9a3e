import { createContext, memo, useContext, useLayoutEffect, useRef, useState } from 'react'
import { cutMiddle, shownName } from '../text/shown-name.ts'

/** Pixels for a name, if the parent knows them. With null each name measures its own place. */
export const NameRoom = createContext<number | null>(null)

/**
 * A file, folder or bucket name, cut in the middle if it does not fit. The tooltip has the whole
 * name. A folder can have an empty name, because a key may hold two slashes in a row.
 */
export const Name = memo(function Name({
  text,
  mark = '',
}: {
  readonly text: string
  /** A part of the name that a search looked for, in any case. */
  readonly mark?: string
}) {
  const given = useContext(NameRoom)
  const span = useRef<HTMLSpanElement>(null)
  const [own, setOwn] = useState<number | null>(null)
  const shown = shownName(text) || '⟨⟩'
  const room = given ?? own
  useLayoutEffect(
    () => (given === null && span.current !== null ? watchWidth(span.current, setOwn) : undefined),
    [given],
  )
  const cut = room === null ? shown : fitted(shown, room)
  return (
    <span className="mid" ref={span} title={shown} dir="auto">
      {cut === shown ? (
        <Marked text={shown} mark={mark} />
      ) : (
        <>
          <span aria-hidden="true">
            <Marked text={cut} mark={mark} />
          </span>
          <span className="sr">{shown}</span>
        </>
      )}
    </span>
  )
})

function Marked({ text, mark }: { readonly text: string; readonly mark: string }) {
  const at = mark === '' ? -1 : text.toLowerCase().indexOf(mark.toLowerCase())
  if (at < 0) return text
  return (
    <>
      {text.slice(0, at)}
      <mark>{text.slice(at, at + mark.length)}</mark>
      {text.slice(at + mark.length)}
    </>
  )
}

const watched = new WeakMap<Element, (width: number) => void>()
let observer: ResizeObserver | undefined

/**
 * Watches the width of an element with one observer for all. Calls back at once, and at each
 * change.
 */
export function watchWidth(element: Element, onWidth: (width: number) => void): () => void {
  observer ??= new ResizeObserver((entries) => {
    for (const entry of entries) watched.get(entry.target)?.(Math.ceil(entry.contentRect.width))
  })
  watched.set(element, onWidth)
  observer.observe(element)
  onWidth(Math.ceil(element.getBoundingClientRect().width))
  return () => observer?.unobserve(element)
}

const cache = new Map<string, string>()
const PLAIN = /^[\x20-\x7e]*$/
/** Widest letter of the 13 pixel face. */
const WIDEST = 11

function fitted(text: string, room: number): string {
  if (room <= 0 || (PLAIN.test(text) && text.length * WIDEST <= room)) return text
  const id = `${room} ${text}`
  const known = cache.get(id)
  if (known !== undefined) return known
  if (cache.size > 5000) cache.clear()
  const made = cutMiddle(text, room, widthOf)
  cache.set(id, made)
  return made
}

let pen: CanvasRenderingContext2D | null | undefined

/**
 * Returns the pixels of a text in a list. A canvas measures it, because that causes no layout
 * during scrolling. A canvas has no tabular figures, but all of those are as wide as a zero.
 */
export function widthOf(text: string): number {
  if (pen === undefined) {
    pen = document.createElement('canvas').getContext('2d')
    if (pen !== null) pen.font = `13px ${getComputedStyle(document.body).fontFamily}`
  }
  return pen === null ? text.length * WIDEST : pen.measureText(text.replace(/\d/g, '0')).width
}
