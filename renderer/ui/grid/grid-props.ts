import type { CSSProperties, DragEvent, ReactNode, Ref } from 'react'
import type { MenuPoint } from '../controls/menu.tsx'
import type { RowCommand } from './grid-keys.ts'
import type { Section } from './sections.ts'

export interface GridHandle {
  focus(): void
  /** Brings a row into view and moves as little as possible. */
  reveal(index: number): void
  /** Moves the rows that are in view by a number of rows, when others came above them. */
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
  readonly rowPx: number
  readonly headingPx?: number
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
  /** Must spread `props` on the row's element. */
  readonly row: (index: number, props: RowProps) => ReactNode
  readonly onMove: (index: number, move: Move) => void
  /** Carries out a command on the active row. Returns false if the list has no such command. */
  readonly onCommand: (command: RowCommand, index: number) => boolean
  /** `index` is null beside all rows. */
  readonly onMenu?: (index: number | null, at: MenuPoint) => void
  /** The row is selected, so that a press on it may start a drag of all selected rows. */
  readonly isSelected?: (index: number) => boolean
  /** A band was drawn over the rows from the first to the last number, or over none. */
  readonly onBand?: (range: readonly [number, number] | null) => void
  readonly onDragStart?: (index: number, event: DragEvent) => void
  /** The row under the pointer, or null beside all rows. */
  readonly onPoint?: (index: number | null, pointing: Pointing) => void
  readonly onDoubleClick?: (index: number) => void
}

export interface RowProps {
  readonly id: string
  readonly role: 'row'
  readonly 'aria-rowindex': number
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
  a.style.transform === b.style.transform
