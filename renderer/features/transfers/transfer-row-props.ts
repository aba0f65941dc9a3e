import type { LineProps } from '../../ui/lines.tsx'
import type { MenuPoint } from '../../ui/controls/menu.tsx'

export interface TransferRowProps {
  /** To be spread on the row. */
  readonly line: LineProps
  /** Opens the menu of a row. */
  readonly onMenu: (id: string, at: MenuPoint) => void
}

/**
 * Would a row look the same? For `memo`: news are about a few of the rows in view, and drawing the
 * others is most of the work.
 */
export function sameRow<P extends TransferRowProps>(a: P, b: P): boolean {
  const { line, ...rest } = a
  const { line: other, ...others } = b
  const same = (x: object, y: object) =>
    Object.entries(x).every(
      ([name, value]) => (y as Readonly<Record<string, unknown>>)[name] === value,
    )
  return (
    same(rest, others) &&
    line.id === other.id &&
    line.className === other.className &&
    line.style.transform === other.style.transform
  )
}
