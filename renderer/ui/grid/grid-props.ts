import type { CSSProperties, DragEvent, ReactNode, Ref } from 'react'
import type { MenuPoint } from '../controls/menu.tsx'
import type { RowCommand } from './grid-keys.ts'
import type { RowRange } from './rubber-band.ts'
import type { TileMeasures } from './scroll-window.ts'
import type { Section } from './sections.ts'

export interface GridHandle {
  focus(): void
  /** Brings a row into view and moves as little as possible. */
  reveal(index: number): void
  /** Moves the rows in view by a number of rows, in whole lines, when others came above them. */
  shift(rows: number): void
  /** Number of the first row in view. */
  firstShown(): number
  element(): HTMLElement | null
}

/** How the active row changes. */
export interface Move {
  /** The selection becomes the range from its anchor to the row. */
  readonly extend: boolean
  /** The row becomes active and the selection stays. */
  readonly only: boolean
}

/** A press of the main mouse button. */
export interface Pointing {
  readonly extend: boolean
  readonly toggle: boolean
}

export interface GridProps {
  readonly label: string
  readonly className: string
  /** Name of the region that F6 goes to. Ids of rows begin with it. */
  readonly region: string
  readonly sections: readonly Section[]
  /** Height of a row, or of a line of tiles with the gap below it. */
  readonly rowPx: number
  readonly headingPx?: number
  /** Rows are tiles that stand side by side, as a list box. Without it they are rows of a grid. */
  readonly tiles?: TileMeasures | undefined
  /** Number of the active row over all sections, or -1. It stays in the page out of view too. */
  readonly active: number
  /** Column heads, 28 pixels high, with `headId` as id. */
  readonly head?: ReactNode
  readonly headId?: string
  /** Widths of the columns, as `grid-template-columns` has them. Null: the style sheet has them. */
  readonly columns?: string
  /** Pixels beside a name in the first column. Without them each name measures its own room. */
  readonly besideNamePx?: number
  readonly multiselectable?: boolean
  readonly busy?: boolean
  /** Backspace goes to a parent folder instead of deleting. */
  readonly hasParent?: boolean
  /** Space looks into the row instead of selecting it. */
  readonly hasLook?: boolean
  readonly handle?: Ref<GridHandle> | undefined
  /** The text that typing searches for. */
  readonly nameAt: (index: number) => string
  /** Finds a name in a list whose rows are not all here. `text`: the start of the name. */
  readonly onFind?: ((text: string) => void) | undefined
  /** Hears of the first and the last row in view. */
  readonly onShown?: (first: number, last: number) => void
  readonly heading?: (section: Section, style: CSSProperties) => ReactNode
  /** False: the place of the row stays free until the row arrives. Without it all rows are here. */
  readonly isLoaded?: (index: number) => boolean
  /** Must spread `props` on the row's element. */
  readonly row: (index: number, props: RowProps) => ReactNode
  readonly onMove: (index: number, move: Move) => void
  /** Carries out a command on the active row. Returns false if the list has no such command. */
  readonly onCommand: (command: RowCommand, index: number) => boolean
  /** `index` is null beside all rows. */
  readonly onMenu?: (index: number | null, at: MenuPoint) => void
  /** The row is selected, so that a press on it may start a drag of all selected rows. */
  readonly isSelected?: (index: number) => boolean
  /** A band was drawn over rows. Tiles have one range a line. A range may end behind all rows. */
  readonly onBand?: (ranges: readonly RowRange[]) => void
  readonly onDragStart?: (index: number, event: DragEvent) => void
  /** The row under the pointer, or null beside all rows. */
  readonly onPoint?: (index: number | null, pointing: Pointing) => void
  readonly onDoubleClick?: (index: number) => void
}

/** The role of a row, with its number from 1. */
export interface RowRole {
  readonly role: 'row' | 'option'
  readonly 'aria-rowindex'?: number
  readonly 'aria-posinset'?: number
  readonly 'aria-setsize'?: number
}

export interface RowProps extends RowRole {
  readonly id: string
  readonly 'data-index': number
  /** `focus` on the active row, else empty. */
  readonly className: string
  readonly style: CSSProperties
}

/** True if two rows stand at the same place and look the same. For `memo`. */
export const sameRowProps = (a: RowProps, b: RowProps): boolean =>
  a.id === b.id &&
  a.className === b.className &&
  a['aria-rowindex'] === b['aria-rowindex'] &&
  a['aria-setsize'] === b['aria-setsize'] &&
  a.style.transform === b.style.transform &&
  a.style.left === b.style.left &&
  a.style.width === b.style.width
