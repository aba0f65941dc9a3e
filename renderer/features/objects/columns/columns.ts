import {
  COLUMN_PX,
  type ColumnChoice,
  type ListColumn,
} from '../../../../shared/contract/models-places.ts'

/** The kind of list: a folder, or a search. */
export type ListDepth = 'level' | 'below'

/** All columns of each kind of list behind the name, in the standard order. */
const ALL: Readonly<Record<ListDepth, readonly ListColumn[]>> = {
  level: ['size', 'modified', 'class', 'state'],
  below: ['path', 'size', 'modified', 'class', 'state'],
}

/** The columns that a list shows at first. Source: screens.md 2 and 13. */
export const standardColumns = (depth: ListDepth): readonly ColumnChoice[] =>
  ALL[depth]
    .filter((name) => depth === 'level' || name !== 'class')
    .map((name) => ({ name, width: null }))

export const allColumns = (depth: ListDepth): readonly ListColumn[] => ALL[depth]

/** Widths of the columns, in pixels. The path has no width of its own: it shares the room. */
const STANDARD_PX = { size: 76, modified: 108, class: 78, state: 186 } as const
/** The width of times with "am" or "pm". */
const MODIFIED_12_PX = 126
/** The widths at which the state shows its word alone, and its icon alone. */
const WORD_PX = 122
const ICON_PX = 24
/** The widest state column that has no room for the name of a key. */
const WORD_MOST_PX = 140
/** The widest state column that has no room for the word. */
const ICON_MOST_PX = 80
/** The size in the narrowest list. */
const SIZE_LEAST_PX = 70
/** The least room for a name. */
export const NAME_PX = 180
/** The least room for the folder of a file. */
const PATH_PX = 110
/** The room beside all columns: the padding of a row on both sides. */
const PADDING_PX = 32

/** The columns that fit into a list. */
export interface FittedColumns {
  /** Behind the name, from left to right. */
  readonly columns: readonly ListColumn[]
  /** The value of `grid-template-columns`. */
  readonly template: string
  /** The width of each of `columns` in pixels; null shares the room with the name. */
  readonly widths: readonly (number | null)[]
  /** The parts of a state that are shown: icon, word and key; or fewer. */
  readonly state: 'key' | 'word' | 'icon'
}

interface Sized {
  readonly name: ListColumn
  readonly px: number | null
}

/** Returns the standard width of a column, in pixels. `is12`: times have "am" or "pm". */
const standardPx = (name: ListColumn, is12: boolean): number | null =>
  name === 'path' ? null : name === 'modified' && is12 ? MODIFIED_12_PX : STANDARD_PX[name]

const without = (columns: readonly Sized[], name: ListColumn): readonly Sized[] =>
  columns.filter((column) => column.name !== name)
const atMost = (columns: readonly Sized[], name: ListColumn, px: number): readonly Sized[] =>
  columns.map((column) =>
    column.name === name && (column.px ?? 0) > px ? { ...column, px } : column,
  )

/**
 * Returns the columns that leave room for the name. `width`: pixels of the list; 0 if unknown, so
 * that all columns stay. Wide columns first get their standard widths. Then columns leave.
 */
export function fitColumns(
  choices: readonly ColumnChoice[],
  depth: ListDepth,
  width: number,
  is12: boolean,
): FittedColumns {
  const standard = (columns: readonly Sized[]) =>
    columns.map(({ name, px }) => {
      const usual = standardPx(name, is12)
      return { name, px: px === null || usual === null ? null : Math.min(px, usual) }
    })
  const early: ListColumn = depth === 'level' ? 'class' : 'modified'
  const steps: readonly ((columns: readonly Sized[]) => readonly Sized[])[] = [
    standard,
    (columns) => without(columns, early),
    (columns) => without(columns, 'class'),
    (columns) => atMost(columns, 'state', WORD_PX),
    (columns) => without(columns, 'modified'),
    (columns) => atMost(atMost(columns, 'state', ICON_PX), 'size', SIZE_LEAST_PX),
    (columns) => without(columns, 'path'),
    (columns) => without(columns, 'size'),
  ]
  let columns: readonly Sized[] = choices.map(({ name, width: px }) => ({
    name,
    px: px ?? standardPx(name, is12),
  }))
  const isTooWide = () =>
    width > 0 &&
    columns.reduce((sum, { px }) => sum + (px ?? PATH_PX), NAME_PX + PADDING_PX) > width
  for (const step of steps) if (isTooWide()) columns = step(columns)
  const state = columns.find(({ name }) => name === 'state')?.px ?? STANDARD_PX.state
  return {
    columns: columns.map(({ name }) => name),
    template: ['minmax(0, 1.2fr)', ...columns.map(({ px }) => track(px))].join(' '),
    widths: columns.map(({ px }) => px),
    state: state > WORD_MOST_PX ? 'key' : state > ICON_MOST_PX ? 'word' : 'icon',
  }
}

/** Writes the width of a column as CSS does. A path shares the room with the name. */
const track = (px: number | null): string => (px === null ? 'minmax(0, 1fr)' : `${px}px`)

/** Returns the columns with another width of one of them. Null: the standard width. */
export const resizeColumn = (
  choices: readonly ColumnChoice[],
  name: ListColumn,
  px: number | null,
): readonly ColumnChoice[] =>
  choices.map((column) =>
    column.name === name
      ? { name, width: px === null ? null : clamp(Math.round(px), COLUMN_PX) }
      : column,
  )

const clamp = (px: number, { least, most }: typeof COLUMN_PX): number =>
  Math.min(most, Math.max(least, px))

/**
 * Returns the columns with one of them moved before another one. Null as `before` moves it to the
 * end.
 */
export function moveColumn(
  choices: readonly ColumnChoice[],
  name: ListColumn,
  before: ListColumn | null,
): readonly ColumnChoice[] {
  const moved = choices.find((column) => column.name === name)
  if (moved === undefined || name === before) return choices
  const rest = choices.filter((column) => column !== moved)
  const at = rest.findIndex((column) => column.name === before)
  return at < 0 ? [...rest, moved] : [...rest.slice(0, at), moved, ...rest.slice(at)]
}

/** Returns the columns with one of them moved by one place among the shown ones. */
export function stepColumn(
  choices: readonly ColumnChoice[],
  shown: readonly ListColumn[],
  name: ListColumn,
  way: -1 | 1,
): readonly ColumnChoice[] {
  const at = shown.indexOf(name)
  const to = at + way
  if (at < 0 || to < 0 || to >= shown.length) return choices
  return moveColumn(choices, name, shown[way < 0 ? to : to + 1] ?? null)
}

/** Returns the columns with one of them shown or hidden. A shown one takes its standard place. */
export function toggleColumn(
  choices: readonly ColumnChoice[],
  depth: ListDepth,
  name: ListColumn,
): readonly ColumnChoice[] {
  if (choices.some((column) => column.name === name))
    return choices.filter((column) => column.name !== name)
  const later = ALL[depth].slice(ALL[depth].indexOf(name) + 1)
  const before = choices.find((column) => later.includes(column.name))?.name ?? null
  return moveColumn([...choices, { name, width: null }], name, before)
}
