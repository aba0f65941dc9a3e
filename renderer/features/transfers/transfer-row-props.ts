import type { MenuPoint } from '../../ui/controls/menu.tsx'
import { sameRowProps, type RowProps } from '../../ui/grid/grid-props.ts'

export interface TransferRowProps {
  /** Must be spread on the row's element. */
  readonly grid: RowProps
  /** Opens the menu of the transfer with this id. */
  readonly onMenu: (id: string, at: MenuPoint) => void
}

/**
 * Compares the props of a row for `memo`. An event changes few of the rows in view, and drawing the
 * others again would be most of the work.
 */
export function sameRow<P extends TransferRowProps>(a: P, b: P): boolean {
  const { grid, ...rest } = a
  const { grid: other, ...others } = b
  return (
    sameRowProps(grid, other) &&
    Object.entries(rest).every(
      ([name, value]) => (others as Readonly<Record<string, unknown>>)[name] === value,
    )
  )
}
