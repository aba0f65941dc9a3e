import type { AppError } from '../../../shared/contract/errors.ts'
import type { Preview } from '../../../shared/contract/models-previews.ts'
import type { Text } from '../../text/use-text.tsx'
import type { Encoding } from './viewers/text-encoding.ts'

/** The part of the content's state that the head of quick look shows and changes. */
export interface LookView {
  /** Times the natural size; null: it fits. */
  readonly zoom: number | null
  /** From 1. */
  readonly page: number
  /** Pages of a PDF; 0 until known. */
  readonly pages: number
  /** Null: the encoding was guessed. */
  readonly chosen: Encoding | null
  readonly guessed: Encoding | null
  /** The text to find; null while nobody looks for one. */
  readonly find: string | null
  /** The number of the current match, from 0; and of all matches. */
  readonly match: number
  readonly matches: number
  /** Facts about the content, in words: pixels, pages or lines. */
  readonly facts: (t: Text) => string
}

export const START: LookView = {
  zoom: null,
  page: 1,
  pages: 0,
  chosen: null,
  guessed: null,
  find: null,
  match: 0,
  matches: 0,
  facts: () => '',
}

/** Props of every kind of content. */
export interface ContentProps {
  readonly preview: Preview
  /** Object key. */
  readonly name: string
  readonly view: LookView
  readonly change: (change: Partial<LookView>) => void
  /** The content cannot be shown. */
  readonly onFailure: (failure: LookFailure) => void
}

/** Why content is not shown, apart from errors of the core. */
export type LookFailure = 'broken' | 'large' | 'locked' | 'binary' | { readonly error: AppError }

const STEPS = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 8]

/** Returns the next size of a picture. `shown`: the size that it has now. */
export const nextZoom = (shown: number, by: 1 | -1): number =>
  (by > 0
    ? STEPS.find((one) => one > shown * 1.01)
    : STEPS.findLast((one) => one < shown * 0.99)) ?? shown
